/** Pictures that are about as hard to decode as photographs: noise at every scale, as in nature, and shapes with edges. */
import { createRandom } from '../src-main/shared/random.ts';
import type { Random } from '../src-main/shared/random.ts';

/** Cells of noise on the longer side, coarse to fine. */
const octaves = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** Brightness, then what each of red, green and blue has of its own. */
const layers = 4;

/** uint8 [height, width, 3]; the same for the same seed. */
export function photograph(height: number, width: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const values = new Float32Array(height * width * 3).fill(128);
  // Amplitudes fall with frequency, as in natural scenes.
  for (const cells of octaves) addNoise(values, height, width, cells, 100 / cells ** 0.4, random);
  for (let shape = 0; shape < 6; shape++) addEllipse(values, height, width, random);
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value))));
}

/** Smooth noise with `cells` cells on the longer side, interpolated linearly; a quarter of it colour. */
function addNoise(
  values: Float32Array,
  height: number,
  width: number,
  cells: number,
  strength: number,
  random: Random,
) {
  const pitch = Math.max(height, width) / cells;
  const rowLength = (cells + 2) * layers;
  const grid = Float32Array.from({ length: rowLength * (cells + 2) }, () => strength * (random.next() - 0.5));
  const line = new Float32Array(rowLength);
  for (let y = 0, to = 0; y < height; y++) {
    const above = Math.floor(y / pitch) * rowLength;
    const down = (y / pitch) % 1;
    for (let i = 0; i < rowLength; i++) line[i] = grid[above + i]! * (1 - down) + grid[above + rowLength + i]! * down;
    for (let x = 0; x < width; x++) {
      const left = Math.floor(x / pitch) * layers;
      const across = (x / pitch) % 1;
      const light = line[left]! + (line[left + layers]! - line[left]!) * across;
      for (let c = 1; c < layers; c++) {
        const own = line[left + c]! + (line[left + layers + c]! - line[left + c]!) * across;
        values[to++]! += light + own / 3;
      }
    }
  }
}

function addEllipse(values: Float32Array, height: number, width: number, random: Random): void {
  const [cy, cx] = [random.next() * height, random.next() * width];
  const [ry, rx] = [height * (0.08 + 0.2 * random.next()), width * (0.08 + 0.2 * random.next())];
  const color = [0, 1, 2].map(() => 120 * (random.next() - 0.5));
  for (let y = Math.max(0, Math.floor(cy - ry)); y < Math.min(height, cy + ry); y++) {
    for (let x = Math.max(0, Math.floor(cx - rx)); x < Math.min(width, cx + rx); x++) {
      // Sharp to within some pixels, as an edge in focus is.
      const share = Math.min(1, (1 - Math.hypot((y - cy) / ry, (x - cx) / rx)) * 40);
      if (share > 0) for (let c = 0; c < 3; c++) values[(y * width + x) * 3 + c]! += share * color[c]!;
    }
  }
}
