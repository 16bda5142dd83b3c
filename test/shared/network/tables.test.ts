/** Worked examples, by hand. */
import { describe, expect, test } from 'vitest';
import { checkNetwork, parseNetwork, resolvePadding } from '../../../src-main/shared/network/index.ts';
import type { LayerFigures } from '../../../src-main/shared/network/index.ts';
import { outputLength, windowOutput } from '../../../src-main/shared/network/shapes.ts';
import type { NetworkJson, Padding, Pair, Shape } from '../../../src-main/shared/network/spec.ts';

type LayerJson = NetworkJson['layers'][number];

/** Figures of `layers` on an input [height, width, channels]; what makes 10 classes of them is added and left out. */
function figures([height, width, channels]: [number, number, number], ...layers: LayerJson[]): LayerFigures[] {
  const flat = layers.some(({ kind }) => kind === 'flatten' || kind === 'globalAvgPool' || kind === 'globalMaxPool');
  const end: LayerJson[] = [
    ...(flat ? [] : [{ name: 'end-gap', kind: 'globalAvgPool' as const }]),
    { name: 'end-dense', kind: 'dense', units: 'classes' },
  ];
  const network = parseNetwork({ input: { size: [height, width], channels }, layers: [...layers, ...end] });
  return checkNetwork(network, 10).slice(0, layers.length);
}

describe('padding and output size', () => {
  const rows: [input: Pair, kernel: Pair, strides: Pair, dilation: Pair, Padding, zeros: [Pair, Pair], output: Pair][] =
    [
      [
        [28, 28],
        [5, 5],
        [1, 1],
        [1, 1],
        'valid',
        [
          [0, 0],
          [0, 0],
        ],
        [24, 24],
      ],
      [
        [28, 28],
        [3, 3],
        [1, 1],
        [1, 1],
        'same',
        [
          [1, 1],
          [1, 1],
        ],
        [28, 28],
      ],
      [
        [28, 28],
        [3, 3],
        [2, 2],
        [1, 1],
        'same',
        [
          [0, 1],
          [0, 1],
        ],
        [14, 14],
      ],
      [
        [7, 7],
        [3, 3],
        [2, 2],
        [1, 1],
        'same',
        [
          [1, 1],
          [1, 1],
        ],
        [4, 4],
      ],
      [
        [28, 28],
        [2, 2],
        [1, 1],
        [1, 1],
        'same',
        [
          [0, 1],
          [0, 1],
        ],
        [28, 28],
      ],
      [
        [28, 28],
        [4, 5],
        [1, 1],
        [1, 1],
        'same',
        [
          [1, 2],
          [2, 2],
        ],
        [28, 28],
      ],
      [
        [5, 5],
        [1, 1],
        [3, 3],
        [1, 1],
        'same',
        [
          [0, 0],
          [0, 0],
        ],
        [2, 2],
      ],
      [
        [64, 64],
        [3, 5],
        [1, 2],
        [1, 1],
        [1, 2],
        [
          [1, 1],
          [2, 2],
        ],
        [64, 32],
      ],
      [
        [10, 10],
        [3, 3],
        [1, 1],
        [2, 2],
        'valid',
        [
          [0, 0],
          [0, 0],
        ],
        [6, 6],
      ],
      [
        [10, 10],
        [3, 3],
        [1, 1],
        [2, 3],
        'same',
        [
          [2, 2],
          [3, 3],
        ],
        [10, 10],
      ],
      [
        [3, 3],
        [7, 7],
        [1, 1],
        [1, 1],
        'same',
        [
          [3, 3],
          [3, 3],
        ],
        [3, 3],
      ],
      [
        [5, 5],
        [2, 2],
        [2, 2],
        [1, 1],
        'valid',
        [
          [0, 0],
          [0, 0],
        ],
        [2, 2],
      ],
      [
        [5, 9],
        [5, 9],
        [1, 1],
        [1, 1],
        'valid',
        [
          [0, 0],
          [0, 0],
        ],
        [1, 1],
      ],
    ];
  test.each(rows)(
    '%j, kernel %j, strides %j, dilation %j, %j',
    (input, kernel, strides, dilation, padding, zeros, out) => {
      const window = { kernel, strides, dilation, padding };
      expect(resolvePadding(window, input)).toEqual(zeros);
      expect(windowOutput(window, input)).toEqual(out);
    },
  );

  test('floor((l + 2p - k) / s) + 1, and less than 1 where the kernel does not fit', () => {
    expect(outputLength(28, 5, 0, 1)).toBe(24);
    expect(outputLength(28, 3, 2, 2)).toBe(14);
    expect(outputLength(5, 7, 0, 1)).toBeLessThan(1);
  });
});

