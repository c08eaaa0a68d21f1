import { defineConfig, devices } from '@playwright/test';
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

const desktop = { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } };
const phone = {
  ...devices['Desktop Chrome'],
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/end2end',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try is a test that fails.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    ...desktop,
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  // A spec says in its name where else than on the desktop it runs:
  // `NAME.phone.spec.ts`, `NAME.noscript.spec.ts`, `NAME.everywhere.spec.ts`.
  projects: [
    { name: 'desktop', testIgnore: /\.(phone|noscript)\.spec\.ts$/ },
    { name: 'phone', use: phone, testMatch: /\.(phone|everywhere)\.spec\.ts$/ },
    {
      name: 'noscript',
      use: { javaScriptEnabled: false },
      testMatch: /\.(noscript|everywhere)\.spec\.ts$/,
    },
  ],
});
