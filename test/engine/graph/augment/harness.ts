import { augmentationSchema } from '../../../../src-main/shared/augmentation.ts';
import type { Augmentation } from '../../../../src-main/shared/augmentation.ts';
import { createRandom } from '../../../../src-main/shared/random.ts';
import { GraphBuilder } from '../../../../src-main/engine/graph/builder.ts';
import { augment } from '../../../../src-main/engine/graph/augment/index.ts';
import { DataType } from '../../../../src-main/engine/graph/proto.ts';
import { Session } from '../../../../src-main/engine/graph/session.ts';

export interface Batch {
  height: number;
  width: number;
  channels: number;
  /** [images, height, width, channels], 0 to 1. */
  values: Float32Array;
}

export function randomBatch(images: number, height: number, width: number, channels: number): Batch {
  const random = createRandom(7);
  const values = Float32Array.from({ length: images * height * width * channels }, () => random.next());
  return { height, width, channels, values };
}

export interface Augmented {
  /** As the batch's values. */
  images: number[][];
  targets: number[][];
  /** What was drawn for each image, by `<augmentation>/<what>`. */
  draws: Record<string, number[]>;
}

const classes = 8;

/** Runs the augmentation's nodes alone; image k of the batch has the target 1 at k modulo 8. */
export function runAugmentation(
  { height, width, channels, values }: Batch,
  given: Partial<Augmentation>,
  { seed = 1, step = 0 } = {},
): Augmented {
  const size = height * width * channels;
  const count = values.length / size;
  const graph = new GraphBuilder();
  const images = graph.placeholder('images', DataType.float, [-1, height, width, channels]);
  const targets = graph.placeholder('targets', DataType.float, [-1, classes]);
  const source = { graph, seed, step: graph.placeholder('step', DataType.float, []), batch: graph.ints([count]) };
  const strengths = augmentationSchema.parse(given);
  const out = augment(source, { name: images, size: [height, width], channels }, targets, strengths);
  const outputs = [graph.identity(out.images), graph.identity(out.targets)];
  const drawn = graph.nodes.map(({ name }) => name).filter((name) => name.startsWith('.augment/'));
  const session = new Session(graph.nodes);
  try {
    const labels = new Float32Array(count * classes);
    for (let i = 0; i < count; i++) labels[i * classes + (i % classes)] = 1;
    const feeds = {
      images: { shape: [count, height, width, channels], values },
      targets: { shape: [count, classes], values: labels },
      step: { shape: [], values: Float32Array.of(step) },
    };
    const fetched = session.run(feeds, [...outputs, ...drawn]).map((tensor) => Array.from(tensor.values));
    return {
      images: rows(fetched[0]!, size),
      targets: rows(fetched[1]!, classes),
      draws: Object.fromEntries(drawn.map((name, i) => [name.slice('.augment/'.length), fetched[i + 2]!])),
    };
  } finally {
    session.dispose();
  }
}

export function rows(values: number[], size: number): number[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}
