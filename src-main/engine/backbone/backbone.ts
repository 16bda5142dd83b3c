import { inParts, runInParts } from '../graph/parts.ts';
import { Session } from '../graph/session.ts';
import { readBackbone } from './files.ts';
import { backboneSize, featureGraph, names } from './graph.ts';

const ends = { images: names.pixels, result: names.features };

/** EfficientNet-Lite0 in a TensorFlow session. Call `dispose` when done. */
export class Backbone {
  readonly #session: Session;

  /** Throws 'invalid-model' when the files that Receptive came with are damaged. */
  constructor() {
    const { layers, weights } = readBackbone();
    this.#session = new Session(inParts(featureGraph(layers, weights), ends));
  }

  /** Pixels 0 to 255, [batch, 224, 224, 3] row by row -> features [batch, 1280], 0 to 6. */
  features(pixels: Uint8Array): Float32Array {
    const batch = pixels.length / (backboneSize * backboneSize * 3);
    return runInParts(this.#session, ends, { shape: [batch, backboneSize, backboneSize, 3], values: pixels });
  }

  dispose(): void {
    this.#session.dispose();
  }
}
