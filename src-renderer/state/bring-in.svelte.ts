import { ReceptiveError } from '../../src-main/shared/errors.ts';
import type { LeftOut, Offer, SeveralLabels, NotFound } from '../../src-main/shared/labelling.ts';
import type { Events } from '../../src-main/shared/events.ts';
import { Coalesced } from './coalesce.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import type { Job } from './jobs.svelte.ts';
import { project } from './project.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** What is to be answered before files are brought in: what happens to images with several labels. */
export interface Question {
  paths: string[];
  /** How many images have several labels. */
  images: number;
  /** Of the project that is to be made for them; null for the one that is open. */
  newProject: string | null;
}

const nothing: LeftOut = { notFound: [], rejected: 0 };

const folderKinds: readonly string[] = ['classFolders', 'folder', 'splitFolders'];

/** Images on their way in, files that went elsewhere, and files that are new: what stands above the grid. */
export class BringInState {
  readonly #connection: Connection;
  readonly #project: ProjectState;
  readonly #counting = new Coalesced(() => this.#countMissing());
  readonly #jobs: Jobs<'import' | 'locate'>;
  #question = $state.raw<Question | null>(null);
  #offers = $state.raw<readonly Offer[]>([]);
  #leftOut = $state.raw<LeftOut>(nothing);
  #missing = $state(0);
  /** The number of missing images that was waved away; another number is told again. */
  #wavedAway = $state(0);

  constructor(line: Connection, project: ProjectState) {
    this.#connection = line;
    this.#project = project;
    this.#jobs = new Jobs(line, ['import', 'locate']);
  }

  get importing(): Job | null {
    return this.#jobs.get('import');
  }
  get locating(): Job | null {
    return this.#jobs.get('locate');
  }
  get question(): Question | null {
    return this.#question;
  }
  get offers(): readonly Offer[] {
    return this.#offers;
  }
  /** What files of labels named in the last import and was not found. */
  get notFound(): readonly NotFound[] {
    return this.#leftOut.notFound;
  }
  /** How many images of the last import cannot be used. */
  get rejected(): number {
    return this.#leftOut.rejected;
  }
  /** Images whose files are gone and that nobody waved away. */
  get missing(): number {
    return this.#missing === this.#wavedAway ? 0 : this.#missing;
  }

  /** Follows the engine's events; returns what stops it. `onEnded` hears how an import or a search went. */
  follow(onEnded: (ended: Events['job.ended']) => void, onError: (error: unknown) => void): () => void {
    const stops = [
      this.#jobs.follow((ended) => {
        onEnded(ended);
        if (ended.kind === 'import' && ended.end === 'completed') this.#readLeftOut().catch(onError);
      }),
      this.#connection.on('images.offered', ({ offers }) => {
        this.#offers = offers;
      }),
      this.#connection.on('project.changed', ({ what }) => {
        if (what.includes('images')) this.#counting.run().catch(onError);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Another project was opened. */
  forget(): void {
    this.#jobs.forget();
    this.#question = null;
    this.#offers = [];
    this.#leftOut = nothing;
    this.#missing = 0;
    this.#wavedAway = 0;
  }

  /** Reads again what waits for a decision, as after the engine was lost. */
  async refresh(): Promise<void> {
    if (!this.#project.current) return;
    this.#offers = await this.#connection.request('images.offers');
    await this.#counting.run();
  }

  /** Brings files and folders into the open project, unless there is something to ask first. */
  start(paths: string[]): Promise<void> {
    return this.#askOrImport(paths, null);
  }

  /** The same without a project: a folder becomes one, anything else comes into a new one of its name. */
  async startNew(paths: string[]): Promise<void> {
    const { kinds } = await this.#connection.request('images.examine', { paths });
    const [first] = paths;
    if (first === undefined) throw new ReceptiveError('usage', 'Nothing was given.');
    if (paths.length === 1 && folderKinds.includes(kinds[0] ?? '')) return this.#project.fromFolder(first);
    await this.#askOrImport(paths, nameOf(first));
  }

  /** Goes on with what was asked about; null drops it. */
  async answer(severalLabels: SeveralLabels | null): Promise<void> {
    const question = this.#question;
    this.#question = null;
    if (question && severalLabels !== null) await this.#import(question.paths, question.newProject, severalLabels);
  }

  cancel(kind: 'import' | 'locate'): Promise<void> {
    return this.#jobs.cancel(kind);
  }

  async accept({ folder }: Offer): Promise<void> {
    this.#jobs.begin('import', await this.#connection.request('images.acceptOffer', { folder }));
  }

  async decline({ folder }: Offer): Promise<void> {
    await this.#connection.request('images.dismissOffer', { folder });
  }

  /** Looks for missing images below a folder. */
  async locate(folder: string): Promise<void> {
    this.#jobs.begin('locate', await this.#connection.request('images.locate', { folder }));
  }

  waveMissingAway(): void {
    this.#wavedAway = this.#missing;
  }

  forgetNotFound(): void {
    this.#leftOut = { ...this.#leftOut, notFound: [] };
  }

  forgetRejected(): void {
    this.#leftOut = { ...this.#leftOut, rejected: 0 };
  }

  async #askOrImport(paths: string[], newProject: string | null): Promise<void> {
    const { severalLabels } = await this.#connection.request('images.examine', { paths });
    if (severalLabels === 0) await this.#import(paths, newProject, 'first');
    else this.#question = { paths, images: severalLabels, newProject };
  }

  async #import(paths: string[], newProject: string | null, severalLabels: SeveralLabels): Promise<void> {
    if (newProject !== null) await this.#project.create(newProject);
    this.#leftOut = nothing;
    this.#jobs.begin('import', await this.#connection.request('images.import', { paths, severalLabels }));
  }

  async #readLeftOut(): Promise<void> {
    this.#leftOut = await this.#connection.request('images.leftOut');
  }

  async #countMissing(): Promise<void> {
    if (!this.#project.current) return;
    this.#missing = (await this.#connection.request('images.list', { missing: true })).ids.length;
  }
}

/** "/a/cats and dogs.csv" -> "cats and dogs" */
function nameOf(path: string): string {
  const name = path.split('/').findLast((part) => part !== '') ?? '';
  return name.replace(/\.[^.]+$/, '').slice(0, 100) || name.slice(0, 100) || 'Images';
}

export const bringIn = new BringInState(connection, project);
