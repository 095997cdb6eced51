/** Tests of the screens in a real browser, against the loopback host and virtual devices. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/browser',
  outputDir: 'test-results/browser',
  // Two cores: a host and a browser each already use both.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['./test/browser/summary-reporter.ts']],
  use: {
    browserName: 'chromium',
    viewport: { width: 960, height: 640 },
    locale: 'en-GB',
    // Pictures and contrasts are of what stands, not of what moves.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
