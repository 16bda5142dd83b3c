/** Shows now and then what a network in training makes of one image. */
import { reportError } from '../../shared/errors.ts';
import type { LiveLook, LiveMaps } from '../../shared/inspection.ts';
import { describeNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { PixelImage } from '../../shared/pictures.ts';
import type { Model } from '../graph/model.ts';
import { outputOf } from '../inspection/maps.ts';
import type { LookAccount } from './look-budget.ts';

/** From one look to the next. */
const leastMs = 500;
const mostLayers = 4;
const mostMaps = 8;
/** Larger maps are thinned out. */
const mostSide = 64;

export class LiveView {
  readonly #model: Model;
  #image: PixelImage;
  readonly #layers: string[];
  readonly #norm: () => LiveLook['norm'];
  readonly #tell: (look: LiveLook) => void;
  readonly #account: LookAccount;
  readonly #clock: () => number;
  #nextAt = -Infinity;

  constructor(
    model: Model,
    image: PixelImage,
    norm: () => LiveLook['norm'],
    tell: (look: LiveLook) => void,
    account: LookAccount,
    clock: () => number = () => performance.now(),
  ) {
    this.#model = model;
    this.#image = image;
    this.#layers = layersToShow(model.network, model.classes);
    this.#norm = norm;
    this.#tell = tell;
    this.#account = account;
    this.#clock = clock;
  }

  /** Looks at that image from now on, at once for the first time. */
  show(image: PixelImage): void {
    this.#image = image;
    if (this.#nextAt < Infinity) this.#nextAt = Math.min(this.#nextAt, this.#clock());
  }

  /** Before training begins; `step`: those done. */
  begin(step: number): void {
    this.#account.prepare(() => this.#look(step));
  }

  /** To be called after each step. */
  after(step: number): void {
    if (this.#clock() < this.#nextAt) return;
    if (!this.#account.tryTo(() => this.#look(step))) return;
    this.#nextAt = Math.max(this.#nextAt, this.#clock() + leastMs);
  }

  #look(step: number): void {
    try {
      const names = this.#layers.map(outputOf);
      const fetched = this.#model.fetch(this.#image.pixels, names);
      const layers = this.#layers.map((name) => thinned(name, fetched[outputOf(name)]!));
      this.#tell({ step, image: this.#image, layers, norm: this.#norm() });
    } catch (error) {
      // Training may just fit where a look does not: then it goes on unseen.
      if (reportError(error).code !== 'out-of-memory') throw error;
      this.#nextAt = Infinity;
    }
  }
}

/** Layers with maps, spread over the network: activations where there are any, else whatever has maps. */
export function layersToShow(network: Network, classes: number): string[] {
  const withMaps = describeNetwork(network, classes).layers.filter(({ outputShape }) => outputShape?.length === 3);
  const activations = withMaps.filter(({ kind }) => kind === 'activation');
  const found = activations.length > 0 ? activations : withMaps;
  const count = Math.min(mostLayers, found.length);
  return Array.from({ length: count }, (_, at) => found[Math.floor((at * found.length) / count)]!.name);
}

/** The first maps of [1, height, width, channels], every so many rows and columns. */
function thinned(layer: string, { shape, values }: { shape: number[]; values: Float32Array }): LiveMaps {
  const [, height = 1, width = 1, channels = 1] = shape;
  const stride = Math.ceil(Math.max(height, width) / mostSide);
  const [rows, columns, maps] = [
    Math.ceil(height / stride),
    Math.ceil(width / stride),
    Math.min(mostMaps, channels),
  ] as const;
  const kept = new Float32Array(rows * columns * maps);
  let at = 0;
  for (let y = 0; y < height; y += stride)
    for (let x = 0; x < width; x += stride)
      for (let map = 0; map < maps; map++) kept[at++] = values[(y * width + x) * channels + map]!;
  return { layer, shape: [rows, columns, maps], values: kept };
}
