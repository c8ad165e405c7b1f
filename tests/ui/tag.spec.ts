import { cell, dirty, edge, expect, label, node, openNotebook, picker, select, tags, test } from './lab';
import { untagged, writeNotebook } from './notebooks';

test('steps are tagged with mouse and keyboard, and every tag can be undone', async ({ page }) => {
  await openNotebook(page, writeNotebook('tag/by-hand.ipynb', untagged));
  await expect(page.getByText('No steps yet.')).toBeVisible();
  expect(await dirty(page)).toBe(false);

  await test.step('by mouse, from the toolbar of the cell', async () => {
    await select(page, 4);
    await cell(page, 4).getByRole('button', { name: 'step ▾' }).click();
    await picker(page).fill('load data');
    await page.getByRole('option', { name: 'New step “load-data”' }).click();
    await expect(label(page, 4)).toHaveText('load-data');
    await expect(cell(page, 5)).toHaveAttribute('data-mlops-step', 'load-data');
    await expect(label(page, 5)).toHaveCount(0);
    expect((await tags(page))[3]).toEqual(['hide-input', 'step:load-data']);
  });

  await test.step('by keyboard, with the arrows', async () => {
    await select(page, 7);
    await page.keyboard.press('Control+Shift+S');
    await expect(picker(page)).toBeFocused();
    await page.keyboard.type('total');
    await page.keyboard.press('Enter');
    await expect(picker(page)).toHaveCount(0);
    await page.keyboard.press('Control+Shift+S');
    await page.keyboard.type('metr');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(label(page, 7)).toHaveText('total · metrics');
    await expect(edge(page, 'load-data', 'total')).toHaveText(/rows/);
  });

  await test.step('undone and done again from the keyboard', async () => {
    await page.keyboard.press('z');
    await expect(label(page, 7)).toHaveText('total');
    await page.keyboard.press('z');
    await expect(label(page, 7)).toHaveCount(0);
    await page.keyboard.press('Shift+Z');
    await expect(label(page, 7)).toHaveText('total');
  });

  await test.step('a selection at once; one undo takes it back', async () => {
    await select(page, 4);
    await select(page, 5, true);
    await page.keyboard.press('Control+Shift+S');
    await page.keyboard.type('skip');
    await page.keyboard.press('Enter');
    await expect(cell(page, 5)).toHaveAttribute('data-mlops-role', 'skip');
    expect(await tags(page)).toEqual([[], [], [], ['hide-input', 'skip'], ['skip'], [], ['step:total']]);
    await page.keyboard.press('z');
    expect((await tags(page)).slice(3, 5)).toEqual([['hide-input', 'step:load-data'], []]);
  });

  await test.step('from the label; escape changes nothing', async () => {
    await label(page, 4).click();
    await page.keyboard.press('Escape');
    await expect(picker(page)).toHaveCount(0);
    await label(page, 4).click();
    await page.getByRole('option', { name: 'No tag' }).click();
    expect((await tags(page))[3]).toEqual(['hide-input']);
  });
});

test('suggested steps are shown first, taken together, and undone together', async ({ page }) => {
  await openNotebook(page, writeNotebook('tag/suggest.ipynb', untagged));
  const before = await tags(page);
  await page.getByRole('button', { name: 'Suggest steps' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('step:load-the-data')).toBeVisible();
  await expect(dialog.getByText('step:sum-up')).toBeVisible();
  expect(await tags(page)).toEqual(before);
  await dialog.getByRole('button', { name: 'Tag these cells' }).click();
  await expect(node(page, 'sum-up')).toBeVisible();
  expect(await tags(page)).toEqual([
    [],
    ['shared'],
    [],
    ['hide-input', 'step:load-the-data'],
    [],
    [],
    ['step:sum-up']
  ]);
  await select(page, 4);
  await page.keyboard.press('z');
  await expect(page.getByText('No steps yet.')).toBeVisible();
  expect(await tags(page)).toEqual(before);
});
