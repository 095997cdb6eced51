import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../shared/progress.ts';
import { Progress } from './progress.ts';

/** A clock that only the test moves. */
class HandClock {
  #now = 1000;
  now(): number {
    return this.#now;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

function observed() {
  const clock = new HandClock();
  const events: ProgressEvent[] = [];
  const progress = new Progress(clock, (event) => events.push(event));
  const work = (
    kind: 'erase' | 'write' | 'verify' | 'compare',
    bytes: number,
    expected: number,
    takes: number,
  ) =>
    progress.measure(kind, 0x0800_0000, bytes, expected, () => {
      clock.advance(takes);
      return Promise.resolve(bytes);
    });
  const told = () => events.filter((event) => event.type === 'progress');
  return { clock, events, progress, work, told };
}

describe('progress', () => {
  test('tells a phase once, however often it is entered in a row', () => {
    const { progress, events } = observed();
    for (const phase of ['erase', 'erase', 'write', 'erase'] as const) progress.phase(phase);
    expect(events.map((event) => event.type === 'phase' && event.phase)).toEqual(['erase', 'write', 'erase']);
  });

  test('believes the model first, and what it measured once that says something', async () => {
    const { progress, work } = observed();
    progress.expect('write', 10_000, 10_000);
    await work('write', 100, 100, 300);
    expect(progress.remaining).toBeCloseTo(9_900);
    await work('write', 100, 100, 300);
    expect(progress.remaining).toBeCloseTo(9_800 * 3);
  });

  test('corrects each kind of work by its own measure', async () => {
    const { progress, work } = observed();
    progress.expect('write', 1_000, 1_000);
    progress.expect('verify', 1_000, 1_000);
    await work('write', 500, 500, 1_000);
    expect(progress.remaining).toBeCloseTo(500 * 2 + 1_000);
  });

  test('gives the rate in bytes per second of the phase it is in', async () => {
    const { progress, work, told } = observed();
    progress.expect('write', 1_000, 64_000);
    await work('write', 32_000, 500, 500);
    expect(told()).toEqual([
      expect.objectContaining({ phase: 'write', done: 32_000, total: 64_000, rate: 64_000 }),
    ]);
  });

  test('speaks at most twenty times a second', async () => {
    const { progress, work, told } = observed();
    progress.expect('write', 1_000, 1_000);
    for (let i = 0; i < 1_000; i++) await work('write', 1, 1, 1);
    expect(told().length).toBeGreaterThan(15);
    expect(told().length).toBeLessThanOrEqual(20);
  });

  test('counts work that was not needed as done', () => {
    const { progress } = observed();
    progress.expect('compare', 1_000, 1_000);
    progress.credit('compare', 400, 400);
    expect(progress.remaining).toBeCloseTo(600);
  });

  test('counts work that must be done again as still to do', async () => {
    const { progress, work } = observed();
    progress.expect('write', 100, 100);
    await work('write', 100, 100, 100);
    progress.expectMore('write', 50, 50);
    expect(progress.remaining).toBeCloseTo(50);
  });

  test('never falls back and never says that all is done, whatever is measured', async () => {
    const step = fc.record({
      kind: fc.constantFrom('compare', 'erase', 'write', 'verify' as const),
      expected: fc.double({ min: 0, max: 2_000, noNaN: true }),
      takes: fc.double({ min: 0, max: 5_000, noNaN: true }),
      more: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { progress, work, told } = observed();
        for (const { kind, expected } of steps) progress.expectMore(kind, expected, 100);
        for (const { kind, expected, takes, more } of steps) {
          await work(kind, 100, expected, takes);
          if (more) progress.expectMore(kind, expected, 100);
        }
        const fractions = told().map(({ fraction }) => fraction);
        fractions.forEach((fraction, i) => {
          expect(fraction).toBeGreaterThanOrEqual(fractions[i - 1] ?? 0);
          expect(fraction).toBeLessThan(1);
        });
        for (const { remaining, done, total } of told()) {
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(done).toBeLessThanOrEqual(total);
        }
      }),
    );
  });
});
