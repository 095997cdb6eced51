/** When a loader is asked whether it is done: soon after it is, and seldom before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacing, type Pace } from './pace.ts';

/** Milliseconds of a GETSTATUS on the wire. */
const QUESTION = 0.3;
const LONGEST_WAIT = 5_000;

interface Loader {
  /** Milliseconds of one operation, by its number. */
  readonly duration: (operation: number) => number;
  /** bwPollTimeout. */
  readonly poll?: number;
  /** Asked too early it stalls. */
  readonly stalls?: boolean;
}

interface Operation {
  readonly questions: number;
  readonly stalls: number;
  /** Milliseconds between its end and the host's knowing of it. */
  readonly late: number;
  readonly waits: readonly number[];
}

/** Runs operations of one kind after each other and tells of each what it cost. @throws Error where one never ends */
function operations(pacing: Pacing, count: number, pace: Pace, loader: Loader): Operation[] {
  return Array.from({ length: count }, (_, operation) => {
    const duration = loader.duration(operation);
    const waits: number[] = [];
    let stalls = 0;
    // The first GETSTATUS starts the operation and is answered "busy".
    let now = QUESTION;
    const paced = pacing.start(pace);
    for (let questions = 1; ; questions++) {
      if (questions > 10_000) throw new Error(`asked 10000 times in ${now} ms, it takes ${duration} ms`);
      const wait = paced.wait(loader.poll ?? 0, now, 0);
      waits.push(wait);
      const asked = now + wait;
      now = asked + QUESTION;
      if (asked >= duration) {
        paced.done(asked);
        return { questions, stalls, late: asked - duration, waits };
      }
      if (!loader.stalls) paced.busy(asked);
      else if (paced.stalled(asked)) stalls += 1;
      else throw new Error(`gave up after ${stalls} stalls at ${asked} ms, it takes ${duration} ms`);
    }
  });
}

