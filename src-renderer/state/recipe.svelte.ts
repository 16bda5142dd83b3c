import { recipeSchema, type Recipe } from '../../src-main/shared/run.ts';

/** The recipe as it is being filled in; the validation share is in percent, as on the screen. */
export interface RecipeFields {
  epochs: number | '';
  batchSize: number | '';
  optimizer: Recipe['optimizer'];
  learningRate: number | '';
  validationPercent: number | '';
  seed: number | '';
}
export type RecipeField = keyof RecipeFields;

const standard = recipeSchema.parse({});

/** The recipe, or the fields that need a change. */
export function readRecipe(fields: RecipeFields): { recipe: Recipe } | { wrong: RecipeField[] } {
  const { validationPercent, ...rest } = fields;
  const validationShare = validationPercent === '' ? '' : validationPercent / 100;
  const result = recipeSchema.safeParse({ ...rest, validationShare });
  if (result.success) return { recipe: result.data };
  const keys = result.error.issues.map((issue) => String(issue.path[0]));
  return { wrong: keys.map((key) => (key === 'validationShare' ? 'validationPercent' : key) as RecipeField) };
}

/** What the next run is trained with; kept while other views are open. */
export class RecipeState {
  #fields = $state.raw<RecipeFields>({
    epochs: standard.epochs,
    batchSize: standard.batchSize,
    optimizer: standard.optimizer,
    learningRate: standard.learningRate,
    validationPercent: standard.validationShare * 100,
    seed: standard.seed,
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
