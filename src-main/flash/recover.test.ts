import { beforeEach, describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressEvent } from '../../shared/progress.ts';
import { DfuSeSession } from '../dfuse/session.ts';
import { UsbError, type UsbDevice, type UsbFailureKind } from '../usb/port.ts';
import { Connection, isRecoverable, retrying, type Reconnector, type RecoveryLimits } from './recover.ts';

const clock = {
  slept: [] as number[],
  now: () => 0,
  sleep(ms: number): Promise<void> {
    clock.slept.push(ms);
    return Promise.resolve();
  },
};

/** A device whose GETSTATUS says dfuIDLE, or fails. */
function session(fails?: UsbFailureKind): DfuSeSession {
  const idle = Uint8Array.of(0, 0, 0, 0, 2, 0);
  const controlIn = () => (fails ? Promise.reject(new UsbError(fails, 'GETSTATUS')) : Promise.resolve(idle));
  return new DfuSeSession({ controlIn } as unknown as UsbDevice, clock, {
    interfaceNumber: 0,
    transferSize: 1024,
  });
}

let events: ProgressEvent[];
const listener = (event: ProgressEvent) => events.push(event);
const rungs = () => events.flatMap((event) => (event.type === 'recovery' ? [event.rung] : []));
beforeEach(() => {
  events = [];
  clock.slept = [];
});

const LIMITS: RecoveryLimits = { replugPatience: 60_000, recoveries: 3 };
const good = () => Promise.resolve(session());
const bad = () => Promise.resolve(session('timeout'));

function connection(first: DfuSeSession, reconnector: Partial<Reconnector>, limits = LIMITS): Connection {
  const full: Reconnector = { path: '1-1', reopen: bad, reset: bad, replugged: bad, ...reconnector };
  return new Connection(first, full, clock, listener, limits);
}

const timeout = new UsbError('timeout', 'write');
const gone = new UsbError('gone', 'write');

describe('the ladder', () => {
  test('stops at the first rung that leads to dfuIDLE', async () => {
    await connection(session(), {}).recover(timeout);
    expect(rungs()).toEqual(['clear']);

    events = [];
    const reopened = session();
    const link = connection(session('stall'), { reopen: () => Promise.resolve(reopened) });
    await link.recover(timeout);
    expect(rungs()).toEqual(['clear', 're-open']);
    expect(link.session).toBe(reopened);

    events = [];
    await connection(session('stall'), { reset: good }).recover(timeout);
    expect(rungs()).toEqual(['clear', 're-open', 'usb-reset']);
  });

  test('asks for a replug last, as data, and says when that was done', async () => {
    await connection(session('stall'), { replugged: good }).recover(timeout);
    expect(rungs()).toEqual(['clear', 're-open', 'usb-reset', 'replug']);
    expect(events.filter(({ type }) => type.startsWith('needs'))).toEqual([
      { type: 'needs', need: { kind: 'replug', path: '1-1', patience: 60_000 } },
      { type: 'needs-met' },
    ]);
  });

  test('goes straight to the replug where the device is gone', async () => {
    await connection(session('gone'), { replugged: good }).recover(gone);
    expect(rungs()).toEqual(['replug']);
  });

  test('never asks where nobody is there, and gives the first failure back', async () => {
    const alone = { ...LIMITS, replugPatience: 0 };
    await expect(connection(session('stall'), {}, alone).recover(timeout)).rejects.toBe(timeout);
    expect(rungs()).toEqual(['clear', 're-open', 'usb-reset']);
    events = [];
    await expect(connection(session('gone'), {}, alone).recover(gone)).rejects.toBe(gone);
    expect(rungs()).toEqual([]);
  });

  test('ends at once where another device was plugged in, or none', async () => {
    for (const failure of [
      new StepwiseError('wrong-device-returned', { path: '1-1', expected: 'a', found: 'b' }),
      new StepwiseError('did-not-return', { path: '1-1', waited: 1 }),
    ]) {
      await expect(
        connection(session('gone'), { replugged: () => Promise.reject(failure) }).recover(gone),
      ).rejects.toBe(failure);
    }
  });

  test('is not climbed for ever', async () => {
    const link = connection(session(), {});
    for (let i = 0; i < LIMITS.recoveries; i++) await link.recover(timeout);
    await expect(link.recover(timeout)).rejects.toBe(timeout);
    expect(link.recoveries).toBe(LIMITS.recoveries);
  });

  test('leaves the loader alone first, for as long as it is told', async () => {
    await connection(session(), {}).recover(timeout, 4_000);
    expect(clock.slept[0]).toBe(4_000);
  });

  test('does not disturb a loader that answers only because flash did not take what it was given', async () => {
    const mismatch = new StepwiseError('verify-mismatch', { address: 0, differing: 1, tries: 1 });
    await connection(session(), {}).recover(mismatch);
    expect(rungs()).toEqual([]);
  });
});

describe('retrying', () => {
  const options = { address: 0x0800_0000, listener };
  const failing = (errors: readonly Error[]) => {
    let tries = 0;
    const work = (attempt: number) => {
      tries += 1;
      expect(attempt).toBe(tries);
      const error = errors[attempt - 1];
      return error === undefined ? Promise.resolve('done') : Promise.reject(error);
    };
    return { work, tries: () => tries };
  };

  test('tries three times, and tells of each new try', async () => {
    const { work, tries } = failing([timeout, timeout, timeout]);
    await expect(retrying(connection(session(), {}), work, options)).rejects.toBe(timeout);
    expect(tries()).toBe(3);
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2);
  });

  test('does not count a device that was unplugged as a try', async () => {
    const { work } = failing([gone, timeout, timeout]);
    expect(await retrying(connection(session(), { replugged: good }), work, options)).toBe('done');
  });

  test('does not repeat what a new try cannot cure', async () => {
    const locked = new StepwiseError('read-protected', {});
    const { work, tries } = failing([locked]);
    await expect(retrying(connection(session(), {}), work, options)).rejects.toBe(locked);
    expect(tries()).toBe(1);
  });
});

test.each([
  [timeout, true],
  [gone, true],
  [new UsbError('no-permission', 'open'), false],
  [new UsbError('no-driver', 'open'), false],
  [new StepwiseError('stuck-busy', { state: 4, elapsed: 1 }), true],
  [new StepwiseError('cancelled', { condition: 'untouched' }), false],
  [new StepwiseError('plan-refused', { reason: 'empty-image', detail: '' }), false],
  [new TypeError('a fault of the program'), false],
])('%s: worth a new try is %s', (error, worth) => {
  expect(isRecoverable(error)).toBe(worth);
});
