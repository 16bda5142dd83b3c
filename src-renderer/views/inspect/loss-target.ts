/** The class that an image's loss is against: its label where the network knows it, else what it is taken for. */
import { classes } from '../../state/classes.svelte.ts';
import { inspector, type Maps } from '../../state/inspect.svelte.ts';

export interface LossTarget {
  index: number;
  name: string;
  isLabel: boolean;
}

export function lossTarget({ classes: known, predictions, imageId }: Maps): LossTarget {
  const { facts } = inspector;
  const label = facts?.id === imageId ? classes.byId(facts.classId ?? 0)?.name : undefined;
  const isLabel = label !== undefined && known.includes(label);
  const taken = 'predictions' in predictions ? predictions.predictions[0]?.class : undefined;
  const name = (isLabel ? label : taken) ?? known[0] ?? '';
  return { index: Math.max(0, known.indexOf(name)), name, isLabel };
}
