/**
 * A network as plain loops over plain arrays in double precision, as the textbook writes its layers: slow, and it shares
 * nothing with the product but the network's own description. Gradients are central differences of it.
 */
import type { Layer, LayerOf, Network, Padding } from '../../src-main/shared/network/spec.ts';
import type { NamedTensor } from '../../src-main/engine/training/trainer.ts';

/** [height][width][channels]; a vector is one cell. */
export type Cells = number[][][];

/** Maps [height, width, channels], row by row, as nested arrays. */
export function toCells(values: ArrayLike<number>, [height, width, channels]: readonly number[]): Cells {
  const row = (y: number) =>
    Array.from({ length: width! }, (_, x) =>
      Array.from({ length: channels! }, (_, c) => values[(y * width! + x) * channels! + c]!),
    );
  return Array.from({ length: height! }, (_, y) => row(y));
}

export const flat = (cells: Cells): number[] => cells.flat(2);

export class PlainNetwork {
  readonly #network: Network;
  readonly #weights: ReadonlyMap<string, NamedTensor>;

  constructor(network: Network, weights: readonly NamedTensor[]) {
    this.#network = network;
    this.#weights = new Map(weights.map((tensor) => [tensor.name, tensor]));
  }

  /** Every layer's output in inference mode, by name. Layers may name only earlier ones. */
  run(input: Cells, replaced: ReadonlyMap<string, Cells> = new Map()): Map<string, Cells> {
    const found = new Map([['input', replaced.get('input') ?? input]]);
    let before = 'input';
    for (const layer of this.#network.layers) {
      const inputs = (layer.from ?? [before]).map((name) => found.get(name)!);
      found.set(layer.name, replaced.get(layer.name) ?? this.#apply(layer, inputs));
      before = layer.name;
    }
    return found;
  }

  logits(input: Cells, replaced?: ReadonlyMap<string, Cells>): number[] {
    return flat(this.run(input, replaced).get(this.#network.layers.at(-1)!.name)!);
  }

  probabilities(input: Cells): number[] {
    const logits = this.logits(input);
    const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  }

  /** How logit `unit` changes with each number of a layer's output ("input": of the image), by central differences. */
  gradient(input: Cells, layer: string, unit: number, step = 1e-5): Cells {
    const output = this.run(input).get(layer)!;
    const nudged = (y: number, x: number, c: number, by: number): number => {
      const changed = structuredClone(output);
      changed[y]![x]![c]! += by;
      return this.logits(input, new Map([[layer, changed]]))[unit]!;
    };
    return output.map((row, y) =>
      row.map((cell, x) => cell.map((_, c) => (nudged(y, x, c, step) - nudged(y, x, c, -step)) / (2 * step))),
    );
  }

  /** How the sum of `weights` times a layer's output changes with each number of the image, by central differences. */
  imageGradient(input: Cells, layer: string, weights: ArrayLike<number>, step = 1e-5): number[] {
    const sum = (image: Cells) =>
      flat(this.run(image).get(layer)!).reduce((total, value, at) => total + value * weights[at]!, 0);
    const nudged = (y: number, x: number, c: number, by: number): number => {
      const changed = structuredClone(input);
      changed[y]![x]![c]! += by;
      return sum(changed);
    };
    return input.flatMap((row, y) =>
      row.flatMap((cell, x) => cell.map((_, c) => (nudged(y, x, c, step) - nudged(y, x, c, -step)) / (2 * step))),
    );
  }

  #weight(layer: Layer, field: string, ...at: number[]): number {
    const { shape, values } = this.#weights.get(`${layer.name}/${field}`)!;
    return values[at.reduce((index, i, axis) => index * shape[axis]! + i, 0)]!;
  }

  /** Each channel with kernels of its own: map c m + j is that of channel c with its j-th kernel. */
  #depthwise(layer: LayerOf<'depthwiseConv2d' | 'separableConv2d'>, input: Cells): Cells {
    const [kh, kw] = layer.kernelSize;
    return slide(input, layer.kernelSize, layer.strides, layer.padding, (cellAt) =>
      Array.from({ length: input[0]![0]!.length * layer.depthMultiplier }, (_, map) => {
        const [channel, kernel] = [Math.floor(map / layer.depthMultiplier), map % layer.depthMultiplier];
        let sum = 0;
        for (let y = 0; y < kh; y++) {
          for (let x = 0; x < kw; x++) {
            sum += (cellAt(y, x)?.[channel] ?? 0) * this.#weight(layer, 'depthwiseKernel', y, x, channel, kernel);
          }
        }
        return sum;
      }),
    );
  }

  /** Every input cell adds its multiple of the kernel to the output, `strides` cells from its neighbour's. */
  #transposed(layer: LayerOf<'conv2dTranspose'>, input: Cells): Cells {
    const { kernelSize, strides, padding, filters } = layer;
    const [rows, columns] = [0, 1].map((axis) => {
      const [length, kernel, stride] = [[input.length, input[0]!.length][axis]!, kernelSize[axis]!, strides[axis]!];
      const over = Math.max(kernel - stride, 0);
      if (padding === 'same') return { count: length * stride, cut: Math.floor(over / 2) };
      if (padding === 'valid') return { count: length * stride + over, cut: 0 };
      return { count: (length - 1) * stride + kernel - 2 * padding[axis]!, cut: padding[axis]! };
    }) as [{ count: number; cut: number }, { count: number; cut: number }];
    const bias = Array.from({ length: filters }, (_, filter) =>
      layer.useBias ? this.#weight(layer, 'bias', filter) : 0,
    );
    const output: Cells = Array.from({ length: rows.count }, () =>
      Array.from({ length: columns.count }, () => [...bias]),
    );
    input.forEach((row, top) =>
      row.forEach((cell, left) => {
        for (let y = 0; y < kernelSize[0]; y++) {
          for (let x = 0; x < kernelSize[1]; x++) {
            const to = output[top * strides[0] + y - rows.cut]?.[left * strides[1] + x - columns.cut];
            to?.forEach((_, filter) =>
              cell.forEach((value, channel) => {
                to[filter]! += value * this.#weight(layer, 'kernel', y, x, filter, channel);
              }),
            );
          }
        }
      }),
    );
    return output;
  }

