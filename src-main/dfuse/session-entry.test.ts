/** How a session finds its loader, whatever the program before it left behind. */
import { describe, expect, it } from 'vitest';
import type { UsbFailureKind } from '../usb/port.ts';
import { scriptedSession } from '../../test/rig/scripted-session.ts';
import { status, type Reply } from '../../test/rig/scripted-device.ts';
import { DfuState, DfuStatus } from './protocol.ts';
import type { EntryRules } from './entry.ts';

const IDLE = status(DfuState.dfuIdle);
const BUSY = status(DfuState.dnBusy);
const ERROR = status(DfuState.error, { status: DfuStatus.errFirmware });

/** Longest time an entry may take, its transfers included. */
const ENTRY_BUDGET = 10_000;

function entering(...answers: Reply[]) {
  const last = answers.at(-1) ?? IDLE;
  return scriptedSession({ getStatus: (call) => answers[call] ?? last });
}

async function enters(answers: Reply[], rules: EntryRules = {}) {
  const rig = await entering(...answers);
  const started = rig.clock.now();
  await rig.run(rig.session.enter(rules));
  return { wire: rig.wire(), took: rig.clock.now() - started, state: rig.session.state };
}

async function failsToEnter(answers: Reply[], rules: EntryRules = {}) {
  const rig = await entering(...answers);
  const started = rig.clock.now();
  const error = await rig.failure(rig.session.enter(rules));
  return { wire: rig.wire(), took: rig.clock.now() - started, error };
}

describe('entry', () => {
  it.each<[string, Reply[], string[]]>([
    ['dfuIDLE is left alone', [IDLE], ['GETSTATUS']],
    ['dfuDNLOAD-IDLE is aborted', [status(DfuState.dnloadIdle)], ['GETSTATUS', 'ABORT']],
    ['dfuUPLOAD-IDLE is aborted', [status(DfuState.uploadIdle)], ['GETSTATUS', 'ABORT']],
    ['dfuERROR is cleared', [ERROR, IDLE], ['GETSTATUS', 'CLRSTATUS', 'GETSTATUS']],
    [
      'dfuERROR that hides dfuERROR is cleared twice',
      [ERROR, ERROR, IDLE],
      ['GETSTATUS', 'CLRSTATUS', 'GETSTATUS', 'CLRSTATUS', 'GETSTATUS'],
    ],
    [
      'dfuDNLOAD-SYNC: what was handed over runs to its end first',
      [status(DfuState.dnloadSync), BUSY, status(DfuState.dnloadIdle)],
      ['GETSTATUS', 'GETSTATUS', 'GETSTATUS', 'ABORT'],
    ],
    [
      'dfuDNBUSY is waited for and not cleared',
      [BUSY, BUSY, status(DfuState.dnloadIdle)],
      ['GETSTATUS', 'GETSTATUS', 'GETSTATUS', 'ABORT'],
    ],
    [
      'dfuDNBUSY that ends in dfuERROR is cleared then',
      [BUSY, ERROR, IDLE],
      ['GETSTATUS', 'GETSTATUS', 'CLRSTATUS', 'GETSTATUS'],
    ],
    ['dfuMANIFEST-SYNC is waited for', [status(DfuState.manifestSync), IDLE], ['GETSTATUS', 'GETSTATUS']],
    ['dfuMANIFEST is waited for', [status(DfuState.manifest), IDLE], ['GETSTATUS', 'GETSTATUS']],
  ])('%s', async (_what, answers, wire) => {
    const entry = await enters(answers);
    expect(entry.wire).toEqual(wire);
    expect(entry.state).toBe(DfuState.dfuIdle);
  });

  it.each([DfuState.appIdle, DfuState.appDetach, DfuState.manifestWaitReset, 11, 0x0f, 0x91, 0x92, 255])(
    'state %i, in which no request can help, is named and nothing is sent to it',
    async (state) => {
      const { wire, error } = await failsToEnter([status(state, { status: 7 })]);
      expect(wire).toEqual(['GETSTATUS']);
      expect(error).toMatchObject({ code: 'bad-state', facts: { state, status: 7, wanted: 'dfuIDLE' } });
    },
  );

  it('a loader that falls back into dfuERROR is not cleared for ever', async () => {
    const { wire, error } = await failsToEnter([ERROR]);
    expect(wire.filter((line) => line === 'CLRSTATUS')).toHaveLength(3);
    expect(error).toMatchObject({
      code: 'bad-state',
      facts: { state: DfuState.error, status: DfuStatus.errFirmware },
    });
  });

  it.each([DfuState.dnBusy, DfuState.dnloadSync, DfuState.manifest])(
    'a loader that stays in state %i is never cleared, and given up in time',
    async (state) => {
      const { wire, error, took } = await failsToEnter([status(state, { poll: 100 })]);
      expect(new Set(wire)).toEqual(new Set(['GETSTATUS']));
      expect(error).toMatchObject({ code: 'stuck-busy', facts: { state } });
      expect(took).toBeGreaterThanOrEqual(ENTRY_BUDGET);
      expect(took).toBeLessThan(ENTRY_BUDGET + 500);
    },
  );

  it.each([4_000, 9_990, 100_000, 0xffffff])(
    'a poll time of %i ms does not stretch the time it is given up after',
    async (poll) => {
      const { error, took } = await failsToEnter([status(DfuState.dnBusy, { poll })]);
      expect(error).toMatchObject({ code: 'stuck-busy' });
      expect(took).toBeLessThan(ENTRY_BUDGET + 500);
    },
  );

  it('a loader that reports a poll time of 0 is not flooded with questions', async () => {
    const { wire } = await failsToEnter([BUSY]);
    expect(wire.length).toBeLessThan(1_100);
  });

  it('a loader that is known to call itself ready too early is left alone before the ABORT', async () => {
    const entry = await enters([status(DfuState.dnloadIdle)], { settle: 4_000 });
    expect(entry.wire).toEqual(['GETSTATUS', 'ABORT']);
    expect(entry.took).toBeGreaterThanOrEqual(4_000);
  });

  it('a loader that stalls questions while it works is asked again later', async () => {
    const entry = await enters(['stall', 'stall', 'stall', status(DfuState.dnloadIdle)]);
    expect(entry.wire).toEqual(['GETSTATUS', 'GETSTATUS', 'GETSTATUS', 'GETSTATUS', 'ABORT']);
    expect(entry.took).toBeGreaterThan(100);
  });

  it.each<UsbFailureKind>(['stall', 'timeout', 'gone', 'io'])(
    'a loader that only answers %s fails with that, after few questions',
    async (kind) => {
      const { wire, error } = await failsToEnter([kind]);
      expect(error).toMatchObject({ name: 'UsbError', kind });
      expect(wire.length).toBeLessThanOrEqual(kind === 'stall' ? 5 : 1);
    },
  );

  it.each([0, 1, 5])('a status of %i bytes is a violation of the protocol', async (length) => {
    const { error } = await failsToEnter([IDLE.slice(0, length)]);
    expect(error).toMatchObject({ code: 'protocol-violation' });
  });

  it('a status of more than six bytes is read by its first six', async () => {
    const entry = await enters([Uint8Array.of(...IDLE, 1, 2, 3)]);
    expect(entry.state).toBe(DfuState.dfuIdle);
  });

  it('gives a loader that works inside the GETSTATUS its time', async () => {
    const rig = await entering(IDLE);
    await rig.run(rig.session.enter());
    expect(rig.device.deadlines).toEqual([30_000]);
  });
});

