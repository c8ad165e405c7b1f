import {
  cell,
  edge,
  ended,
  expect,
  expectAccessible,
  node,
  openNotebook,
  run,
  select,
  test
} from './lab';
import { failing, quick, slow, writeNotebook } from './notebooks';

test('a run is followed to its end, read, run again and compared', async ({ page }) => {
  await openNotebook(page, writeNotebook('run/quick.ipynb', quick(4)));
  await expect(page.getByLabel('Engine')).toHaveValue('local'); // as the settings say

  await test.step('live states, output, metrics; the toast leads to the run', async () => {
    await run(page, 'run succeeded');
    await expect(node(page, 'load')).toHaveAttribute('data-state', 'succeeded');
    await expect(page.getByRole('log')).toContainText('rows: 4');
    await expect(cell(page, 3).locator('.jp-mlops-Label-state')).toContainText('✓');
    await expect(edge(page, 'load', 'score')).toHaveAttribute('data-stroke', 'observed');
    await page.getByRole('button', { name: 'Open run' }).click();
    const tab = page.locator('.jp-mlops-RunView');
    await expect(tab.locator('.jp-mlops-Stage')).toContainText('score = total / 2');
    await expectAccessible(page, '.jp-mlops-RunView-head');
    await tab.getByRole('button', { name: 'Copy as command' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/jupyter mlops run .*quick\.ipynb/);
    await page.getByRole('tab', { name: 'quick.ipynb' }).click();
  });

  await test.step('with another value; what did not change is reused', async () => {
    await page.getByRole('tab', { name: 'Parameters' }).click();
    await page.locator('#jp-mlops-parameter-n').fill('5');
    await page.locator('#jp-mlops-parameter-mode').selectOption('down');
    await run(page, 'run succeeded');
    await expect(page.getByRole('log')).toContainText('rows: 5');
  });

  await test.step('both runs are listed, found and compared', async () => {
    await page.getByRole('tab', { name: 'Runs', exact: true }).click();
    const rows = page.locator('.jp-mlops-RunList li');
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText('changed: ');
    await expect(page.getByRole('img', { name: /score over 2 runs: 3, 5/ })).toBeVisible();
    await page.getByLabel('Find runs').fill('n=5');
    await expect(rows).toHaveCount(1);
    await page.getByLabel('Find runs').fill('');
    await expectAccessible(page, '.jp-mlops-Panel');
    for (const index of [0, 1]) {
      await rows.nth(index).getByRole('checkbox').check();
    }
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    const row = (name: RegExp) => page.locator('.jp-mlops-Compare tr', { hasText: name });
    await expect(row(/^n /)).toHaveAttribute('data-differs', 'true');
    await expect(row(/^score score/).first()).toContainText('+2');
    await expectAccessible(page, '.jp-mlops-Compare');
  });
});

test('a run that fails opens at its failing cell', async ({ page }) => {
  await openNotebook(page, writeNotebook('run/failing.ipynb', failing));
  await run(page, 'step fit failed');
  await expect(node(page, 'fit')).toHaveAttribute('data-state', 'failed');
  await expect(cell(page, 3)).toHaveAttribute('data-mlops-state', 'failed');
  await page.getByRole('button', { name: 'Open run' }).click();
  const failed = page.locator('.jp-mlops-Stage .jp-mlops-mod-failed');
  await expect(failed).toBeInViewport();
  await expect(failed).toContainText('too few rows');
  await failed.locator('.cm-content').click();
  await page.keyboard.type('changed');
  await expect(failed).not.toContainText('changed');
  await page.getByRole('button', { name: 'Log' }).click();
  await expect(page.getByRole('log', { name: 'Log of fit' })).toContainText('fitting');
});

test('a run shows its running cell in every tab on the notebook, and is cancelled', async ({ page, context }) => {
  const path = writeNotebook('run/slow.ipynb', slow);
  await openNotebook(page, path);
  await page.getByRole('button', { name: 'Run pipeline' }).click();
  await expect(node(page, 'wait')).toHaveAttribute('data-state', 'running');
  await expect(cell(page, 2).locator('.jp-mlops-Label-state')).toHaveText('● running');
  await expect(page.getByRole('log')).toContainText('waiting');

  const other = await context.newPage();
  await other.goto(new URL(`/lab/workspaces/other/tree/${path}`, page.url()).href);
  await expect(cell(other, 2)).toHaveAttribute('data-mlops-state', 'running');

  await page.getByRole('button', { name: 'Cancel run' }).click();
  await ended(page, 'run cancelled');
  await expect(node(page, 'wait')).toHaveAttribute('data-state', 'cancelled');
  await ended(other, 'run cancelled');
  await other.close();
  await select(page, 1);
  await expect(page.getByRole('button', { name: 'Run pipeline' })).toBeEnabled();
});

test('steps run in containers', async ({ page }) => {
  test.skip(!process.env.JUPYTER_MLOPS_REQUIRE_DOCKER, 'no Docker engine is asked for');
  await openNotebook(page, writeNotebook('run/docker.ipynb', quick(10)));
  await page.getByLabel('Engine').selectOption('docker');
  await run(page, 'run succeeded');
  await expect(node(page, 'score')).toHaveAttribute('data-state', 'succeeded');
  await page.getByRole('button', { name: 'Open run' }).click();
  await expect(page.locator('.jp-mlops-RunView-head')).toContainText('docker engine');
  await page.getByRole('button', { name: 'Environment' }).click();
  await expect(page.locator('.jp-mlops-StepDetail')).toContainText('sha256:');
});
