/** The cells of the input that a pooled cell is made of. */
import type { PoolingReport } from '../../../src-main/shared/inspect/pooling-report.ts';
import { spanOf } from '../../../src-main/shared/inspect/pooling.ts';

export interface WindowBox {
  top: number;
  left: number;
  height: number;
  width: number;
}

export function windowAt({ window, before, input }: PoolingReport, row: number, column: number): WindowBox {
  const [height, width] = input.shape;
  const { top, bottom, left, right } = spanOf(
    { ...window, dilation: [1, 1], padding: before },
    [height, width],
    row,
    column,
  );
  return { top, left, height: bottom - top, width: right - left };
}
