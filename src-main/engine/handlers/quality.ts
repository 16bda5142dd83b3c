/** The quality scan: duplicates and poor images, and what is done about them. */
import { ReceptiveError } from '../../shared/errors.ts';
import { scanProject } from '../quality/scan-project.ts';
import type { ScanOutcome } from '../quality/scan-project.ts';
import { excludeFinding, hasNewcomers, qualityReport } from '../store/quality.ts';
import { countedImages } from '../store/selection.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';

export function qualityHandlers(context: EngineContext): Part<'quality'> {
  const { projects, jobs } = context;
  return {
    'quality.start': () => {
      if (jobs.isGoing('quality')) {
        throw new ReceptiveError('usage', 'The images are being checked already.', 'Wait until that ends, or stop it.');
      }
      const { project } = projects;
      return jobs.start('quality', async ({ signal, progress }) => {
        let outcome: ScanOutcome;
        do {
          await jobs.untilOver('import', signal);
          outcome = await scanProject(project, { decoder: context.decoder(), signal, onProgress: progress });
        } while (hasNewcomers(project.db));
        changed(context, 'images');
        return sentence(outcome);
      });
    },
    'quality.report': () => qualityReport(projects.db),
    'quality.exclude': ({ kind }) => {
      const excluded = excludeFinding(projects.db, kind);
      changed(context, 'images', 'classes', 'project');
      return { project: projects.project.summary(), excluded };
    },
  };
}

function sentence({ scanned, unread, found }: ScanOutcome): string {
  const left = unread === 0 ? '' : `; ${countedImages(unread)} could not be read`;
  return `${countedImages(scanned)} checked; ${found === 0 ? 'nothing' : 'something'} was found about ${found === 0 ? 'any' : found.toLocaleString('en')} of them${left}.`;
}
