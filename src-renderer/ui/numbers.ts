/** Numbers as text, in English notation. Units are added by the message catalogue. */
import { formatCount } from '../../src-main/shared/numbers.ts';

export { formatCount, formatPercent, formatPower, formatShape, formatValue } from '../../src-main/shared/numbers.ts';

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
