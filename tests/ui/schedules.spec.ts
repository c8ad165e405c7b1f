import { edit, expect, expectAccessible, openNotebook, test } from './lab';
import { quick, writeNotebook } from './notebooks';

test('a schedule is added, paused, run, brought up to date, changed and removed', async ({ page }) => {
  await openNotebook(page, writeNotebook('schedules/nightly.ipynb', quick(21)));
  await page.getByRole('tab', { name: 'Schedules' }).click();
  const panel = page.locator('.jp-mlops-Panel');
  const row = panel.locator('li[data-schedule="nightly"]');
  const preview = panel.locator('.jp-mlops-Preview');

  await test.step('the form says at once what is typed', async () => {
    await expect(panel).toContainText('No schedules yet.');
    await panel.getByRole('button', { name: 'Add schedule' }).click();
    await expect(panel.getByLabel('Name')).toBeFocused();
    await panel.getByLabel('Cron').fill('15 25 * * *');
    await expect(preview).toContainText('is not a cron expression');
    await panel.getByLabel('Cron').fill('15 3 * * 1-5');
    await panel.getByLabel('Time zone').fill('Europe/Helsinki');
    await expect(preview).toContainText('At 03:15, Monday through Friday (Europe/Helsinki)');
    await expect(preview.getByRole('listitem')).toHaveText(Array(5).fill(/3:15/));
    await panel.getByLabel('Runs the notebook').selectOption('pinned');
    await panel.locator('#jp-mlops-parameter-n').fill('7');
    await panel.getByText('Rules', { exact: true }).click();
    await panel.getByLabel('Retries after a failure').fill('2');
    await expectAccessible(page, '.jp-mlops-Panel');
    await page.keyboard.press('Enter');
  });

  await test.step('it is listed, in light and dark', async () => {
    await expect(row).toContainText('At 03:15, Monday through Friday (Europe/Helsinki)');
    await expect(panel).toContainText('No service runs');
    await expectAccessible(page, '.jp-mlops-Panel');
    await page.evaluate(() =>
      (window as any).jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })
    );
    await expect(page.locator('body')).toHaveAttribute('data-jp-theme-name', 'JupyterLab Dark');
    await expectAccessible(page, '.jp-mlops-Panel');
  });

  await test.step('it is paused, resumed and run', async () => {
    await row.getByRole('button', { name: 'Pause: nightly' }).click();
    await expect(row).toHaveAttribute('data-state', 'paused');
    await row.getByRole('button', { name: 'Resume: nightly' }).click();
    await expect(row).toHaveAttribute('data-state', 'active');
    await row.getByRole('button', { name: 'History: nightly' }).click();
    await expect(row).toContainText('It was not due yet.');
    await row.getByRole('button', { name: 'Run now: nightly' }).click();
    await expect(row.getByRole('list', { name: 'History of nightly' })).toContainText('waiting');
  });

  await test.step('it is brought up to date', async () => {
    await edit(page, 4);
    await page.keyboard.type('\nlate = 1');
    await page.keyboard.press('Control+s');
    await expect(panel).toContainText('1 schedule runs an older version of this notebook.');
    await panel.getByRole('button', { name: 'Update', exact: true }).click();
    await expect(row).toContainText('runs the pinned notebook');
  });

  await test.step('it is changed', async () => {
    await row.getByRole('button', { name: 'Edit: nightly' }).click();
    await expect(panel.locator('#jp-mlops-parameter-n')).toHaveValue('7');
    await panel.getByLabel('When').selectOption('every');
    await panel.getByLabel('Every').fill('90m');
    await expect(preview).toContainText('every 1h30m');
    await panel.getByRole('button', { name: 'Save' }).click();
    await expect(row).toContainText('every 1h30m');
  });

  await test.step('it waits for files instead of a time', async () => {
    await row.getByRole('button', { name: 'Edit: nightly' }).click();
    await panel.getByLabel('When').selectOption('file');
    await panel.getByLabel('Files').fill('schedules/*.csv');
    await expectAccessible(page, '.jp-mlops-Panel');
    await panel.getByRole('button', { name: 'Save' }).click();
    await expect(row).toContainText('*.csv');
    await row.getByRole('button', { name: 'Edit: nightly' }).click();
    await expect(panel.getByLabel('Files')).toHaveValue('schedules/*.csv');
    await panel.getByRole('button', { name: 'Cancel' }).click();
  });

  await test.step('it is removed', async () => {
    await row.getByRole('button', { name: 'Remove: nightly' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(panel).toContainText('No schedules yet.');
  });
});