describe('shape, parameters and multiply-accumulates of each kind', () => {
  const input: [number, number, number] = [8, 6, 4];
  const rows: [LayerJson, output: Shape, params: number, withoutBias: number, nonTrainable: number, macs: number][] = [
    [{ name: 'a', kind: 'conv2d', filters: 5, kernelSize: 3 }, [6, 4, 5], 185, 180, 0, 4320],
    [{ name: 'a', kind: 'conv2d', filters: 5, kernelSize: [1, 3], useBias: false }, [8, 4, 5], 60, 60, 0, 1920],
    [{ name: 'a', kind: 'conv2d', filters: 2, kernelSize: 3, dilationRate: 2 }, [4, 2, 2], 74, 72, 0, 576],
    [{ name: 'a', kind: 'depthwiseConv2d', kernelSize: 3, padding: 'same' }, [8, 6, 4], 40, 36, 0, 1728],
    [{ name: 'a', kind: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2 }, [6, 4, 8], 80, 72, 0, 1728],
    [{ name: 'a', kind: 'separableConv2d', filters: 5, kernelSize: 3 }, [6, 4, 5], 61, 56, 0, 1344],
    [
      {
        name: 'a',
        kind: 'separableConv2d',
        filters: 5,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        depthMultiplier: 2,
      },
      [4, 3, 5],
      117,
      112,
      0,
      1344,
    ],
    [{ name: 'a', kind: 'conv2dTranspose', filters: 5, kernelSize: 3, strides: 2 }, [17, 13, 5], 185, 180, 0, 8640],
    [
      { name: 'a', kind: 'conv2dTranspose', filters: 2, kernelSize: 4, strides: 2, padding: [1, 1], useBias: false },
      [16, 12, 2],
      128,
      128,
      0,
      6144,
    ],
    [{ name: 'a', kind: 'conv2dTranspose', filters: 1, kernelSize: 1, strides: 3 }, [24, 18, 1], 5, 4, 0, 192],
    [{ name: 'a', kind: 'upSampling2d', size: [2, 3] }, [16, 18, 4], 0, 0, 0, 0],
    [
      {
        name: 'a',
        kind: 'zeroPadding2d',
        padding: [
          [1, 2],
          [0, 3],
        ],
      },
      [11, 9, 4],
      0,
      0,
      0,
      0,
    ],
    [{ name: 'a', kind: 'cropping2d', cropping: [1, 2] }, [6, 2, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'layerNorm' }, [8, 6, 4], 8, 8, 0, 0],
    [{ name: 'a', kind: 'groupNorm', groups: 2 }, [8, 6, 4], 8, 8, 0, 0],
    [{ name: 'a', kind: 'batchNorm' }, [8, 6, 4], 8, 8, 8, 0],
    [{ name: 'a', kind: 'activation', function: 'gelu' }, [8, 6, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'maxPool', poolSize: 2 }, [4, 3, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'avgPool', poolSize: 3, strides: 1, padding: [1, 1] }, [8, 6, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'globalAvgPool' }, [4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'globalMaxPool' }, [4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'flatten' }, [192], 0, 0, 0, 0],
    [{ name: 'a', kind: 'dropout', rate: 0.25 }, [8, 6, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'add', from: ['input', 'input'] }, [8, 6, 4], 0, 0, 0, 0],
    [{ name: 'a', kind: 'concat', from: ['input', 'input', 'input'] }, [8, 6, 12], 0, 0, 0, 0],
  ];
  test.each(rows)('%j', (layer, output, params, paramsWithoutBias, nonTrainable, macs) => {
    const [row] = figures(input, layer);
    expect(row).toMatchObject({ outputShape: output, params, paramsWithoutBias, nonTrainable, macs });
    const shapes: Record<string, Shape | Shape[]> = { add: [input, input], concat: [input, input, input] };
    expect(row!.inputShape).toEqual(shapes[layer.kind] ?? input);
  });

  test('dense: 84 -> 10 is 840 weights and 10 biases', () => {
    const [, dense] = figures(
      [1, 1, 84],
      { name: 'f', kind: 'flatten' },
      { name: 'd', kind: 'dense', units: 'classes' },
    );
    expect(dense).toMatchObject({
      inputShape: [84],
      outputShape: [10],
      params: 850,
      paramsWithoutBias: 840,
      macs: 840,
    });
  });
});

