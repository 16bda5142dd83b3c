import { interpolateViridis } from 'd3-scale-chromatic';

export interface RgbImage {
  height: number;
  width: number;
  /** [height, width, 3] */
  pixels: Uint8Array;
}

/** Viridis in 256 steps (van der Walt and Smith, 2015), [256, 3]. */
const viridis = Uint8Array.from({ length: 3 * 256 }, (_, at) => {
  const hex = interpolateViridis(Math.floor(at / 3) / 255); // "#440154"
  return Number.parseInt(hex.slice(1 + 2 * (at % 3), 3 + 2 * (at % 3)), 16);
});

/**
 * All maps of a layer as one picture: a near-square grid, each cell `scale` pixels wide without smoothing, one scale of
 * colours from the layer's minimum to its maximum, white lines between. A vector [units] is one row.
 */
export function mapGrid(shape: readonly number[], values: Float32Array, scale = 4): RgbImage {
  const [mapHeight, mapWidth, maps] = shape.length === 3 ? (shape as [number, number, number]) : [1, shape[0]!, 1];
  const columns = Math.ceil(Math.sqrt(maps));
  const rows = Math.ceil(maps / columns);
  const [tileHeight, tileWidth] = [mapHeight * scale + 1, mapWidth * scale + 1];
  const [height, width] = [rows * tileHeight + 1, columns * tileWidth + 1];
  const pixels = new Uint8Array(height * width * 3).fill(255);

  const { min, span } = rangeOf(values);
  for (let map = 0; map < maps; map++) {
    const top = Math.floor(map / columns) * tileHeight + 1;
    const left = (map % columns) * tileWidth + 1;
    for (let y = 0; y < mapHeight * scale; y++) {
      for (let x = 0; x < mapWidth * scale; x++) {
        const cell = (Math.floor(y / scale) * mapWidth + Math.floor(x / scale)) * maps + map;
        const level = Math.round((255 * (values[cell]! - min)) / span);
        pixels.set(viridis.subarray(3 * level, 3 * level + 3), 3 * ((top + y) * width + left + x));
      }
    }
  }
  return { height, width, pixels };
}

function rangeOf(values: Float32Array): { min: number; span: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return { min, span: max > min ? max - min : 1 };
}
