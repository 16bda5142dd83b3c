/**
 * Which input pixels can influence a cell, by following every tap of every window on a grid without borders. Slow, and
 * it shares nothing with the product but the network's own description.
 */
import type { Layer, Network, Pair, Shape } from '../../src-main/shared/network/spec.ts';

/** Pixel (y, x) as one number; pixels may lie up to 4,096 outside of the picture. */
type Pixels = ReadonlySet<number>;
/** What is normalised over a whole map sees the whole picture. */
const everything: Pixels = new Set();
const key = (y: number, x: number): number => (y + 4096) * 65536 + (x + 4096);

export class Influence {
  readonly #network: Network;
  /** Output shape of each layer, by name; that of the picture under "input". */
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #known = new Map<string, Pixels>();

  constructor(network: Network, shapes: ReadonlyMap<string, Shape>) {
    this.#network = network;
    this.#shapes = shapes;
  }

  /** Height and width of the smallest box that holds every pixel which influences the cell. */
  box(layer: string, cell: Pair): Pair {
    const found = this.of(layer, cell[0], cell[1]);
    if (found === everything) return this.#network.input.size;
    const pixels = [...found];
    if (pixels.length === 0) return [0, 0];

    const ys = pixels.map((pixel) => Math.floor(pixel / 65536));
    const xs = pixels.map((pixel) => pixel % 65536);
    return [Math.max(...ys) - Math.min(...ys) + 1, Math.max(...xs) - Math.min(...xs) + 1];
  }

  /** Row and column of that box's first pixel; null where the cell sees no pixel or the whole picture. */
  corner(layer: string, cell: Pair): Pair | null {
    const found = this.of(layer, cell[0], cell[1]);
    if (found.size === 0) return null;
    const pixels = [...found];
    const x = Math.min(...pixels.map((pixel) => pixel % 65536));
    return [Math.min(...pixels.map((pixel) => Math.floor(pixel / 65536))) - 4096, x - 4096];
  }

  /** The pixels that influence cell (y, x) of a map. */
  of(name: string, y: number, x: number): Pixels {
    if (name === 'input') return new Set([key(y, x)]);
    const id = `${name} ${y} ${x}`;
    const known = this.#known.get(id);
    if (known) return known;
    const pixels = this.#follow(name, y, x);
    this.#known.set(id, pixels);
    return pixels;
  }

  #follow(name: string, y: number, x: number): Pixels {
    const { layers } = this.#network;
    const at = layers.findIndex((layer) => layer.name === name);
    const layer = layers[at]!;
    const sources = layer.from ?? [at === 0 ? 'input' : layers[at - 1]!.name];
    if (layer.kind === 'groupNorm') return everything;
    const pixels = new Set<number>();
    for (const source of sources) {
      const [height, width] = this.#shapes.get(source)!;
      for (const row of taps(layer, 0, y, height)) {
        for (const column of taps(layer, 1, x, width!)) {
          const seen = this.of(source, row, column);
          if (seen === everything) return everything;
          for (const pixel of seen) pixels.add(pixel);
        }
      }
    }
    return pixels;
  }
}

/** The cells of the input along one axis that cell `o` is made of. */
function taps(layer: Layer, axis: 0 | 1, o: number, length: number): number[] {
  if (layer.kind === 'zeroPadding2d') return [o - layer.padding[axis][0]];
  if (layer.kind === 'cropping2d') return [o + layer.cropping[axis][0]];
  if (layer.kind === 'upSampling2d') return upSampled(o, layer.size[axis], layer.interpolation);
  if (layer.kind === 'conv2dTranspose') return transposed(layer, axis, o);
  let [kernel, stride, dilation, padding] = [1, 1, 1, 'valid' as string | Pair];
  if (layer.kind === 'separableConv2d') {
    [kernel, stride, padding] = [layer.kernelSize[axis], layer.strides[axis], layer.padding];
  } else if (layer.kind === 'conv2d' || layer.kind === 'depthwiseConv2d') {
    [kernel, stride, padding] = [layer.kernelSize[axis], layer.strides[axis], layer.padding];
    if (layer.kind === 'conv2d') dilation = layer.dilationRate[axis];
  } else if (layer.kind === 'maxPool' || layer.kind === 'avgPool') {
    kernel = layer.poolSize[axis];
    stride = layer.strides?.[axis] ?? kernel;
    padding = layer.padding;
  }
  const before = typeof padding === 'string' ? (padding === 'same' ? sameBefore() : 0) : padding[axis];
  return Array.from({ length: kernel }, (_, tap) => o * stride - before + tap * dilation);

  /** Zeros are added at the end, then at the beginning, in turn, until ceil(l / s) windows fit. */
  function sameBefore(): number {
    const windows = Math.ceil(length / stride);
    let [first, last] = [0, 0];
    while (first + length + last < (windows - 1) * stride + (kernel - 1) * dilation + 1) {
      if (last > first) first++;
      else last++;
    }
    return first;
  }
}

/** The cells whose distance to the centre of cell `o`, in cells of the input, is less than 1 (bilinear) or 1/2. */
function upSampled(o: number, n: number, interpolation: string): number[] {
  const centre = (o + 0.5) / n - 0.5;
  const reach = interpolation === 'bilinear' ? 1 : 0.5;
  const around = [-1, 0, 1, 2].map((step) => Math.floor(centre) + step);
  return around.filter((cell) => Math.abs(cell - centre) < reach - 1e-9);
}

/** Every input cell i writes to i * stride to i * stride + kernel - 1, less what is cut off at the beginning. */
function transposed(layer: Extract<Layer, { kind: 'conv2dTranspose' }>, axis: 0 | 1, o: number): number[] {
  const [kernel, stride] = [layer.kernelSize[axis], layer.strides[axis]];
  const { padding } = layer;
  const same = (kernel - stride - ((kernel - stride) % 2)) / 2;
  const cut = padding === 'valid' ? 0 : padding === 'same' ? Math.max(same, 0) : padding[axis];
  const cells: number[] = [];
  const reach = Math.abs(o) + kernel + 8;
  for (let i = -reach; i <= reach; i++) {
    for (let tap = 0; tap < kernel; tap++) if (i * stride + tap - cut === o) cells.push(i);
  }
  return cells;
}
