import type { ImageShape } from '../shared/preprocessing.ts';

/** How large an image becomes, and where its top left corner then lies in what is asked for. Pixels. */
export interface Placement {
  height: number;
  width: number;
  /** Below 0 where what comes before is cut off. */
  top: number;
  left: number;
}

export function placementOf(image: { height: number; width: number }, wanted: ImageShape): Placement {
  const { height, width, fit } = wanted;
  if (fit === 'stretch') return { height, width, top: 0, left: 0 };
  const ratios = [height / image.height, width / image.width];
  const scale = fit === 'fit' ? Math.min(...ratios) : Math.max(...ratios);
  const resized = {
    height: Math.max(1, Math.round(image.height * scale)),
    width: Math.max(1, Math.round(image.width * scale)),
  };
  return {
    ...resized,
    top: Math.floor((height - resized.height) / 2),
    left: Math.floor((width - resized.width) / 2),
  };
}

/** Copies what lies within the wanted shape; the rest stays black. Pixels are uint8 [height, width, channels]. */
export function place(pixels: Uint8Array, placement: Placement, wanted: ImageShape): Uint8Array {
  const { height, width, channels } = wanted;
  if (placement.height === height && placement.width === width) return pixels;
  const placed = new Uint8Array(height * width * channels);
  const from = Math.max(0, -placement.left);
  const to = Math.min(placement.width, width - placement.left);
  for (let row = Math.max(0, placement.top); row < Math.min(height, placement.top + placement.height); row++) {
    const source = (row - placement.top) * placement.width;
    const line = pixels.subarray((source + from) * channels, (source + to) * channels);
    placed.set(line, (row * width + placement.left + from) * channels);
  }
  return placed;
}
