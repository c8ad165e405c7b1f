import {
  cell,
  expect,
  expectAccessible,
  label,
  node,
  openNotebook,
  picker,
  select,
  showPanel,
  test
} from './lab';
import { quick, steady, writeNotebook } from './notebooks';
import { killServer, startServer } from './server';

test('dark and high-contrast themes, a restored layout, everything on the store', async ({ page }) => {
  await openNotebook(page, writeNotebook('places/themes.ipynb', quick(12)));
  await expect(node(page, 'score')).toBeVisible();
  for (const theme of ['JupyterLab Dark', 'JupyterLab Dark High Contrast']) {
    await test.step(theme, async () => {
      await page.evaluate(
        name => (window as any).jupyterapp.commands.execute('apputils:change-theme', { theme: name }),
        theme
      );
      await expect(page.locator('body')).toHaveAttribute('data-jp-theme-name', theme);
      await expectAccessible(page, '.jp-mlops-Panel');
      await expectAccessible(page, '.jp-mlops-Label');
      await select(page, 2);
      await page.keyboard.press('Control+Shift+S');
      await expect(picker(page)).toBeFocused();
      await expectAccessible(page, '.jp-mlops-Picker');
      await page.keyboard.press('Escape');
    });
  }

  await test.step('from the launcher', async () => {
    await page.evaluate(() => (window as any).jupyterapp.commands.execute('launcher:create'));
    await page.locator('.jp-LauncherCard', { hasText: 'Pipelines and runs' }).click();
    const overview = page.locator('.jp-mlops-Overview');
    await expect(overview).toContainText('Runs');
    await expectAccessible(page, '.jp-mlops-Overview');
  });

  await test.step('the tab and the panel come back', async () => {
    await expect(page.getByRole('tab', { name: 'Pipelines and runs' })).toBeVisible();
    await page.waitForTimeout(1500); // the layout is saved a second after its last change
    await page.reload();
    await expect(page.getByRole('tab', { name: 'Pipelines and runs' })).toBeVisible();
    await expect(page.locator('.jp-mlops-Panel')).toBeVisible();
  });
});

test('from the file browser to a run, and by a link to one of its steps', async ({ page }) => {
  writeNotebook('files/from-browser.ipynb', quick(13));
  await page.goto('tree/files');
  const item = page.locator('.jp-DirListing-item', { hasText: 'from-browser.ipynb' });
  await item.click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Compile to Folder…' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Run as Pipeline' }).click();
  const view = page.locator('.jp-mlops-RunView');
  await expect(view.locator('.jp-mlops-State').first()).toContainText('succeeded', { timeout: 120_000 });
  const name = await view.getAttribute('data-run');
  await page.goto(`?mlops-run=${name}&mlops-step=load`);
  await expect(view.locator('.jp-mlops-StepDetail')).toHaveAttribute('data-step', 'load');
  await expect(view.locator('.jp-mlops-Stage')).toContainText('rows = list(range(n))');
});

test('Notebook 7: tag, see, run, read', async ({ page, baseURL }) => {
  const path = writeNotebook('places/classic.ipynb', quick(14));
  const classic = await page.context().newPage();
  await classic.goto(`${baseURL}/notebooks/${path}`);
  await expect(label(classic, 2)).toHaveText('load');
  await classic.evaluate(() => (window as any).jupyterapp.commands.execute('jupyter-mlops:show'));
  await expect(node(classic, 'score')).toBeVisible();
  await select(classic, 3);
  await classic.keyboard.press('Control+Shift+S');
  await expect(picker(classic)).toBeFocused();
  await classic.keyboard.type('sum-up');
  await classic.keyboard.press('Enter');
  await expect(node(classic, 'sum-up')).toBeVisible();
  await classic.getByLabel('Engine').selectOption('local');
  await classic.getByRole('button', { name: 'Run pipeline' }).click();
  await expect(node(classic, 'sum-up')).toHaveAttribute('data-state', 'succeeded', { timeout: 120_000 });
  await classic.getByRole('button', { name: 'Open run' }).click();
  await expect(classic.locator('.jp-mlops-RunView .jp-mlops-Stage')).toContainText('score = total / 2');
  await classic.close();
});

test('a run goes on while its server is killed and started again', async ({ page, context }) => {
  const path = writeNotebook('places/steady.ipynb', steady);
  const port = Number(new URL(test.info().project.use.baseURL!).port) + 1;
  let server = await startServer(port);
  const other = await context.newPage();
  try {
    await other.goto(`http://localhost:${port}/lab/tree/${path}`);
    await expect(cell(other, 1)).toBeVisible();
    await showPanel(other);
    await other.getByLabel('Engine').selectOption('local');
    await other.getByRole('button', { name: 'Run pipeline' }).click();
    await expect(other.getByRole('log')).toContainText('tick 1');
    await killServer(server);
    await expect(other.getByText('the run goes on. Connecting again')).toBeVisible();
    server = await startServer(port);
    await expect(node(other, 'end')).toHaveAttribute('data-state', 'succeeded', { timeout: 60_000 });
    await expect(other.getByRole('log')).toContainText('tick 23');
    await expect(other.getByRole('log')).toContainText('done 1');
  } finally {
    await other.close();
    await killServer(server);
  }
  expect(page.isClosed()).toBe(false);
});

test('a server part that is missing, or of another version, is named', async ({ page }) => {
  const path = writeNotebook('places/server.ipynb', quick(15));
  let mode: 'missing' | 'other version' | 'there' = 'missing';
  await page.route('**/mlops/status*', async route => {
    const answer = await route.fetch();
    const status = await answer.json();
    await (mode === 'missing'
      ? route.fulfill({ status: 404, json: { message: 'Not Found' } })
      : route.fulfill({ json: mode === 'there' ? status : { ...status, version: '0.0.1' } }));
  });
  await openNotebook(page, path);
  await expect(page.getByRole('alert')).toContainText('The server extension is not running.');
  mode = 'other version';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toContainText('0.0.1 there');
  mode = 'there';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(node(page, 'load')).toBeVisible();
});

test('a notebook of 300 cells is drawn, jumped through, and drawn anew soon after a keystroke', async ({
  page
}) => {
  const cells = Array.from({ length: 300 }, (_, index) => ({
    tags: index % 10 ? [] : [`step:part-${index / 10}`],
    source: `x${index} = ${index ? `x${index - 1}` : '0'} + 1`
  }));
  await openNotebook(page, writeNotebook('places/large.ipynb', cells));
  await expect(page.locator('.jp-mlops-Panel .jp-mlops-Node')).toHaveCount(30);
  await node(page, 'part-29').click();
  await expect(cell(page, 291)).toBeInViewport();
  await expect(label(page, 291)).toHaveText('part-29');
  await cell(page, 291).locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nx7');
  await expect(
    page.locator('.jp-mlops-Panel .jp-mlops-Edge[data-edge="part-0→part-29"]')
  ).toHaveText(/x7/);
});