const constant = (duration: number) => () => duration;
const average = (of: readonly number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;
const questionsOf = (run: readonly Operation[]) => average(run.map(({ questions }) => questions));

const durations = fc.double({ min: 0.2, max: 200, noNaN: true });
const polls = fc.oneof(fc.constantFrom(0, 1, 5, 10, 100, 1_000, 0xffffff), fc.nat(300));
const figures = fc.option(fc.double({ min: 0, max: 400, noNaN: true }), { nil: undefined });
const paceOf = (expected: number | undefined): Pace => ({
  kind: 'write 1024',
  ...(expected !== undefined && { expected }),
});

describe('blocks that all take the same time', () => {
  it('one question each is enough in the long run, and it comes right after the end', () => {
    fc.assert(
      fc.property(durations, polls, figures, (duration, poll, expected) => {
        const run = operations(new Pacing(), 201, paceOf(expected), { duration: constant(duration), poll });
        const [, ...afterwards] = run;
        expect(questionsOf(afterwards)).toBeLessThanOrEqual(1.05);
        const settled = run.slice(20);
        expect(questionsOf(settled)).toBe(1);
        for (const { late } of settled) expect(late).toBeLessThanOrEqual(Math.max(0.8, duration * 0.05));
      }),
      { numRuns: 300 },
    );
  });

  it('the first one is found by few questions, however wrong the figure', () => {
    fc.assert(
      fc.property(durations, polls, figures, (duration, poll, expected) => {
        const [first] = operations(new Pacing(), 1, paceOf(expected), { duration: constant(duration), poll });
        expect(first?.questions).toBeLessThan(160);
      }),
      { numRuns: 300 },
    );
  });

  it('a right figure saves all but a few questions', () => {
    const [first] = operations(new Pacing(), 1, paceOf(22), { duration: constant(25), poll: 100 });
    expect(first?.questions).toBeLessThanOrEqual(8);
    expect(first?.late).toBeLessThan(1);
  });

  it('without a figure the loader is believed at first', () => {
    const [first, second] = operations(new Pacing(), 2, paceOf(undefined), {
      duration: constant(25),
      poll: 100,
    });
    expect(first?.waits).toEqual([100]);
    expect(second?.waits[0]).toBeLessThan(100);
  });

  it('what one kind takes says nothing of another', () => {
    const pacing = new Pacing();
    operations(pacing, 20, { kind: 'write 1024' }, { duration: constant(3), poll: 10 });
    const [other] = operations(pacing, 1, { kind: 'erase 2048' }, { duration: constant(3), poll: 40 });
    expect(other?.waits).toEqual([40]);
  });

  it('nothing is remembered of what has no kind', () => {
    const pacing = new Pacing();
    const runs = [1, 2].map(() => operations(pacing, 1, {}, { duration: constant(3), poll: 40 })[0]?.waits);
    expect(runs).toEqual([[40], [40]]);
  });
});

describe('blocks that do not', () => {
  it('one that took long by accident does not slow down the ones after it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.integer({ min: 100, max: 4_000 }),
        (usual, odd) => {
          const run = operations(new Pacing(), 120, paceOf(usual), {
            duration: (operation) => (operation === 40 ? odd : usual),
          });
          for (const { late } of run.slice(60)) expect(late).toBeLessThanOrEqual(Math.max(0.8, usual * 0.05));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a loader that stalls early questions is not slowed down by an accident either', () => {
    const run = operations(new Pacing(), 120, paceOf(23), {
      duration: (operation) => (operation === 40 ? 90 : 23),
      poll: 5,
      stalls: true,
    });
    for (const { late } of run.slice(60)) expect(late).toBeLessThan(1);
  });

  it('a new time is learned when it is the rule', () => {
    for (const later of [5, 400]) {
      const run = operations(new Pacing(), 120, paceOf(25), {
        duration: (operation) => (operation < 40 ? 25 : later),
      });
      const settled = run.slice(80);
      expect(questionsOf(settled)).toBeLessThanOrEqual(1.05);
      if (later > 25) for (const { late } of settled) expect(late).toBeLessThanOrEqual(later * 0.05);
    }
  });

  it('times that vary are asked for about twice', () => {
    const pattern = [20, 21.3, 24, 22.2, 20.7, 23.1, 21.9];
    const run = operations(new Pacing(), 210, paceOf(22), {
      duration: (operation) => pattern[operation % pattern.length] ?? 22,
    });
    expect(questionsOf(run)).toBeLessThan(2);
    expect(average(run.map(({ late }) => late))).toBeLessThan(3);
  });
});

describe('a loader that stalls early questions', () => {
  it('is stalled by few questions in all, whatever it reports', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 100, noNaN: true }), fc.nat(200), (duration, poll) => {
        const run = operations(
          new Pacing(),
          200,
          { kind: 'write', expected: duration * 1.05 },
          {
            duration: constant(duration),
            poll,
            stalls: true,
          },
        );
        expect(run.reduce((sum, { stalls }) => sum + stalls, 0)).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('is obeyed from the first stall on, for every kind of operation', () => {
    const pacing = new Pacing();
    operations(pacing, 3, { kind: 'write', expected: 1 }, { duration: constant(20), poll: 5, stalls: true });
    const [erase] = operations(
      pacing,
      1,
      { kind: 'erase', expected: 1 },
      { duration: constant(22), poll: 30 },
    );
    expect(erase?.waits[0]).toBeGreaterThanOrEqual(30);
  });

  it('is given up when it stalls one question after the other', () => {
    const paced = new Pacing().start({});
    let now = 0;
    let forgiven = 0;
    for (; ; forgiven++) {
      now += paced.wait(10, now, 0);
      if (!paced.stalled(now)) break;
    }
    expect(forgiven).toBe(4);
  });

  it('is left more time after each stall', () => {
    const paced = new Pacing().start({});
    let now = 0;
    const waits = [1, 2, 3, 4].map(() => {
      const wait = paced.wait(10, now, 0);
      now += wait;
      paced.stalled(now);
      return wait;
    });
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(now).toBeGreaterThanOrEqual(80);
  });
});

describe('a loader whose poll times are known to be too short', () => {
  it('is left alone for the floor where nobody has published a figure', () => {
    const [first] = operations(new Pacing(), 1, { floor: 40 }, { duration: constant(25), poll: 10 });
    expect(first?.waits).toEqual([40]);
  });

  it('is left alone for longer where it asks for that', () => {
    const [first] = operations(new Pacing(), 1, { floor: 40 }, { duration: constant(25), poll: 60 });
    expect(first?.waits).toEqual([60]);
  });

  it('is asked when the figure says so, and nothing shorter is tried out on it', () => {
    const run = operations(
      new Pacing(),
      50,
      { kind: 'erase', floor: 40, expected: 24 },
      { duration: constant(22), poll: 10, stalls: true },
    );
    expect(run.every(({ stalls }) => stalls === 0)).toBe(true);
    expect(run.every(({ questions }) => questions === 1)).toBe(true);
  });

  it('is left alone even after an answer it kept back', () => {
    const paced = new Pacing().start({ floor: 40 });
    expect(paced.wait(10, 60, 60)).toBe(40);
  });
});

describe('a loader that works inside the GETSTATUS', () => {
  it('is asked at once: what it kept the answer back for is done', () => {
    const paced = new Pacing().start({ expected: 1_000 });
    expect(paced.wait(1_000, 900, 900)).toBe(0);
  });
});

describe('whatever is asked', () => {
  it('no wait is longer than a few seconds, but for operations that took longer before', () => {
    const event = fc.constantFrom('busy', 'done', 'stalled');
    const anyPoll = fc.oneof(polls, fc.nat(0xffffff));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, anyPoll, fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 60 }),
        figures,
        fc.option(fc.nat(60), { nil: undefined }),
        (events, expected, floor) => {
          const pacing = new Pacing();
          const pace = { ...paceOf(expected), ...(floor !== undefined && { floor }) };
          let paced = pacing.start(pace);
          let now = 0;
          let longest = LONGEST_WAIT;
          for (const [what, poll, held] of events) {
            const wait = paced.wait(poll, now, held);
            expect(wait).toBeGreaterThanOrEqual(0);
            expect(wait).toBeLessThanOrEqual(longest + 1e-6);
            now += wait;
            longest = Math.max(longest, now);
            if (what === 'busy') paced.busy(now);
            else if (what === 'done' || !paced.stalled(now)) {
              if (what === 'done') paced.done(now);
              paced = pacing.start(pace);
              now = 0;
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    [0, 0],
    [0xffffff, LONGEST_WAIT],
  ])('a poll time of %i is bounded', (poll, expected) => {
    expect(new Pacing().start({}).wait(poll, 0, 0)).toBe(expected);
  });
});
