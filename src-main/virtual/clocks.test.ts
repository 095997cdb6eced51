import { describe, expect, it } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import { ScaledClock, VirtualClock } from './clocks.ts';

describe('virtual clock', () => {
  it('starts at zero and moves only by sleeping', async () => {
    const clock = new VirtualClock();
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(0);
    await clock.sleep(12.5);
    expect(clock.now()).toBe(12.5);
  });

  it('wakes parallel sleepers in the order of their times, equal ones in the order they asked', async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name}@${clock.now()}`);
    };
    await Promise.all([sleeper('c', 30), sleeper('a', 10), sleeper('d', 30), sleeper('b', 20)]);
    expect(woken).toEqual(['a@10', 'b@20', 'c@30', 'd@30']);
  });

  it('lets two programs run side by side in virtual time', async () => {
    const clock = new VirtualClock();
    const trace: string[] = [];
    const program = async (name: string, step: number) => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(step);
        trace.push(`${name}${clock.now()}`);
      }
    };
    await Promise.all([program('x', 10), program('y', 15)]);
    expect(trace).toEqual(['x10', 'y15', 'x20', 'y30', 'x30', 'y45']);
    expect(clock.now()).toBe(45);
  });

  it('does not move while a program still has promises to settle', async () => {
    const clock = new VirtualClock();
    let seen = -1;
    const busy = async () => {
      for (let i = 0; i < 1000; i++) await Promise.resolve();
      seen = clock.now();
    };
    await Promise.all([clock.sleep(5), busy()]);
    expect(seen).toBe(0);
  });

  it('takes no real time', async () => {
    const clock = new VirtualClock();
    const before = performance.now();
    await clock.sleep(3_600_000);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(clock.now()).toBe(3_600_000);
  });

  it.each([0, -1, Number.NaN])('resolves a sleep of %d without letting time pass', async (ms) => {
    const clock = new VirtualClock();
    await clock.sleep(ms);
    expect(clock.now()).toBe(0);
  });

  it('never wakes a sleep without end, and wakes the others all the same', async () => {
    const clock = new VirtualClock();
    let woken = false;
    void clock.sleep(Infinity).then(() => (woken = true));
    await clock.sleep(10);
    await clock.sleep(10);
    expect(clock.now()).toBe(20);
    expect(woken).toBe(false);
  });
});

/** A clock whose timers oversleep, as real ones do. */
class SluggishClock implements Clock {
  time = 0;
  readonly slept: number[] = [];
  readonly #oversleep: number;

  constructor(oversleep = 0) {
    this.#oversleep = oversleep;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.time += ms + this.#oversleep;
    return Promise.resolve();
  }
}

describe('scaled clock', () => {
  it('shows and sleeps time so many times as fast', async () => {
    const base = new SluggishClock();
    const clock = new ScaledClock(base, 20);
    await clock.sleep(1000);
    expect(base.slept).toEqual([50]);
    expect(clock.now()).toBe(1000);
  });

  it('saves short sleeps up until a timer can hold them', async () => {
    const base = new SluggishClock();
    const clock = new ScaledClock(base, 4);
    for (let i = 0; i < 16; i++) await clock.sleep(1);
    expect(base.slept).toEqual([1, 1, 1, 1]);
  });

  it('takes what a timer oversleeps off the next sleeps', async () => {
    const base = new SluggishClock(1);
    const clock = new ScaledClock(base, 1);
    for (let i = 0; i < 100; i++) await clock.sleep(2);
    expect(base.time).toBeGreaterThan(195);
    expect(base.time).toBeLessThan(205);
  });

  it('does not let time pass for nothing', async () => {
    const base = new SluggishClock();
    await new ScaledClock(base, 2).sleep(0);
    expect(base.slept).toEqual([]);
  });
});
