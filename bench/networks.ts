/** What bench/training.ts and bench/prediction.ts share: the networks, and Keras and PyTorch running the code written for them. */
import { kerasCode } from '../src-main/shared/network/code/keras.ts';
import { pytorchCode } from '../src-main/shared/network/code/pytorch.ts';
import { parseNetwork, presets } from '../src-main/shared/network/index.ts';
import type { Network } from '../src-main/shared/network/spec.ts';
import { createRandom } from '../src-main/shared/random.ts';
import type { ImageTensors } from '../src-main/engine/training/trainer.ts';
import { PythonProcess, pythonVersions, pytorchVersions } from './python.ts';
import type { Spent } from './turns.ts';

export const classes = 10;

export const networks = {
  /** The network of the first measurements of this program. */
  'conv-bn-pool, 28x28x1': parseNetwork({
    input: { size: [28, 28], channels: 1 },
    layers: [
      { name: 'conv1', kind: 'conv2d', filters: 16, kernelSize: 3, padding: 'same' },
      { name: 'relu1', kind: 'activation', function: 'relu' },
      { name: 'bn1', kind: 'batchNorm' },
      { name: 'pool1', kind: 'maxPool', poolSize: 2 },
      { name: 'conv2', kind: 'conv2d', filters: 32, kernelSize: 3, padding: 'same' },
      { name: 'relu2', kind: 'activation', function: 'relu' },
      { name: 'bn2', kind: 'batchNorm' },
      { name: 'pool2', kind: 'avgPool', poolSize: 2 },
      { name: 'flatten', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
  }),
  'tiny-vgg, 64x64x3': parseNetwork(presets['tiny-vgg'], { size: [64, 64], channels: 3 }),
  'resnet-20, 32x32x3': parseNetwork(presets['resnet-20'], { size: [32, 32], channels: 3 }),
} as const satisfies Record<string, Network>;

/** Noise, and labels at random: how fast a step is does not follow from what is learnt. */
export function noise({ input }: Network, images: number): ImageTensors {
  const random = createRandom(1);
  const pixels = Uint8Array.from({ length: images * input.size[0] * input.size[1] * input.channels }, () =>
    random.int(256),
  );
  return { pixels, labels: Int32Array.from({ length: images }, () => random.int(classes)) };
}

/** Keras or PyTorch in a process of its own, with as many images of its own. */
export class Peer {
  readonly #framework: 'keras' | 'pytorch';
  readonly #process: PythonProcess;

  constructor(framework: 'keras' | 'pytorch') {
    this.#framework = framework;
    const versions = framework === 'keras' ? pythonVersions : pytorchVersions;
    this.#process = new PythonProcess(versions, 'networks.py', [framework]);
  }

  async load(network: Network, images: number, batch: number): Promise<void> {
    const code = this.#framework === 'keras' ? kerasCode : pytorchCode;
    const { size, channels } = network.input;
    const request = { code: code(network, classes), input: [...size, channels], classes, images, batch };
    await this.#ask({ do: 'load', ...request });
  }

  /** One pass over the images. */
  async pass(work: 'train' | 'predict'): Promise<Spent> {
    return this.#ask({ do: work });
  }

  async #ask(request: object): Promise<Spent> {
    return JSON.parse(await this.#process.ask(JSON.stringify(request))) as Spent;
  }

  end(): void {
    this.#process.end();
  }
}
