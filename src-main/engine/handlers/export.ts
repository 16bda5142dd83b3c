/** Taking a trained network away. */
import { runFolder } from '../store/runs.ts';
import type { EngineContext, Part } from './context.ts';

export function exportHandlers(context: EngineContext): Part<'export'> {
  return {
    'export.tfjs': ({ runId, weights, path }) =>
      context.models.use(runFolder(context.projects.db, runId), weights, async ({ run, model }) => {
        const { exportTfjs } = await import('../export/tfjs.ts');
        const { loadInspectionBatch } = await import('../inspection/inspection-batch.ts');
        const batch = await loadInspectionBatch(run.info, context.decoder());
        return exportTfjs(model, run.info, batch?.pixels ?? null, path);
      }),
  };
}
