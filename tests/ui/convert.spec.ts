import { writeFileSync } from 'fs';
import { join } from 'path';

import { expect, expectAccessible, openNotebook, test } from './lab';
import { quick, writeNotebook } from './notebooks';
import { root } from './server';

const old = {
  cells: [
    {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['6\n'] }],
      source: ['n_rows = 3  # how many\n', 'print(sum(range(n_rows + 1)))']
    }
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 0
};

test('an old notebook is tried, looked at, and written as a job', async ({ page }) => {
  test.setTimeout(300_000);
  await openNotebook(page, writeNotebook('convert/here.ipynb', quick(2)));
  writeFileSync(join(root, 'convert/old.ipynb'), JSON.stringify(old));
  await page.evaluate(() =>
    (window as any).jupyterapp.commands.execute('jupyter-mlops:convert', { path: 'convert/old.ipynb' })
  );
  const view = page.locator('.jp-mlops-Convert');
  await view.getByRole('button', { name: 'Try the conversion' }).click();
  await expect(view).toHaveAttribute('data-state', 'converted', { timeout: 200_000 });
  await expect(view.getByRole('row', { name: /^Stored texts equal/ })).toContainText('1 of 1');
  const piece = view.locator('[data-piece="lift-size:1"]');
  await piece.locator('summary').click();
  await expect(piece.getByLabel('After')).toContainText('# n_rows is a parameter');
  await expectAccessible(page, '.jp-mlops-Convert');
  const write = view.getByRole('button', { name: 'Write the job' });
  await piece.getByRole('checkbox').uncheck();
  await expect(write).toBeDisabled();
  await piece.getByRole('checkbox').check();
  await write.click();
  await expect(page.locator('.jp-NotebookPanel:visible .jp-Cell').first()).toContainText('n_rows: int = 3');
});
