import type { Page } from '@playwright/test';

import { cell, edge, expect, openNotebook, test } from './lab';
import { writeNotebook } from './notebooks';

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const report = (what: string, values: number[]): void =>
  console.log(`${what}: median ${Math.round(median(values))} ms, all ${values.map(Math.round).join(' ')}`);

/** Milliseconds from the last of a few keys until the edge that they make is drawn, by the clock of the page. */
async function typed(page: Page, text: string, target: string): Promise<number> {
  await page.evaluate(selector => {
    let last = 0;
    document.addEventListener('keydown', () => (last = performance.now()), { capture: true });
    (window as any).edgeSeen = new Promise<number>(done => {
      new MutationObserver((_, observer) => {
        if (document.querySelector(selector)) {
          observer.disconnect();
          done(performance.now() - last);
        }
      }).observe(document.body, { childList: true, subtree: true, attributes: true });
    });
  }, `.jp-mlops-Panel .jp-mlops-Edge[data-edge="${target}"]`);
  await page.keyboard.type(text);
  return page.evaluate(() => (window as any).edgeSeen);
}

for (const count of [50, 300]) {
  test(`from a keystroke to the edge, ${count} cells`, async ({ page }) => {
    const steps = Math.floor(count / 10);
    const cells = Array.from({ length: count }, (_, index) => ({
      tags: index % 10 ? [] : [`step:part-${index / 10}`],
      source: `x${index} = ${index ? `x${index - 1}` : '0'} + 1`
    }));
    await openNotebook(page, writeNotebook(`measured/${count}.ipynb`, cells));
    await expect(edge(page, 'part-0', 'part-1')).toBeVisible();
    await page.waitForTimeout(20000);
    await cell(page, 1).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    const times: number[] = [];
    for (let index = 2; index < Math.min(steps, 7); index += 1) {
      const target = `part-0→part-${index}`;
      await page.keyboard.press('Control+End');
      await page.keyboard.type(`\nonly${index}`);
      await page.evaluate(
        ([at, name]) => {
          const { model } = (window as any).jupyterapp.shell.currentWidget;
          model.cells.get(at).sharedModel.setSource(`print(only${name})`);
        },
        [index * 10, index] as const
      );
      await expect(edge(page, 'part-0', `part-${index}`)).toHaveCount(0);
      await page.keyboard.type(' = ');
      times.push(await typed(page, '1', target));
    }
    report(`${count} cells`, times);
  });
}

test('the start of JupyterLab, with and without', async ({ browser, baseURL }) => {
  const times: { [what: string]: number[] } = { without: [], with: [] };
  for (let round = 0; round < 5; round += 1) {
    for (const what of ['without', 'with']) {
      const context = await browser.newContext();
      const page = await context.newPage();
      if (what === 'without') {
        await page.route('**/extensions/jupyter-mlops/**', route => route.abort());
      }
      await page.goto(`${baseURL}/lab?reset`);
      await page.locator('.jp-Launcher').waitFor();
      times[what]!.push(await page.evaluate(() => performance.now()));
      await context.close();
    }
  }
  report('start without', times.without!);
  report('start with', times.with!);
});
