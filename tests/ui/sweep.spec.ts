import { expect, expectAccessible, openNotebook, test } from './lab';
import { quick, writeNotebook } from './notebooks';

test('parameters are swept, and compared in one table', async ({ page }) => {
  await openNotebook(page, writeNotebook('sweep/quick.ipynb', quick(6)));
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await page.getByRole('button', { name: 'Sweep…' }).click();
  const view = page.locator('.jp-mlops-Sweeps');
  await expect(view.getByRole('button', { name: 'Run the sweep' })).toBeDisabled();
  await view.locator('#jp-mlops-sweep-n').fill('2, 3');
  await view.getByRole('button', { name: 'Run 2 combinations' }).click();
  const table = view.getByRole('table').first();
  await expect(table.getByText('✓')).toHaveCount(2, { timeout: 60_000 });
  await expect(table.locator('tbody tr')).toHaveCount(2);
  await expect(view).toHaveAttribute('data-state', 'succeeded');
  await expectAccessible(page, '.jp-mlops-Sweeps');
  await table.locator('tbody .jp-mlops-Link').first().click();
  await expect(page.locator('.jp-mlops-RunView')).toContainText('sweep');
});
