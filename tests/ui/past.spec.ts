import type { Page } from '@playwright/test';

import { ended, expect, expectAccessible, openNotebook, run, test } from './lab';
import { quick, writeNotebook } from './notebooks';

/** Put a label on the run that is shown, by the button and the dialog of its kind. */
async function label(page: Page, kind: 'Tag' | 'Alias' | 'Note', text: string): Promise<void> {
  await page.locator('.jp-mlops-LabelEditor').getByRole('button', { name: `${kind}…` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: kind }).fill(text);
  await dialog.locator('.jp-mod-accept').click();
  await expect(dialog).toHaveCount(0);
}

test('a run is labelled, traced, made again, laid out and opened at a step', async ({ page }) => {
  test.setTimeout(300_000);
  await openNotebook(page, writeNotebook('past/quick.ipynb', quick(6)));
  await run(page, 'run succeeded');
  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  const row = page.locator('.jp-mlops-RunList li').first();
  const name = (await row.getAttribute('data-run'))!;
  await row.locator('.jp-mlops-RunRow').click();
  const view = page.locator(`.jp-mlops-RunView[data-run="${name}"]`);

  await test.step('labels are put on it and taken away', async () => {
    const labels = view.getByRole('group', { name: 'Labels' });
    await label(page, 'Tag', 'good');
    await label(page, 'Alias', 'model@production');
    await label(page, 'Note', 'two lines\nof a note');
    await expect(labels).toHaveText('model@production×#good×');
    await expect(view.locator('.jp-mlops-Note')).toHaveText('two lines\nof a note');
    await expectAccessible(page, '.jp-mlops-RunView-head');
    await labels.getByRole('button', { name: 'Remove #good' }).click();
    await expect(labels).toHaveText('model@production×');
    await expect(row.getByLabel('Labels')).toHaveText('model@production');
  });

  await test.step('what it received is traced by its digest', async () => {
    await view.getByRole('button', { name: 'Inputs and outputs' }).click();
    await view.getByRole('button', { name: /^sha256:/ }).first().click();
    const trace = page.locator('.jp-mlops-Trace');
    await expect(trace).toContainText('Birth certificate');
    await expect(trace.getByRole('row', { name: /^score/ })).toContainText(name);
    await expectAccessible(page, '.jp-mlops-Trace');
    await page.getByRole('tab', { name: `Run ${name}` }).click();
  });

  await test.step('its report is a page', async () => {
    const [report] = await Promise.all([
      page.context().waitForEvent('page'),
      view.getByRole('button', { name: 'Report' }).click()
    ]);
    await expect(report.locator('body')).toContainText(name);
    await report.close();
  });

  await test.step('it is made again, with a verdict', async () => {
    await view.getByRole('button', { name: 'Reproduce' }).click();
    const verdict = page.getByLabel('Verdict');
    await ended(page, 'run succeeded');
    await expect(async () => {
      const again = verdict.getByRole('button', { name: 'Look again' });
      if (await again.isVisible()) {
        await again.click();
      }
      await expect(verdict).toHaveAttribute('data-verdict', 'identical', { timeout: 2000 });
    }).toPass({ timeout: 90_000 });
    await expectAccessible(page, '.jp-mlops-Verdict');
    await page.getByRole('tab', { name: `Run ${name}` }).click();
  });

  await test.step('it is laid out as it was', async () => {
    await view.getByRole('button', { name: 'Restore…' }).click();
    await page.getByRole('textbox', { name: 'Folder' }).fill('past/then');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect(page.locator('.jp-NotebookPanel:visible .jp-Cell')).toHaveCount(4);
    await page.getByRole('tab', { name: `Run ${name}` }).click();
  });

  await test.step('a step is opened with what it received', async () => {
    await view.getByRole('button', { name: 'Open with these inputs' }).click();
    const opened = page.locator('.jp-NotebookPanel:visible');
    await expect(opened.locator('.jp-Cell').first()).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText(`score of ${name} | Idle`)).toBeVisible({ timeout: 90_000 });
    await page.evaluate(() => void (window as any).jupyterapp.commands.execute('notebook:run-all-cells'));
    await expect(opened.locator('.jp-InputPrompt', { hasText: '[1]:' })).toBeVisible({ timeout: 90_000 });
    await expect(opened.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]')).toHaveCount(0);
  });
});
