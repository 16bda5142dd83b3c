import { recipeSchema, type Recipe } from '../../src-main/shared/run.ts';

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

/** What the next run is trained with; kept while other views are open. */
export class RecipeState {
  #fields = $state.raw<RecipeFields>({
    ...standard,
    weightDecay: '',
    validationPercent: validationShare * 100,
  });
  #name = $state('');
  readonly #read = $derived(readRecipe(this.#fields));

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
    this.#fields = { ...this.#fields, [field]: value };
  }
}

export const recipe = new RecipeState();