describe('receptive field', () => {
  const conv = (name: string, kernelSize: number, more: Partial<LayerJson> = {}): LayerJson =>
    ({ name, kind: 'conv2d', filters: 2, kernelSize, ...more }) as LayerJson;
  const sizes = (rows: LayerFigures[]): [Pair, Pair][] => rows.map(({ receptiveField: r }) => [r.size, r.stride]);

  test('grows by (k - 1) times the stride so far', () => {
    const chain = figures([28, 28, 1], conv('a', 5), { name: 'p', kind: 'maxPool', poolSize: 2 }, conv('b', 3));
    expect(sizes(chain)).toEqual([
      [
        [5, 5],
        [1, 1],
      ],
      [
        [6, 6],
        [2, 2],
      ],
      [
        [10, 10],
        [2, 2],
      ],
    ]);
  });

  test('is not clipped at the borders', () => {
    expect(figures([4, 4, 1], conv('a', 9, { padding: 'same' }))[0]!.receptiveField.size).toEqual([9, 9]);
  });

  test('counts the gaps of a dilated kernel, each axis by itself', () => {
    const [row] = figures([20, 20, 1], conv('a', 3, { dilationRate: [3, 1] }));
    expect(row!.receptiveField).toEqual({ size: [7, 3], stride: [1, 1], start: [0, 0] });
  });

  test('of two branches that look to different sides is the box around both', () => {
    // conv2d 2x2 with "same" looks at rows 0 and 1, with padding 1 and a row cut off by the 2x2 after it at -1 to 1.
    const joined = figures(
      [12, 12, 1],
      conv('right', 2, { padding: 'same', from: ['input'] }),
      conv('left', 3, { padding: [2, 2], from: ['input'] }),
      conv('cut', 3, { from: ['left'] }),
      { name: 'sum', kind: 'add', from: ['right', 'cut'] },
    );
    expect(joined.map((row) => row.receptiveField.size[0])).toEqual([2, 3, 5, 5]);
    const shifted = figures(
      [12, 12, 1],
      conv('here', 1, { from: ['input'] }),
      conv('down', 4, { padding: 'same', from: ['input'] }),
      conv('up', 4, { padding: 'same', from: ['down'] }),
      { name: 'stack', kind: 'concat', from: ['here', 'up'] },
    );
    expect(shifted.at(-1)!.receptiveField.size).toEqual([7, 7]);
  });

  test('of branches of unequal stride is that of the cell that sees most', () => {
    // Input 7: cell i sees 2i..2i+2 on one side and i..i+4 on the other: 5, 5, 5. The strides are 2 and 1.
    const branches = figures(
      [7, 7, 1],
      conv('fast', 3, { strides: 2, from: ['input'] }),
      conv('slow', 5, { from: ['input'] }),
      { name: 'sum', kind: 'add', from: ['fast', 'slow'] },
    );
    expect(branches.at(-1)!.receptiveField).toEqual({ size: [5, 5], stride: [2, 2], start: [0, 0] });
  });

  test('starts in the padding, and moves on with zeros laid around and cells cut off', () => {
    const rows = figures(
      [12, 12, 1],
      conv('a', 5, { padding: 'same' }),
      { name: 'p', kind: 'maxPool', poolSize: 2 },
      {
        name: 'cut',
        kind: 'cropping2d',
        cropping: [
          [1, 0],
          [0, 2],
        ],
      },
      {
        name: 'zeros',
        kind: 'zeroPadding2d',
        padding: [
          [0, 0],
          [3, 0],
        ],
      },
    );
    expect(rows.map(({ receptiveField }) => receptiveField.start)).toEqual([
      [-2, -2],
      [-2, -2],
      [0, -2],
      [0, -8],
    ]);
  });

  test('after upsampling cells have steps of less than a pixel, and a window of 3 sees 2 cells of the map before', () => {
    const up = (more: Partial<LayerJson> = {}): LayerJson =>
      ({ name: 'up', kind: 'upSampling2d', ...more }) as LayerJson;
    const nearest = figures([6, 6, 1], up(), conv('a', 3));
    expect(nearest.map(({ receptiveField }) => receptiveField)).toEqual([
      { size: [1, 1], stride: [0.5, 0.5], start: [0, 0] },
      { size: [2, 2], stride: [0.5, 0.5], start: [0, 0] },
    ]);
    // Bilinear by 2: cell 0 lies at -1/4, between cells -1 and 0. By 3 every second cell of a phase lies on one cell.
    expect(figures([6, 6, 1], up({ interpolation: 'bilinear' }))[0]!.receptiveField).toEqual({
      size: [2, 2],
      stride: [0.5, 0.5],
      start: [-1, -1],
    });
  });

  test('of a transposed convolution is that of the cell that most inputs reach', () => {
    const transposed = (kernelSize: number, strides: number): LayerJson[] => [
      conv('a', 3),
      { name: 't', kind: 'conv2dTranspose', filters: 1, kernelSize, strides },
    ];
    // 3 taps, stride 2: cells are reached by 1 or 2 inputs, each of which sees 3 pixels; cell 0 by the input cells -1 and 0.
    expect(figures([8, 8, 1], ...transposed(3, 2))[1]!.receptiveField).toEqual({
      size: [4, 4],
      stride: [0.5, 0.5],
      start: [-1, -1],
    });
    // 1 tap, stride 3: two cells of three see nothing.
    expect(figures([8, 8, 1], ...transposed(1, 3))[1]!.receptiveField.size).toEqual([3, 3]);
  });

  test('of global pooling and dense is the whole input, of flatten that of one element', () => {
    const rows = figures(
      [9, 7, 1],
      conv('a', 3),
      { name: 'flat', kind: 'flatten' },
      { name: 'hidden', kind: 'dense', units: 4 },
    );
    expect(sizes(rows)).toEqual([
      [
        [3, 3],
        [1, 1],
      ],
      [
        [3, 3],
        [1, 1],
      ],
      [
        [9, 7],
        [9, 7],
      ],
    ]);
    const [gap] = figures([9, 7, 1], { name: 'gap', kind: 'globalMaxPool' });
    expect(gap!.receptiveField.size).toEqual([9, 7]);
  });

  test('of added vectors is that of one unit, or everything where their units came from different places', () => {
    const flat = (name: string, from: string): LayerJson => ({ name, kind: 'flatten', from: [from] });
    const rows = figures(
      [6, 6, 1],
      conv('a', 3, { from: ['input'] }),
      conv('b', 3, { strides: 2, padding: 'same', filters: 4, from: ['input'] } as Partial<LayerJson>),
      conv('c', 3, { filters: 8, kernelSize: 5, from: ['input'] } as Partial<LayerJson>),
      flat('fa', 'a'),
      flat('fb', 'b'),
      flat('fc', 'c'),
      { name: 'same', kind: 'add', from: ['fa', 'fa'] },
      { name: 'different', kind: 'add', from: ['fa', 'fc'] },
      { name: 'stacked', kind: 'concat', from: ['fa', 'fb', 'fc'] },
    );
    const of = (name: string): Pair => rows.find((row) => row.name === name)!.receptiveField.size;
    expect([of('same'), of('different'), of('stacked')]).toEqual([
      [3, 3],
      [6, 6],
      [5, 5],
    ]);
  });
});
