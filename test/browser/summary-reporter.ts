import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** The last line of a run says in one form what all test commands of this project say. */
export default class SummaryReporter implements Reporter {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  onTestEnd(test: TestCase, { status, retry }: TestResult): void {
    if (retry < test.retries && status !== 'passed') return;
    if (status === 'skipped') this.#skipped++;
    else if (test.outcome() === 'unexpected') this.#failed++;
    else this.#passed++;
  }

  onEnd(): void {
    process.stdout.write(`\n${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped\n`);
  }
}
