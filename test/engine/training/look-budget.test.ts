import { expect, test } from 'vitest';
import { LookBudget, lookShares } from '../../../src-main/engine/training/look-budget.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

/** A clock that stands still until it is told. */
class Clock {
  ms = 1000;
  readonly now = (): number => this.ms;
  pass(ms: number): () => void {
    return () => {
      this.ms += ms;
    };
  }
}

/** Of 60 steps of 10 ms those that are looked at by whoever has 4 %; the looks before training took `prepared`. */
function stepsLookedAt(prepared: [number, number], lookMs: number): number[] {
  const clock = new Clock();
  const budget = new LookBudget(clock.now);
  const account = budget.account(0.04);
  const lengths = [...prepared];
  account.prepare(() => clock.pass(lengths.shift()!)());
  budget.skip();
  return Array.from({ length: 60 }, (_, at) => at + 1).filter(() => {
    clock.pass(10)();
    budget.stepDone();
    return account.tryTo(clock.pass(lookMs));
  });
}

test('nothing is looked at before 25 times what a look takes was trained', () => {
  // The first look sets TensorFlow up; the second tells what looks take.
  expect(stepsLookedAt([300, 10], 10)).toEqual([25, 50]);
  expect(stepsLookedAt([300, 4], 4)).toEqual([10, 20, 30, 40, 50, 60]);
});

test('a first look that is long tells what the others take, and is not done twice', () => {
  const clock = new Clock();
  const account = new LookBudget(clock.now).account(0.04);
  let looks = 0;
  account.prepare(() => {
    looks++;
    clock.pass(500)();
  });
  expect(looks).toBe(1);
});

test('a look that was held up by something else keeps no others away for longer than if it had been a step', () => {
  // What was put by until then is used up first.
  expect(stepsLookedAt([300, 400], 2)).toEqual([25, 26, 27, 28, 29, 30, 35, 40, 45, 50, 55, 60]);
});

test('what is neither training nor looking earns nothing', () => {
  const clock = new Clock();
  const budget = new LookBudget(clock.now);
  const account = budget.account(0.04);
  account.prepare(clock.pass(1));
  clock.pass(10_000)(); // Reading images before the first step.
  budget.skip();
  clock.pass(24)();
  budget.stepDone();
  expect(account.tryTo(clock.pass(1))).toBe(false);
  clock.pass(10_000)(); // Validation.
  budget.skip();
  clock.pass(1)();
  budget.stepDone();
  expect(account.tryTo(clock.pass(1))).toBe(true);
});

test('what has to be done in any case is made up for', () => {
  const clock = new Clock();
  const budget = new LookBudget(clock.now);
  const account = budget.account(0.04);
  account.spend(clock.pass(4));
  clock.pass(99)();
  budget.stepDone();
  expect(account.tryTo(clock.pass(0))).toBe(false);
  clock.pass(1)();
  budget.stepDone();
  expect(account.tryTo(clock.pass(0))).toBe(true);
});

test('however long steps and looks are, all accounts together take 4.5 % but for one look each', () => {
  const random = createRandom(7);
  for (let run = 0; run < 200; run++) {
    const clock = new Clock();
    const budget = new LookBudget(clock.now);
    const lookers = Object.values(lookShares).map((share) => budget.account(share));
    const longest = 1 + random.int(100);
    for (const account of lookers) account.prepare(clock.pass(1 + random.int(longest)));
    budget.skip();
    let [trained, spent, worst] = [0, 0, 0];
    for (let step = 0; step < 400; step++) {
      const took = random.int(30);
      trained += took;
      clock.pass(took)();
      budget.stepDone();
      for (const account of lookers) {
        const length = 1 + random.int(longest);
        if (account.tryTo(clock.pass(length))) spent += length;
      }
      worst = Math.max(worst, spent - 0.045 * trained);
    }
    expect(worst).toBeLessThanOrEqual(lookers.length * longest);
    // Looking is not left undone either: 4.5 % of the time are used, less what a longest look leaves over.
    expect(spent).toBeGreaterThanOrEqual(0.045 * trained - lookers.length * longest);
  }
});
