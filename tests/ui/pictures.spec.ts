import { cpSync } from 'fs';
import { join, resolve } from 'path';

import { ended, expect, node, openNotebook, test } from './lab';
import { root } from './server';

const folder = resolve(__dirname, '../../docs/images');

test.use({ viewport: { width: 1280, height: 760 } });

test('the example while it runs, and what it gave', async ({ page }) => {
  test.setTimeout(300_000);
  cpSync(resolve(__dirname, '../../examples/breast_cancer'), join(root, 'pictures'), { recursive: true });
  await openNotebook(page, 'pictures/breast_cancer.ipynb');
  await page.getByRole('button', { name: 'Run pipeline' }).click();
  await node(page, 'forest').click();
  await expect(node(page, 'forest')).toHaveAttribute('data-state', 'running', {
    timeout: 120_000
  });
  await expect(node(page, 'forest')).toHaveAttribute('data-state', 'running');
  await page.screenshot({ path: join(folder, 'panel.png') });
  await ended(page, 'run succeeded');
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await page.locator('#jp-mlops-parameter-n_trees').fill('400');
  await page.getByRole('button', { name: 'Run pipeline' }).click();
  await expect(node(page, 'load')).toHaveAttribute('data-state', 'reused');
  await expect(node(page, 'report')).toHaveAttribute('data-state', 'succeeded', { timeout: 120_000 });
  await page.evaluate(() =>
    (window as any).jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })
  );
  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  await expect(page.locator('.jp-mlops-RunList li')).toHaveCount(2);
  await page.getByRole('button', { name: 'Open run' }).last().click();
  await expect(page.locator('.jp-mlops-Stage')).toBeVisible();
  await page.locator('.jp-mlops-RunView .jp-mlops-Node[data-step="compare"]').click();
  await expect(page.locator('.jp-mlops-StepDetail')).toHaveAttribute('data-step', 'compare');
  await expect(page.locator('.Toastify__toast')).toHaveCount(0, { timeout: 30_000 });
  await page.screenshot({ path: join(folder, 'run.png') });
});

test('a schedule while it is typed', async ({ page }) => {
  cpSync(resolve(__dirname, '../../examples/breast_cancer'), join(root, 'pictures'), { recursive: true });
  await openNotebook(page, 'pictures/breast_cancer.ipynb');
  await page.getByRole('tab', { name: 'Schedules' }).click();
  await page.getByRole('button', { name: 'Add schedule' }).click();
  await page.getByLabel('Cron').fill('15 3 * * 1-5');
  await page.getByLabel('Time zone').fill('Europe/Helsinki');
  await page.getByLabel('Runs the notebook').selectOption('pinned');
  await expect(page.locator('.jp-mlops-Preview li')).toHaveCount(5);
  await expect(page.locator('.jp-mlops-Preview')).toContainText('Helsinki');
  await page.screenshot({ path: join(folder, 'schedule.png') });
});
