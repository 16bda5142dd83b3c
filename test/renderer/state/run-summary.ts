import type { RunSummary } from '../../../src-main/shared/project.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';

export function run(id: string, createdAt: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: id,
    createdAt,
    end: 'completed',
    epochs: 1,
    recipe: recipeSchema.parse({}),
    params: 1,
    preprocessing: { height: 8, width: 8, channels: 1, fit: 'stretch' },
    classes: ['cat', 'dog'],
    network: { input: { size: 8, channels: 1 }, layers: [] },
    note: '',
    record: { dataHash: '', threads: 1, device: 'cpu', versions: {}, trainingImages: 1, validationImages: 0 },
    last: { epoch: 1, loss: 1, accuracy: 0.5, imagesPerSecond: 1 },
    ...change,
  };
}
