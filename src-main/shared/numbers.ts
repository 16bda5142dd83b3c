/** Numbers as text, in English notation. Units are added by whoever shows them. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 61706 -> "61,706". */
export const formatCount = (value: number): string => grouped.format(value);

/** Digits as exponents. */
const raised = (text: string) => [...text].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'['0123456789'.indexOf(digit)] ?? '⁻').join('');

/** 0.00012345 -> "1.23 × 10⁻⁴". */
export function formatPower(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential(2).split('e');
  return `${digits.replace('-', '−')} × 10${raised(exponent.replace('+', ''))}`;
}

/** A measured value with four significant digits and a true minus sign; very small and very large ones in powers of ten. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return formatPower(value);
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** A share 0 to 1 as a percentage: 0.8734 -> "87.3 %". */
export const formatPercent = (share: number, digits = 1): string =>
  Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : formatValue(share);

/** [28, 28, 16] -> "28 × 28 × 16". */
export const formatShape = (shape: readonly number[]): string => shape.join(' × ');
