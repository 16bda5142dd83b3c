import { expect, test } from 'vitest';
import { renderReport } from '../../../src-main/engine/report/report.ts';
import type { ReportContent } from '../../../src-main/engine/report/report.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { RunInfo } from '../../../src-main/shared/run.ts';

const picture = { mime: 'image/png', bytes: new Uint8Array() };

function factsWith(recipe: object, fit: 'stretch' | 'crop'): Record<string, string> {
  const run = {
    ...{ name: 'r', classes: ['a', 'b'], params: 10, seed: 1, threads: 2, device: 'cpu', versions: { node: '1' } },
    ...{ trainingImages: 3, validationImages: 1, network: { input: { size: 8, channels: 3 }, layers: [] } },
    preprocessing: { height: 8, width: 8, channels: 3, fit },
    recipe: recipeSchema.parse(recipe),
  } as unknown as RunInfo;
  const content: ReportContent = {
    ...{ run, metrics: [{ epoch: 1, loss: 1, accuracy: 0.5, imagesPerSecond: 9 }], imagesPerSecond: 9, layers: [] },
    evaluation: { accuracy: 1, classes: [], confusion: [], perClass: [], unknownClasses: [], leftOut: [] },
    ...{ subject: { path: 'a.png', picture }, samples: [] },
  };
  const rows = renderReport(content).matchAll(/<tr><th scope="row">([^<]+)<\/th><td>([^<]+)<\/td><\/tr>/g);
  return Object.fromEntries([...rows].map(([, name, value]) => [name!, value!]));
}

test('the report tells augmentation, fit and scaling', () => {
  expect(factsWith({}, 'stretch')).toMatchObject({
    Augmentation: 'none',
    Preparing: 'stretched to the input; pixels from 0 to 1',
  });
  expect(factsWith({ augmentation: 'strong', scaling: 'symmetric' }, 'crop')).toMatchObject({
    Augmentation: 'strong',
    Preparing: 'the middle, the rest cut off; pixels from −1 to 1',
  });
  expect(factsWith({ augmentation: { rotation: 10, mixup: 0.2 } }, 'crop')).toMatchObject({
    Augmentation: 'rotation 10, mixup 0.2',
  });
});