describe('entry to a loader that is known to stay busy for ever', () => {
  const rules: EntryRules = { unwedgeAfter: 2_000 };
  const wedged = status(DfuState.dnBusy, { poll: 1_000 });

  it.each<[string, Reply[], string[]]>([
    [
      'by way of dfuERROR',
      [status(DfuState.error, { status: DfuStatus.errUnknown }), IDLE],
      ['CLRSTATUS', 'GETSTATUS', 'CLRSTATUS', 'GETSTATUS'],
    ],
    ['at once', [IDLE], ['CLRSTATUS', 'GETSTATUS']],
  ])('un-wedges it %s, when its time has come', async (_form, after, sequence) => {
    let cleared = 0;
    const rig = await scriptedSession({
      clrStatus: () => {
        cleared += 1;
        return 'done';
      },
      getStatus: () => (cleared === 0 ? wedged : (after[cleared - 1] ?? IDLE)),
    });
    await rig.run(rig.session.enter(rules));
    const wire = rig.wire();
    expect(wire.slice(wire.indexOf('CLRSTATUS'))).toEqual(sequence);
    expect(rig.clock.now()).toBeGreaterThanOrEqual(2_000);
    expect(rig.clock.now()).toBeLessThan(3_000);
    expect(rig.session.state).toBe(DfuState.dfuIdle);
  });

  it('asks once more right before, so that one that was merely busy is not cleared', async () => {
    const { wire } = await enters([wedged, wedged, status(DfuState.dnloadIdle)], { unwedgeAfter: 1_500 });
    expect(wire).toEqual(['GETSTATUS', 'GETSTATUS', 'GETSTATUS', 'ABORT']);
  });

  it('does not clear one that is in another state than dfuDNBUSY', async () => {
    const { wire, error } = await failsToEnter([status(DfuState.manifest, { poll: 500 })], rules);
    expect(wire).not.toContain('CLRSTATUS');
    expect(error).toMatchObject({ code: 'stuck-busy' });
  });

  it('gives up where the pair of CLRSTATUS does not help', async () => {
    const { error, wire } = await failsToEnter([wedged], rules);
    expect(wire.filter((line) => line === 'CLRSTATUS')).toHaveLength(1);
    expect(error).toMatchObject({ code: 'stuck-busy', facts: { state: DfuState.dnBusy } });
  });
});
