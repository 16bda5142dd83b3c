/** What is said of an image does not depend on the images beside it. */
import { expect, test } from 'vitest';
import { cases, classes, netOf } from './layer-cases.ts';
import { expectClose, randomImages, withModel } from './helpers.ts';

test.each(cases)('%s: a batch is predicted as its images one by one', async (_, layers) => {
  const net = netOf(layers);
  await withModel(net, classes, { seed: 3 }, (model) => {
    const images = 5;
    const pixels = randomImages(net, images, 2);
    const length = pixels.length / images;
    const alone = Array.from({ length: images }, (_, at) =>
      Array.from(model.predict(pixels.slice(at * length, (at + 1) * length))),
    );
    const together = model.predict(pixels);
    expect(together).toHaveLength(images * classes);
    expectClose(together, Float32Array.from(alone.flat()), 1e-5, 'probabilities');
  });
});
