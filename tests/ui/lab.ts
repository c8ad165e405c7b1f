/** What a person sees and does in the panel, by the names that it has on the screen. */

import { expect, galata, test as base, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

/** Tests whose page opens nothing by itself, and fail on an uncaught error in it. */
export const test = base.extend<{ errors: string[] }>({
  autoGoto: false,
  // Galata's own waits for the launcher, which a page that opens a notebook does not show.
  waitForApplication: async ({ baseURL }, use) => {
    expect(baseURL).toBeTruthy();
    await use(async page => {
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
      await page.locator('#main').waitFor();
    });
  },
  mockSettings: { ...galata.DEFAULT_SETTINGS, 'jupyter-mlops:plugin': { engine: 'local' } },
  errors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', error => errors.push(error.message));
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true }
  ]
});
export { expect };

/** Open a notebook in JupyterLab, with the panel beside it. */
export async function openNotebook(page: IJupyterLabPageFixture, path: string): Promise<void> {
  await page.goto(`tree/${path}`);
  await expect(page.locator('.jp-Notebook .jp-Cell').first()).toBeVisible();
  await showPanel(page);
}

/** Bring the panel into view. */
export async function showPanel(page: Page): Promise<void> {
  await page.locator('.jp-SideBar [data-id="jupyter-mlops-panel"]').click();
  await expect(page.locator('.jp-mlops-Header')).toBeVisible();
}

/** The cell at a position, counted from one as the panel does. */
export function cell(page: Page, position: number): Locator {
  return page.locator('.jp-Notebook .jp-Cell').nth(position - 1);
}

/** The label above a cell. */
export function label(page: Page, position: number): Locator {
  return cell(page, position).locator('.jp-mlops-Label-name');
}

/** Where the name of a step is typed. */
export function picker(page: Page): Locator {
  return page.getByRole('combobox', { name: /Step or role/ });
}

/** A node of the graph in the panel. */
export function node(page: Page, step: string): Locator {
  return page.locator(`.jp-mlops-Panel .jp-mlops-Node[data-step="${step}"]`);
}

/** An edge of the graph in the panel. */
export function edge(page: Page, source: string, target: string): Locator {
  return page.locator(`.jp-mlops-Panel .jp-mlops-Edge[data-edge="${source}→${target}"]`);
}

/** Tags of all cells, from the model. */
export function tags(page: Page): Promise<string[][]> {
  return page.evaluate(() => {
    const shell = (window as any).jupyterapp.shell;
    return [...shell.currentWidget.model.cells].map((one: any) => one.getMetadata('tags') ?? []);
  });
}

/** Whether the notebook has unsaved changes, other than the kernel's language, which JupyterLab notes once the kernel tells it. */
export function dirty(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const model = (window as any).jupyterapp.shell.currentWidget.context.model;
    return model.dirty && model.getMetadata('language_info')?.version === undefined;
  });
}

/** Click where a cell can be selected without editing it. */
export async function select(page: Page, position: number, extend = false): Promise<void> {
  await cell(page, position)
    .locator('.jp-InputPrompt')
    .click({ modifiers: extend ? ['Shift'] : [] });
}

/** Put the cursor at the end of a cell's text. */
export async function edit(page: Page, position: number): Promise<void> {
  await cell(page, position).locator('.cm-content').click();
  await page.keyboard.press('Control+End');
}

/** Press the panel's button and wait for the end of the run. */
export async function run(page: Page, state: string): Promise<void> {
  await page.getByRole('button', { name: 'Run pipeline' }).click();
  await ended(page, state);
}

/** The toast at the end of a run. */
export async function ended(page: Page, state: string): Promise<void> {
  await expect(page.locator('.Toastify__toast', { hasText: state })).toBeVisible({ timeout: 120_000 });
}

/** Nothing of ours that axe finds serious. */
export async function expectAccessible(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(one => one.html).join('\n')}`);
  expect(serious).toEqual([]);
}
