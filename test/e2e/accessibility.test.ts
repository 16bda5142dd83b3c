import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, setTheme, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

/** What axe finds wrong on the page as it is (or in the parts that a selector means), most places first named; best practices that are no rule are left out. */
async function findings({ page }: RunningApp, within = 'body'): Promise<string[]> {
  // Legacy mode: Electron's window cannot open the second page that axe would use to join frames.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const grid = ({ page }: RunningApp) => page.getByRole('listbox', { name: 'Images' });
const tiles = (running: RunningApp) => grid(running).getByRole('option');

describe('everyone can use it', () => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp({ project: 'demo:clothes' });
    await tiles(running).first().waitFor();
  });
  afterAll(() => running.close());

  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    beforeAll(() => setTheme(running, theme));

    test.each(['Images', 'Network', 'Train', 'Inspect', 'Evaluate', 'Classify'])('%s', async (view) => {
      const { page } = running;
      await page.getByRole('navigation').getByRole('button', { name: view }).click();
      await page.getByRole('heading', { level: 1, name: view }).waitFor({ state: 'attached' });
      expect(await findings(running)).toEqual([]);
    });

    test('the dialog that assigns splits', async () => {
      const { page } = running;
      await runCommand(page, 'assign splits');
      await page.getByRole('dialog', { name: 'Assign images to splits' }).waitFor();
      const found = await findings(running);
      await page.keyboard.press('Escape');
      expect(found).toEqual([]);
    });

    test('the user guide, whose links lead from page to page', async () => {
      const { page } = running;
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Inspect' }).click();
      await page.keyboard.press('F1');
      const guide = page.getByRole('dialog', { name: 'User guide' });
      await guide.getByRole('heading', { name: 'Inspecting' }).waitFor();
      await guide.getByRole('table').getByRole('button', { name: 'Distribution' }).click();
      await guide.getByRole('heading', { name: 'The layer, and all layers' }).waitFor();
      await guide.getByRole('button', { name: 'recorded' }).click();
      await guide.getByRole('heading', { name: 'What a run records of its network' }).waitFor();
      const chosen = await guide.getByRole('navigation').locator('[aria-current="page"]').innerText();
      const found = await findings(running, '[role="dialog"]');
      await page.keyboard.press('Escape');
      await guide.waitFor({ state: 'detached' });
      expect([chosen, ...found]).toEqual(['Training']);
    });

    test('filters that are set, and the panel that sets them', async () => {
      const { page } = running;
      await page.getByRole('navigation').getByRole('button', { name: 'Images' }).click();
      await grid(running).focus();
      await page.keyboard.press('Control+f');
      await page.getByLabel('Longer side, from').fill('9');
      await page.getByLabel('Longer side, to').fill('5');
      await page.getByText('nothing can match').waitFor();
      const open = await findings(running, '.filter-panel');
      await page.keyboard.press('Escape');
      const chips = page.getByRole('group', { name: 'Active filters' });
      await chips.waitFor();
      const closed = await findings(running);
      await chips.getByRole('button', { name: 'Clear filters' }).click();
      expect([...open, ...closed]).toEqual([]);
    });

    test("a class's menu and its dialogs", async () => {
      const { page } = running;
      const found: string[] = [];
      for (const item of ['Rename…', 'Change colour…', 'Change key…', 'Merge into…', 'Delete…']) {
        await page.getByRole('button', { name: /^bag \d/ }).click({ button: 'right' });
        const choice = page.getByRole('menuitem', { name: item });
        await choice.waitFor();
        if (item === 'Rename…') found.push(...(await findings(running, '[role="menu"]')));
        await choice.click();
        await page.getByRole('dialog').waitFor();
        found.push(...(await findings(running, '[role="dialog"]')));
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      expect(found).toEqual([]);
    });

    test('the box that finds a class by typing', async () => {
      const { page } = running;
      await grid(running).focus();
      await page.keyboard.press('/');
      await page.keyboard.type('s');
      await page.getByRole('option', { name: /^sandal/ }).waitFor();
      const matches = await findings(running, '.find');
      await page.keyboard.type('ock');
      await page.getByRole('option', { name: 'Create class “sock”' }).waitFor();
      const creates = await findings(running, '.find');
      await page.keyboard.press('Escape');
      expect([...matches, ...creates]).toEqual([]);
    });

    test('the menu that pins to a side', async () => {
      const { page } = running;
      await tiles(running).first().click();
      await page.keyboard.press('p');
      await page.getByRole('menuitem', { name: 'Validation' }).waitFor();
      const found = await findings(running, '[role="menu"]');
      await page.keyboard.press('Escape');
      expect(found).toEqual([]);
    });
  });

  test('images are labelled without a mouse', async () => {
    const { page } = running;
    await page.keyboard.press('Control+1');
    await grid(running).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('3');
    await page.getByText('Saved', { exact: true }).waitFor();
    // The label is on the second image, and the selection has moved on to the third.
    expect(await tiles(running).nth(1).getAttribute('aria-label')).toContain('coat');
    expect(await tiles(running).nth(2).getAttribute('aria-selected')).toBe('true');
  });
});
