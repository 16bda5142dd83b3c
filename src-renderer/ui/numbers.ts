/** Numbers as text, in English notation. Units are added by the message catalogue. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 61706 -> "61,706". */
export const formatCount = (value: number): string => grouped.format(value);

/** Large counts in short: 24346 -> "24.3 k", 1234567 -> "1.23 M"; below 10,000 in full. */
export function formatShort(value: number): string {
  if (Math.abs(value) < 10_000) return formatCount(value);
  const rounded = Number(value.toPrecision(3));
  for (const [size, suffix] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(rounded) >= size) return `${Number((rounded / size).toPrecision(3))} ${suffix}`;
  }
  return formatCount(value);
}

/** Bytes in binary units: 12544 -> "12.3 KiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? formatCount(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

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
export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** Seconds as a clock: 5 -> "5 s", 65 -> "1 min 5 s", 7260 -> "2 h 1 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hour12: false });

/** ISO 8601 -> "Nov 23, 2026, 17:58", in the computer's time zone. */
export const formatDate = (iso: string): string => dates.format(new Date(iso));

/** [28, 28, 16] -> "28 × 28 × 16". */
export const formatShape = (shape: readonly number[]): string => shape.join(' × ');
