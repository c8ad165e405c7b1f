import { defineConfig } from '@playwright/test';

import { command, environment, folder, port } from './server';

export default defineConfig({
  testDir: '.',
  // Asked for by name: the pictures of the docs, and what bench/README.md tells of.
  testIgnore: process.env.UI_EXTRA ? [] : ['pictures.spec.ts', 'measured.spec.ts'],
  outputDir: '../../test-results',
  // Runs share two processors with the browser, so one test at a time.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 150_000,
  expect: { timeout: 30_000 },
  reporter: [['line'], ['json', { outputFile: `${folder}/playwright.json` }]],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1400, height: 860 },
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: process.env.UI_BROWSER,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
    }
  },
  webServer: {
    command: `${command(port).join(' ')} >${folder}/server.log 2>&1`,
    env: environment(),
    url: `http://localhost:${port}/lab`,
    reuseExistingServer: false,
    timeout: 60_000
  }
});
