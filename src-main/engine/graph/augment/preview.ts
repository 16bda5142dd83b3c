import type { Augmentation } from '../../../shared/augmentation.ts';
import { GraphBuilder } from '../builder.ts';
import { DataType } from '../proto.ts';
import { Session } from '../session.ts';
import { augment } from './index.ts';

export interface PreviewOptions {
  size: [height: number, width: number];
  channels: number;
  strengths: Augmentation;
  seed: number;
  /** The training step whose samples these are. */
  step: number;
}

export interface AugmentedBatch {
  /** uint8, as the pixels given. */
  pixels: Uint8Array;
  /** [images, images]: how much of each image is in each sample, 1 in all. */
  shares: Float32Array;
}

/** What training makes of a batch, by the same nodes. Pixels are uint8 [images, height, width, channels], 0 to 255. */
export function augmentBatch(pixels: Uint8Array, options: PreviewOptions): AugmentedBatch {
  const { size, channels, strengths, seed, step } = options;
  const count = pixels.length / (size[0] * size[1] * channels);
  const graph = new GraphBuilder();
  const shape = [count, ...size, channels];
  const given = graph.cast(graph.placeholder('pixels', DataType.uint8, shape), DataType.uint8, DataType.float);
  const images = { name: graph.binary('RealDiv', given, graph.scalar(255)), size, channels };
  const targets = graph.placeholder('targets', DataType.float, [count, count]);
  const source = { graph, seed, step: graph.scalar(step), batch: graph.ints([count]) };
  const changed = augment(source, images, targets, strengths);
  const mixture = graph.identity(changed.targets); // what is fed cannot be fetched
  const session = new Session(graph.nodes);
  try {
    const identity = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
    const feeds = {
      pixels: { shape, values: pixels },
      targets: { shape: [count, count], values: identity },
    };
    const [samples, shares] = session.run(feeds, [changed.images, mixture]);
    return {
      pixels: Uint8Array.from(samples!.values, (value) => Math.round(255 * value)),
      shares: shares!.values as Float32Array,
    };
  } finally {
    session.dispose();
  }
}
