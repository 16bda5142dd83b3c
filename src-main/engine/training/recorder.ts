/**
 * Looks now and then, while a run trains, at what its network does with a fixed batch, and keeps it in the run's folder: the
 * statistics of batch norm and how activations, weights and gradients are spread.
 */
import { reportError } from '../../shared/errors.ts';
import { normFigures } from '../../shared/inspection.ts';
import type { LiveLook, NormFigure } from '../../shared/inspection.ts';
import type { Model } from '../graph/model.ts';
import type { LookAccount } from './look-budget.ts';
import { normPart, normLayers } from './norm-history.ts';
import type { Tensors } from './record-file.ts';
import type { RecordSchedule } from './record-schedule.ts';
import { spreadPart } from './spread-record.ts';
import type { ImageTensors } from './trainer.ts';

/** The parts of the record that a model has; `file` and numbers of a row of each. */
export function recordParts(folder: string, model: Model) {
  const norms = normLayers(model.network, model.classes);
  return { norms: norms.length > 0 ? normPart(folder, norms) : null, spreads: spreadPart(folder, model) };
}

interface Task {
  model: Model;
  parts: ReturnType<typeof recordParts>;
  /** The fixed batch. */
  batch: ImageTensors;
  account: LookAccount;
  schedule: RecordSchedule;
  /** Steps done before it. */
  done: number;
}

export class Recorder {
  readonly #task: Task;
  #due: number;
  /** What was seen of batch norm last; where a run goes on, before its first step as well. */
  #latest: Float32Array | null = null;

  /** Looks at what the run begins with; what was recorded after the place where it goes on is dropped. */
  constructor(task: Task) {
    this.#task = task;
    const { account, schedule, done } = task;
    for (const { file } of this.#parts) {
      const before = file.rows().map((row) => row[0]!);
      const kept = schedule.thinned(before.filter((step) => step <= done));
      file.keepOnly((step) => kept.has(step));
    }
    // A run that goes on looks as well: TensorFlow sets itself up for it before there is time to lose.
    let seen = null as Tensors | null;
    account.prepare(() => (seen = this.#look()));
    if (done === 0) this.#keep(0, seen);
    else if (seen) this.#latest = this.#task.parts.norms?.row(done, seen) ?? null;
    this.#due = schedule.after(done);
  }

  get #parts() {
    const { norms, spreads } = this.#task.parts;
    return norms ? [norms, spreads] : [spreads];
  }

  /** To be called after each step. */
  after(step: number): void {
    const { account, schedule } = this.#task;
    if (step >= this.#due && account.tryTo(() => this.#keep(step, this.#look()))) this.#due = schedule.after(step);
  }

  /** null where there is no room for it: training, for which there is, does not depend on it. */
  #look(): Tensors | null {
    const { model, batch } = this.#task;
    const names = this.#parts.flatMap((part) => part.names);
    try {
      return model.fetch(batch.pixels, names, { training: true, labels: batch.labels, plain: true });
    } catch (error) {
      if (reportError(error).code === 'out-of-memory') return null;
      throw error;
    }
  }

  #keep(step: number, seen: Tensors | null): void {
    if (!seen) return;
    const { norms, spreads } = this.#task.parts;
    spreads.file.add(spreads.row(step, seen));
    if (!norms) return;
    this.#latest = norms.row(step, seen);
    norms.file.add(this.#latest);
  }

  /** The means of the first batch norm layer when it was last looked at; null without one. */
  get latest(): LiveLook['norm'] {
    const { norms } = this.#task.parts;
    const row = this.#latest;
    if (!row || !norms) return null;
    const { name, channels } = norms.layers[0]!;
    const figure = (figure: NormFigure) => {
      const start = 1 + normFigures.indexOf(figure) * channels;
      return Array.from(row.subarray(start, start + channels));
    };
    return { layer: name, step: row[0]!, batchMean: figure('batchMean'), runningMean: figure('movingMean') };
  }

  save(): void {
    this.#task.account.spend(() => {
      for (const { file } of this.#parts) file.save();
    });
  }
}
