/** From the channels' sums to the value that the next layers see, line by line, beside the engine's own numbers. */
import { applied, momentsAt, type Afterwards, type SumOfMap } from '../../../../src-main/shared/inspect/sum.ts';
import { text } from '../../../messages/index.ts';
import { formatCount, formatValue } from '../../../ui/numbers.ts';

const words = text.sum;

export interface SumLine {
  title: string;
  /** With its numbers; '' where there is nothing to be worked out. */
  formula: string;
  /** null where there is none. */
  value: number | null;
  /** What the engine has; null where it is not asked. */
  engine: number | null;
}

/** What is added up. */
export type Term = keyof typeof words.terms;

/** `cell`: its index in the map. `products`: of all terms together, without bias. */
export function sumLines(sum: SumOfMap, cell: number, products: number, term: Term): SumLine[] {
  let value = products + (sum.bias ?? 0);
  const first: SumLine[] = [
    {
      title: words.terms[term].together(formatCount(sum.input.shape[2])),
      ...{ formula: '', value: products, engine: null },
    },
    { title: words.bias, formula: '', value: sum.bias, engine: null },
    { title: words.total, formula: '', value, engine: sum.output[cell]! },
  ];
  const after = sum.after.map((step): SumLine => {
    const formula = formulaOf(step, cell, value);
    value = applied(value, step, cell);
    return { title: titleOf(step), formula, value, engine: step.output[cell]! };
  });
  return [...first, ...after];
}

function formulaOf(after: Afterwards, cell: number, x: number): string {
  const shown = formatValue(x);
  if (after.kind === 'activation') return words.activationFormula(after.function, shown);
  const { mean, variance } = momentsAt(after, cell);
  const [gamma, v, epsilon] = [after.gamma, variance, after.epsilon].map(formatValue) as [string, string, string];
  return words.normalisationFormula(gamma, shown, afterSign(mean), v, epsilon, afterSign(after.beta));
}

/** In brackets below 0. */
const afterSign = (value: number): string =>
  value < 0 ? text.batchNorm.bracket(formatValue(value)) : formatValue(value);

const titleOf = (after: Afterwards): string =>
  after.kind === 'normalisation' ? words.normalisations[after.by](after.layer) : words.activation(after.layer);
