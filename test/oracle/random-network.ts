/** Random small networks with branches, for property tests. */
import { checkNetwork, describeNetwork, parseNetwork } from '../../src-main/shared/network/index.ts';
import type { Network, NetworkJson, Pair, Shape } from '../../src-main/shared/network/spec.ts';

type LayerJson = NetworkJson['layers'][number];
/** A whole number from `min` to `max`. */
export type Pick = (min: number, max: number) => number;

/** A network of 10 classes whose layers name only earlier ones; some of its layers may lead nowhere. */
export function randomNetwork(pick: Pick): Network {
  const input = { size: [pick(4, 13), pick(4, 13)] as Pair, channels: pick(1, 3) };
  const layers: LayerJson[] = [];
  const maps = new Map<string, Shape>([['input', [...input.size, input.channels]]]);
  const wanted = pick(3, 9);
  for (let attempt = 0; attempt < 40 && layers.length < wanted; attempt++) {
    const layer = randomLayer(pick, `layer${layers.length + 1}`, maps);
    if (layer === null) continue;
    const row = describeNetwork(parseNetwork({ input, layers: [...layers, layer] }), 10).layers.at(-1)!;
    if (row.outputShape === null) continue;
    layers.push(layer);
    maps.set(layer.name, row.outputShape);
  }
  const ends = ['globalAvgPool', 'globalMaxPool', 'flatten'] as const;
  layers.push({ name: 'end', kind: ends[pick(0, 2)]! });
  if (pick(0, 1) === 1) layers.push({ name: 'hidden', kind: 'dense', units: pick(1, 8), useBias: pick(0, 1) === 1 });
  layers.push({ name: 'logits', kind: 'dense', units: 'classes' });
  const network = parseNetwork({ input, layers });
  checkNetwork(network, 10);
  return network;
}

function randomLayer(pick: Pick, name: string, maps: ReadonlyMap<string, Shape>): LayerJson | null {
  const names = [...maps.keys()];
  const source = pick(0, 2) === 0 ? names[pick(0, names.length - 1)]! : names.at(-1)!;
  const from = [source];
  const pair = (min: number, max: number): Pair => [pick(min, max), pick(min, max)];
  const padding = (largest: Pair): 'valid' | 'same' | Pair =>
    ([() => 'valid', () => 'same', () => [pick(0, largest[0]), pick(0, largest[1])]] as const)[pick(0, 2)]!() as
      'valid' | 'same' | Pair;
  switch (pick(0, 13)) {
    case 0:
    case 1: {
      const dilated = pick(0, 2) === 0;
      const slide = dilated ? { dilationRate: pair(1, 3) } : { strides: pair(1, 2) };
      const useBias = pick(0, 1) === 1;
      const kernelSize: Pair = [pick(1, 4), pick(1, 4)];
      return {
        name,
        kind: 'conv2d',
        from,
        filters: pick(1, 3),
        kernelSize,
        padding: padding([2, 2]),
        useBias,
        ...slide,
      };
    }
    case 2: {
      const depthMultiplier = pick(1, 2);
      return {
        name,
        kind: 'depthwiseConv2d',
        from,
        kernelSize: pair(1, 3),
        strides: pick(1, 2),
        padding: padding([2, 2]),
        depthMultiplier,
      };
    }
    case 3: {
      const poolSize = pair(1, 3);
      const strides = pick(0, 1) === 1 ? pair(1, 3) : undefined;
      const kind = pick(0, 1) === 1 ? 'maxPool' : 'avgPool';
      return { name, kind, from, poolSize, strides, padding: padding([poolSize[0] - 1, poolSize[1] - 1]) };
    }
    case 4:
      return { name, kind: 'batchNorm', from };
    case 9: {
      const more = { strides: pick(1, 2), depthMultiplier: pick(1, 2), useBias: pick(0, 1) === 1 };
      return {
        name,
        kind: 'separableConv2d',
        from,
        filters: pick(1, 3),
        kernelSize: pair(1, 3),
        padding: padding([2, 2]),
        ...more,
      };
    }
    case 10: {
      // No smaller than the strides: where a cell sees nothing along one axis, its box along the other is of no meaning.
      const kernelSize = pair(2, 4);
      const more = { strides: pair(1, 2), useBias: pick(0, 1) === 1 };
      return {
        name,
        kind: 'conv2dTranspose',
        from,
        filters: pick(1, 3),
        kernelSize,
        padding: padding([1, 1]),
        ...more,
      };
    }
    case 11: {
      const interpolation = pick(0, 1) === 1 ? 'nearest' : 'bilinear';
      return { name, kind: 'upSampling2d', from, size: pair(1, 2), interpolation };
    }
    case 12: {
      const sides = (): [Pair, Pair] => [pair(0, 2), pair(0, 2)];
      return pick(0, 1) === 1
        ? { name, kind: 'zeroPadding2d', from, padding: sides() }
        : { name, kind: 'cropping2d', from, cropping: sides() };
    }
    case 13: {
      const [, , channels] = maps.get(source)!;
      return pick(0, 1) === 1
        ? { name, kind: 'layerNorm', from }
        : { name, kind: 'groupNorm', from, groups: [1, channels!][pick(0, 1)]! };
    }
    case 5:
      return pick(0, 3) === 0
        ? { name, kind: 'dropout', from, rate: 0.5 }
        : { name, kind: 'activation', from, function: 'tanh' };
    default: {
      const kind = pick(0, 1) === 1 ? 'add' : 'concat';
      const [height, width, channels] = maps.get(source)!;
      const partners = names.filter((other) => {
        const shape = maps.get(other)!;
        if (other === source || shape[0] !== height || shape[1] !== width) return false;
        return kind === 'concat' || shape[2] === channels;
      });
      if (partners.length === 0) return null;
      return { name, kind, from: [source, partners[pick(0, partners.length - 1)]!] };
    }
  }
}
