import { expect, test } from 'vitest';
import { ChannelStatistics, symmetric } from '../../../src-main/engine/images/normalisation.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const random = createRandom(3);
/** Three channels of different brightness and spread. */
const pixels = Uint8Array.from({ length: 300 }, (_, at) => random.int([20, 100, 256][at % 3]!));

function measured(channels: number, ...parts: Uint8Array[]) {
  const statistics = new ChannelStatistics(channels);
  for (const part of parts) statistics.add(part);
  return statistics.normalisation();
}

test('what is measured gives every channel mean 0 and deviation 1', () => {
  const { mean, deviation } = measured(3, pixels.subarray(0, 120), pixels.subarray(120));
  for (const channel of [0, 1, 2]) {
    const own = [...pixels].filter((_, at) => at % 3 === channel);
    const seen = own.map((value) => (value / 255 - mean[channel]!) / deviation[channel]!);
    expect(seen.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(0, 10);
    expect(seen.reduce((sum, value) => sum + value ** 2, 0) / own.length).toBeCloseTo(1, 10);
  }
});

test('a channel that is the same everywhere is not divided by 0', () => {
  expect(measured(1, new Uint8Array(8).fill(51))).toEqual({ mean: [0.2], deviation: [1] });
});

test('from -1 to 1', () => {
  const { mean, deviation } = symmetric(3);
  expect([0, 255].map((value) => (value / 255 - mean[2]!) / deviation[2]!)).toEqual([-1, 1]);
});
