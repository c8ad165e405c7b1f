import { cell, dirty, edge, edit, expect, expectAccessible, node, openNotebook, select, test } from './lab';
import { quick, writeNotebook } from './notebooks';

test('the graph follows what is typed, findings come with their fix, the form says what is wrong', async ({
  page
}) => {
  await openNotebook(page, writeNotebook('see/live.ipynb', quick(11)));
  await expect(edge(page, 'load', 'score')).toContainText('rows');
  expect(await dirty(page)).toBe(false);
  await expectAccessible(page, '.jp-mlops-Panel');

  await test.step('a node leads to the first cell of its step', async () => {
    await node(page, 'score').click();
    await expect(cell(page, 3)).toHaveClass(/jp-mod-active/);
    await expect(page.getByRole('region', { name: 'Step score' })).toContainText('rows load');
  });

  await test.step('an edge appears while its name is typed', async () => {
    await edit(page, 2);
    await page.keyboard.type('\nlimit = 10');
    await edit(page, 3);
    await page.keyboard.type('\nprint(limit)');
    await expect(edge(page, 'load', 'score')).toContainText('limit');
  });

  await test.step('a finding, in the cell and in the panel; its fix can be undone', async () => {
    await edit(page, 3);
    await page.keyboard.type('\nprint(rowz)');
    const inline = cell(page, 3).locator('.jp-mlops-Finding');
    await expect(inline).toContainText('rowz');
    const listed = page.locator('.jp-mlops-Findings .jp-mlops-Finding');
    await expect(listed).toContainText('cell 3');
    await expect(page.getByRole('button', { name: 'Run pipeline' })).toBeDisabled();
    await expectAccessible(page, '.jp-mlops-CellFindings');
    await inline.getByRole('button', { name: /^Fix/ }).click();
    await expect(inline).toHaveCount(0);
    await expect(cell(page, 3).locator('.cm-content')).toContainText('print(rows)');
    await edit(page, 3);
    await page.keyboard.press('Control+z');
    await expect(inline).toContainText('rowz');
    await listed.getByRole('button', { name: /^Fix/ }).click();
    await expect(listed).toHaveCount(0);
  });

  await test.step('an invalid parameter is marked before a run is possible', async () => {
    await page.getByRole('tab', { name: 'Parameters' }).click();
    await expect(page.getByLabel('mode')).toHaveValue('up');
    await expect(page.getByText('how many', { exact: true })).toBeVisible();
    await page.locator('#jp-mlops-parameter-n').fill('many');
    await expect(page.getByText('an integer is needed')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Run pipeline' })).toBeDisabled();
    await expectAccessible(page, '.jp-mlops-Panel');
    await page.getByRole('button', { name: 'Defaults' }).click();
    await expect(page.getByRole('button', { name: 'Run pipeline' })).toBeEnabled();
  });

  await test.step('resources are written to the first cell of the step, and can be undone', async () => {
    const settings = () =>
      page.evaluate(() =>
        (window as any).jupyterapp.shell.currentWidget.model.cells.get(2).getMetadata('jupyter_mlops')
      );
    await page.getByRole('button', { name: 'Resources of the steps' }).click();
    await page.getByLabel('Step', { exact: true }).selectOption('score');
    await page.getByLabel('Retries').fill('2');
    await page.getByLabel('Timeout').fill('5m');
    await page.getByRole('button', { name: 'Set' }).click();
    await expect.poll(settings).toEqual({ retries: 2, timeout: '5m' });
    await select(page, 3);
    await page.keyboard.press('z');
    await expect.poll(settings).toBeUndefined();
  });
});
