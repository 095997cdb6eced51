import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'shared/**/*.test.ts',
      'src-main/**/*.test.ts',
      'src-renderer/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: ['test/kernel/**', 'test/packaging/**', '**/node_modules/**'],
    testTimeout: 20_000,
    // No test leaves anything behind in a module, and loading every room anew for each file costs more than the tests.
    isolate: false,
    reporters: ['default', './test/summary-reporter.ts'],
    coverage: {
      // Where nobody waits for the answer, the same run measures how much of the code it reaches.
      enabled: process.env['CI'] !== undefined,
      provider: 'v8',
      reporter: ['text-summary', 'html', 'json-summary'],
      include: ['shared/**/*.ts', 'src-main/**/*.ts'],
      exclude: ['**/*.test.ts', 'src-main/cli.ts'],
      thresholds: { lines: 90 },
    },
  },
});
