import type { ExcitingImages, Ranking } from '../../../../src-main/shared/inspect/drives.ts';

/** One image that excites a map. */
export interface Entry {
  id: number;
  /** Its class; 0 without a label. */
  label: number;
  value: number;
  /** The strongest cell: row * width + column. */
  cell: number;
}

/** Those of one map, the most exciting first. */
export function entriesOf({ ranked, most }: ExcitingImages, ranking: Ranking, map: number): Entry[] {
  const { ids, labels, values, cells } = ranked[ranking];
  const places = Array.from({ length: most }, (_, at) => map * most + at).filter((at) => (ids[at] ?? 0) > 0);
  return places.map((at) => ({ id: ids[at]!, label: labels[at]!, value: values[at]!, cell: cells[at]! }));
}
