import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

/** A line for each test and one for all of them. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === 'test:pass') {
      count[data.skip === undefined ? 'passed' : 'skipped'] += 1;
      yield `${data.skip === undefined ? '✓' : '-'} ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail') {
      count.failed += 1;
      yield `✗ ${data.name}\n${inspect(data.details.error)}\n`;
    }
  }
  yield `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
}
