/** What the network would be with one layer changed: the figures that a person weighs. */
import { describeDraft } from '../../../../src-main/shared/network/index.ts';
import { setField } from '../../../../src-main/shared/network/edit.ts';
import type { Draft } from '../../../../src-main/shared/network/edit.ts';
import type { NetworkJson, Shape } from '../../../../src-main/shared/network/spec.ts';
import { poolings, withNormMoved, withPooling } from '../../../../src-main/shared/network/what-if/variants.ts';
import type { Pooling } from '../../../../src-main/shared/network/what-if/variants.ts';

export interface Alternative {
  draft: Draft;
  /** Of the layer in question; null where it is gone or would not fit. */
  shape: Shape | null;
  params: number;
  macs: number;
  /** Box of input pixels that a cell of the last maps sees; null where that is not known. */
  field: readonly [number, number] | null;
  /** What would be wrong; null where nothing is. */
  problem: string | null;
}

export const asJson = (draft: Draft): NetworkJson => draft as unknown as NetworkJson;
const asDraft = (json: NetworkJson): Draft => json as unknown as Draft;

/** The figures of a changed network; `name` is the layer that was changed. */
export function alternative(draft: Draft, classes: number, name: string, seenBy: 'layer' | 'last'): Alternative {
  const description = describeDraft(draft, classes);
  const row = description.layers.find((layer) => layer.name === name);
  const last = description.layers.findLast(({ outputShape }) => outputShape?.length === 3);
  const wrong = description.problem ?? description.layers.find(({ problem }) => problem)?.problem;
  return {
    draft,
    shape: row?.outputShape ?? null,
    params: description.totals.params,
    macs: description.totals.macs,
    field: (seenBy === 'layer' ? row : last)?.receptiveField?.size ?? null,
    problem: wrong?.message ?? null,
  };
}

/** A pooling layer done in each of the four ways. */
export function poolingAlternatives(draft: Draft, name: string, classes: number): { by: Pooling; it: Alternative }[] {
  const row = describeDraft(draft, classes).layers.find((layer) => layer.name === name);
  const channels = row?.outputShape?.[2] ?? 1;
  return poolings.map((by) => ({
    by,
    it: alternative(asDraft(withPooling(asJson(draft), name, by, channels)), classes, name, 'last'),
  }));
}

/** A convolution with each dilation; its strides are 1 where it is dilated, since both at once are not allowed. */
export function dilationAlternatives(
  draft: Draft,
  index: number,
  classes: number,
): { rate: number; it: Alternative }[] {
  const name = draft.layers[index]?.name ?? '';
  return [1, 2, 3, 4].map((rate) => {
    const dilated = setField(draft, index, 'dilationRate', rate === 1 ? undefined : rate);
    const fitting = rate === 1 ? dilated : setField(dilated, index, 'strides', undefined);
    return { rate, it: alternative(fitting, classes, name, 'layer') };
  });
}

/** The network with this batch norm on the other side of its activation; null where there is none beside it. */
export function normMoved(draft: Draft, name: string): Draft | null {
  const moved = withNormMoved(asJson(draft), name);
  return moved === asJson(draft) ? null : asDraft(moved);
}

/** The convolution at `index` as a depthwise separable one, under its own name. */
export function asSeparable(draft: Draft, index: number): Draft {
  const { dilationRate: _, ...fields } = draft.layers[index]!;
  return {
    ...draft,
    layers: draft.layers.with(index, { ...fields, kind: 'separableConv2d' } as Draft['layers'][number]),
  };
}
