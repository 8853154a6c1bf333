import { defineConfig } from '@playwright/test';
import { settings } from './support/settings';

// Flags that stop the browser's own network requests, so that it connects only to the server under test.
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

// Pages are open for seconds, too short for the optimising compiler of WebAssembly to pay off.
const brief = ['--js-flags=--liftoff-only'];

// Chromium's sandbox does not work for root.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'specs',
  outputDir: 'results',
  globalSetup: './support/template.ts',
  forbidOnly: Boolean(process.env.CI),
  // One more than a small machine has cores, because a test often pauses before it checks an expectation again.
  workers: 3,
  // A test that passes only when repeated counts as failed.
  retries: 0,
  // Generous, so that they stop only tests that hang, even on a slow and busy machine. The longest tests inspect several
  // screens, each four times.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath: settings.chromium, args: [...quiet, ...brief, ...sandbox] },
    viewport: { width: 1280, height: 800 },
    // Far from UTC, so that a time in the wrong zone is visible.
    timezoneId: 'Asia/Kathmandu',
    locale: 'en-GB',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
  },
});
