import { recipeSchema, type Recipe } from '../../src-main/shared/run.ts';
import { classes } from './classes.svelte.ts';

/** As the form holds it: a number may be missing, to be filled in. */
type FormValue<V> = V extends number ? number | '' : V;

/** The recipe as it is being filled in; the validation share is in percent, as on the screen. */
export type RecipeFields = { [field in Exclude<keyof Recipe, 'validationShare'>]: FormValue<Recipe[field]> } & {
  validationPercent: number | '';
};
export type RecipeField = keyof RecipeFields;

const { validationShare, ...standard } = recipeSchema.parse({});

/** The recipe, or the fields that need a change. */
export function readRecipe(fields: RecipeFields): { recipe: Recipe } | { wrong: RecipeField[] } {
  const { validationPercent, weightDecay, ...rest } = fields;
  const result = recipeSchema.safeParse({
    ...rest,
    weightDecay: weightDecay === '' ? undefined : weightDecay, // the optimizer's own
    validationShare: validationPercent === '' ? '' : validationPercent / 100,
  });
  if (result.success) return { recipe: result.data };
  const keys = result.error.issues.map((issue) => String(issue.path[0]));
  return { wrong: keys.map((key) => (key === 'validationShare' ? 'validationPercent' : key) as RecipeField) };
}

/** Without the weights of classes that there are no more, or that are another project's. */
function weightsOf(weights: Recipe['classWeights'], names: readonly string[]): Recipe['classWeights'] {
  if (typeof weights === 'string') return weights;
  return Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name)));
}

/** What the next run is trained with; kept while other views are open. */
export class RecipeState {
  readonly #classNames: () => readonly string[];
  #given = $state.raw<RecipeFields>({
    ...standard,
    weightDecay: '',
    validationPercent: validationShare * 100,
  });
  #name = $state('');
  readonly #fields: RecipeFields = $derived.by(() => {
    return { ...this.#given, classWeights: weightsOf(this.#given.classWeights, this.#classNames()) };
  });
  readonly #read = $derived(readRecipe(this.#fields));

  /** `classNames`: of those that can be learnt. */
  constructor(classNames: () => readonly string[]) {
    this.#classNames = classNames;
  }

  get fields(): RecipeFields {
    return this.#fields;
  }
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
  }
  /** null while a field needs a change. */
  get recipe(): Recipe | null {
    return 'recipe' in this.#read ? this.#read.recipe : null;
  }

  isWrong(field: RecipeField): boolean {
    return 'wrong' in this.#read && this.#read.wrong.includes(field);
  }

  set<F extends RecipeField>(field: F, value: RecipeFields[F]): void {
    this.#given = { ...this.#given, [field]: value };
  }
}

export const recipe = new RecipeState(() => classes.list.flatMap(({ name, count }) => (count > 0 ? [name] : [])));