  /** [cells][channels], normalised all together; `first` is the number of their first channel. */
  #normal(layer: LayerOf<'layerNorm' | 'groupNorm'>, cells: number[][], first = 0): number[][] {
    const all = cells.flat();
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length + layer.epsilon);
    return cells.map((cell) =>
      cell.map(
        (value, channel) =>
          (this.#weight(layer, 'gamma', first + channel) * (value - mean)) / deviation +
          this.#weight(layer, 'beta', first + channel),
      ),
    );
  }

  #apply(layer: Layer, inputs: Cells[]): Cells {
    const input = inputs[0]!;
    switch (layer.kind) {
      case 'conv2d': {
        const [kh, kw] = layer.kernelSize;
        const [dh, dw] = layer.dilationRate;
        const extents = [(kh - 1) * dh + 1, (kw - 1) * dw + 1];
        return slide(input, extents, layer.strides, layer.padding, (cellAt) =>
          Array.from({ length: layer.filters }, (_, filter) => {
            let sum = layer.useBias ? this.#weight(layer, 'bias', filter) : 0;
            for (let y = 0; y < kh; y++) {
              for (let x = 0; x < kw; x++) {
                (cellAt(y * dh, x * dw) ?? []).forEach((value, channel) => {
                  sum += value * this.#weight(layer, 'kernel', y, x, channel, filter);
                });
              }
            }
            return sum;
          }),
        );
      }
      case 'depthwiseConv2d':
        return biased(this.#depthwise(layer, input), (channel) =>
          layer.useBias ? this.#weight(layer, 'bias', channel) : 0,
        );
      case 'separableConv2d': {
        const between = this.#depthwise(layer, input);
        return between.map((row) =>
          row.map((cell) =>
            Array.from({ length: layer.filters }, (_, filter) =>
              cell.reduce(
                (sum, value, at) => sum + value * this.#weight(layer, 'pointwiseKernel', 0, 0, at, filter),
                layer.useBias ? this.#weight(layer, 'bias', filter) : 0,
              ),
            ),
          ),
        );
      }
      case 'conv2dTranspose':
        return this.#transposed(layer, input);
      case 'layerNorm':
        return input.map((row) => row.map((cell) => this.#normal(layer, [cell])[0]!));
      case 'groupNorm': {
        const size = input[0]![0]!.length / layer.groups;
        const groups = Array.from({ length: layer.groups }, (_, group) =>
          this.#normal(
            layer,
            input.flat().map((cell) => cell.slice(group * size, (group + 1) * size)),
            group * size,
          ),
        );
        const width = input[0]!.length;
        return input.map((row, y) => row.map((_, x) => groups.flatMap((cells) => cells[y * width + x]!)));
      }
      case 'maxPool':
      case 'avgPool':
        return slide(input, layer.poolSize, layer.strides ?? layer.poolSize, layer.padding, (cellAt) => {
          const cells: number[][] = [];
          for (let y = 0; y < layer.poolSize[0]; y++) {
            for (let x = 0; x < layer.poolSize[1]; x++) {
              const cell = cellAt(y, x);
              if (cell) cells.push(cell);
            }
          }
          return cells[0]!.map((_, channel) => {
            const values = cells.map((cell) => cell[channel]!);
            return layer.kind === 'maxPool' ? Math.max(...values) : values.reduce((a, b) => a + b) / values.length;
          });
        });
      case 'batchNorm':
        return everyNumber(input, (value, channel) => {
          const deviation = Math.sqrt(this.#weight(layer, 'movingVariance', channel) + layer.epsilon);
          const normal = (value - this.#weight(layer, 'movingMean', channel)) / deviation;
          return this.#weight(layer, 'gamma', channel) * normal + this.#weight(layer, 'beta', channel);
        });
      case 'activation': {
        const known = { relu: (x: number) => Math.max(x, 0), tanh: Math.tanh, linear: (x: number) => x };
        const activate = known[layer.function as keyof typeof known];
        return everyNumber(input, activate);
      }
      case 'globalAvgPool': {
        const cells = input.flat();
        return [[cells[0]!.map((_, channel) => cells.reduce((sum, cell) => sum + cell[channel]!, 0) / cells.length)]];
      }
      case 'flatten':
        return [[flat(input)]];
      case 'dense': {
        const { shape } = this.#weights.get(`${layer.name}/kernel`)!;
        const unit = (to: number) =>
          flat(input).reduce(
            (sum, value, from) => sum + value * this.#weight(layer, 'kernel', from, to),
            layer.useBias ? this.#weight(layer, 'bias', to) : 0,
          );
        return [[Array.from({ length: shape[1]! }, (_, to) => unit(to))]];
      }
      case 'dropout':
        return input;
      case 'add':
        return input.map((row, y) =>
          row.map((cell, x) => cell.map((_, c) => inputs.reduce((sum, one) => sum + one[y]![x]![c]!, 0))),
        );
      case 'concat':
        return input.map((row, y) => row.map((_, x) => inputs.flatMap((one) => one[y]![x]!)));
      default:
        throw new Error(`The plain network knows no ${layer.kind}.`);
    }
  }
}

const biased = (cells: Cells, bias: (channel: number) => number): Cells =>
  everyNumber(cells, (value, channel) => value + bias(channel));

function everyNumber(cells: Cells, work: (value: number, channel: number) => number): Cells {
  return cells.map((row) => row.map((cell) => cell.map(work)));
}

/** `make` gets the cell at a place of the window, null in the padding. */
function slide(
  input: Cells,
  extents: readonly number[],
  strides: readonly number[],
  padding: Padding,
  make: (cellAt: (y: number, x: number) => number[] | null) => number[],
): Cells {
  const sizes = [input.length, input[0]!.length];
  const [rows, columns] = [0, 1].map((axis) => {
    const [length, extent, stride] = [sizes[axis]!, extents[axis]!, strides[axis]!];
    if (padding === 'same') {
      const count = Math.ceil(length / stride);
      return { count, before: Math.floor(Math.max((count - 1) * stride + extent - length, 0) / 2) };
    }
    const before = padding === 'valid' ? 0 : padding[axis]!;
    return { count: Math.floor((length + 2 * before - extent) / stride) + 1, before };
  }) as [{ count: number; before: number }, { count: number; before: number }];
  return Array.from({ length: rows.count }, (_, row) =>
    Array.from({ length: columns.count }, (_, column) => {
      const top = row * strides[0]! - rows.before;
      const left = column * strides[1]! - columns.before;
      return make((y, x) => input[top + y]?.[left + x] ?? null);
    }),
  );
}
