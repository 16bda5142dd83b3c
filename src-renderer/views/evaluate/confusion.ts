/** Figures of a confusion matrix. Rows are truth, columns prediction. */

/** The images on the diagonal, and all images. */
export function rightAndTotal(confusion: readonly (readonly number[])[]): { right: number; total: number } {
  let right = 0;
  let total = 0;
  confusion.forEach((row, truth) =>
    row.forEach((count, prediction) => {
      total += count;
      if (truth === prediction) right += count;
    }),
  );
  return { right, total };
}

/** Each cell's share of its row, 0 to 1; a row without images is all 0. */
export function rowShares(confusion: readonly (readonly number[])[]): number[][] {
  return confusion.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum > 0 ? count / sum : 0));
  });
}
