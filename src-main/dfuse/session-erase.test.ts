/** Erasing one sector: what is sent, how long it is waited for, and which loaders are un-wedged. */
import { describe, expect, it } from 'vitest';
import { scriptedSession } from '../../test/rig/scripted-session.ts';
import { CARRIED_OUT, status, type Reply, type Script } from '../../test/rig/scripted-device.ts';
import { DfuState, DfuStatus } from './protocol.ts';
import type { EraseRules } from './session.ts';

const SECTOR = 0x0810_0000;
const ERASE = 'DNLOAD 0: 41 00 00 10 08';
const IDLE = status(DfuState.dfuIdle);
const BUSY = status(DfuState.dnBusy, { poll: 100 });
const DONE = status(DfuState.dnloadIdle);
const UNKNOWN_ERROR = status(DfuState.error, { status: DfuStatus.errUnknown });

const rules: EraseRules = { budget: 10_000 };
const wedging: EraseRules = { ...rules, unwedgeAfter: 2_000 };
const hasty: EraseRules = { ...rules, settle: 4_000 };

/** A loader in dfuIDLE; the answers to GETSTATUS follow each other, the last one for ever. */
async function erasing(answers: readonly Reply[], script: Script = {}) {
  const last = answers.at(-1) ?? DONE;
  const rig = await scriptedSession({
    getStatus: (call) => (call === 0 ? IDLE : (answers[call - 1] ?? last)),
    ...script,
  });
  await rig.run(rig.session.enter());
  rig.wire();
  const started = rig.clock.now();
  return { ...rig, took: () => rig.clock.now() - started };
}

/** A loader that stays busy from the first answer on until CLRSTATUS; then it answers these, one after each. */
function wedged(after: readonly Uint8Array[]) {
  let cleared = 0;
  return erasing([], {
    clrStatus: () => {
      cleared += 1;
      return 'done';
    },
    getStatus: (call) => (call === 0 ? IDLE : cleared === 0 ? BUSY : (after[cleared - 1] ?? BUSY)),
  });
}

describe('an erase', () => {
  it('is sent, started by a GETSTATUS, and over when the loader says so', async () => {
    const { session, wire, run } = await erasing([BUSY, BUSY, DONE]);
    expect(await run(session.erase(SECTOR, rules))).toBe('reported');
    expect(wire()).toEqual([ERASE, 'GETSTATUS', 'GETSTATUS', 'GETSTATUS']);
  });

  it('is aborted out of a read first', async () => {
    const { session, wire, run } = await erasing([BUSY, DONE, ...CARRIED_OUT], {
      upload: [new Uint8Array(1024)],
    });
    await run(session.readBlock(SECTOR, SECTOR, 1024));
    wire();
    await run(session.erase(SECTOR, rules));
    expect(wire()).toEqual(['ABORT', ERASE, 'GETSTATUS', 'GETSTATUS']);
  });

  it('loses the address pointer', async () => {
    const { session, wire, run } = await erasing([...CARRIED_OUT, ...CARRIED_OUT, ...CARRIED_OUT]);
    await run(session.setAddress(SECTOR));
    await run(session.erase(SECTOR, rules));
    wire();
    await run(session.setAddress(SECTOR));
    expect(wire()[0]).toBe('DNLOAD 0: 21 00 00 10 08');
  });

  it('gives a loader that erases inside the GETSTATUS its time', async () => {
    const { session, run, device, took } = await erasing([{ after: 900, reply: BUSY }, DONE]);
    await run(session.erase(SECTOR, rules));
    expect(device.deadlines.slice(-2)).toEqual([30_000, 30_000]);
    // Its work is done when it answers: nothing is left to wait for.
    expect(took()).toBeLessThan(910);
  });

  it.each<[string, Reply[], object]>([
    [
      'refused at once',
      [status(DfuState.error, { status: DfuStatus.errTarget })],
      {
        code: 'command-rejected',
        facts: { command: 'erase', address: SECTOR, status: 1, state: 10 },
      },
    ],
    [
      'failed',
      [BUSY, status(DfuState.error, { status: DfuStatus.errErase })],
      { code: 'command-rejected', facts: { address: SECTOR, status: DfuStatus.errErase } },
    ],
    [
      'refused under read protection',
      [status(DfuState.error, { status: DfuStatus.errVendor })],
      { code: 'read-protected', facts: { address: SECTOR } },
    ],
    [
      'refused under read protection in the end',
      [BUSY, status(DfuState.error, { status: DfuStatus.errVendor })],
      { code: 'read-protected', facts: { address: SECTOR } },
    ],
    ['forgotten', [BUSY, IDLE], { code: 'command-rejected', facts: { state: DfuState.dfuIdle } }],
    ['cut short by a wrong answer', [BUSY.slice(1)], { code: 'protocol-violation' }],
    ['not answered', ['timeout'], { name: 'UsbError', kind: 'timeout' }],
    ['cut short by a pulled plug', [BUSY, 'gone'], { name: 'UsbError', kind: 'gone' }],
  ])('that is %s fails by name', async (_what, answers, expected) => {
    const { session, failure } = await erasing(answers);
    expect(await failure(session.erase(SECTOR, rules))).toMatchObject(expected);
  });

  it.each([
    ['short poll times', 1],
    ['long poll times', 4_500],
    ['garbage for poll times', 0xffffff],
  ])('that never ends is given up when its budget is spent: %s', async (_what, poll) => {
    const { session, failure, wire, took } = await erasing([status(DfuState.dnBusy, { poll })]);
    expect(await failure(session.erase(SECTOR, rules))).toMatchObject({
      code: 'stuck-busy',
      facts: { address: SECTOR, state: DfuState.dnBusy },
    });
    expect(took()).toBeGreaterThanOrEqual(rules.budget);
    expect(took()).toBeLessThan(rules.budget + 100);
    expect(wire()).not.toContain('CLRSTATUS');
  });

  it.each([DfuState.dnBusy, DfuState.dnloadSync])(
    'of a loader that is merely busy is waited for in state %i, not cleared',
    async (state) => {
      const { session, run, wire } = await erasing([
        ...Array<Reply>(8).fill(status(state, { poll: 300 })),
        DONE,
      ]);
      expect(await run(session.erase(SECTOR, rules))).toBe('reported');
      expect(wire()).not.toContain('CLRSTATUS');
    },
  );
});

describe('an erase whose end the loader is known never to report', () => {
  it.each<[string, Uint8Array[], string[]]>([
    ['by way of dfuERROR', [UNKNOWN_ERROR, IDLE], ['CLRSTATUS', 'GETSTATUS', 'CLRSTATUS', 'GETSTATUS']],
    ['at once', [IDLE], ['CLRSTATUS', 'GETSTATUS']],
  ])('is un-wedged %s', async (_form, after, sequence) => {
    const { session, wire, run, took } = await wedged(after);
    expect(await run(session.erase(SECTOR, wedging))).toBe('unwedged');
    expect(wire()).toEqual([ERASE, 'GETSTATUS', 'GETSTATUS', ...sequence]);
    expect(took()).toBeGreaterThanOrEqual(2_000);
    expect(took()).toBeLessThan(2_100);
    expect(session.state).toBe(DfuState.dfuIdle);
  });

  it('sets the address anew afterwards', async () => {
    const rig = await wedged([UNKNOWN_ERROR, IDLE]);
    await rig.run(rig.session.erase(SECTOR, wedging));
    rig.wire();
    rig.device.script = { getStatus: () => DONE };
    await rig.run(rig.session.setAddress(SECTOR));
    expect(rig.wire()[0]).toBe('DNLOAD 0: 21 00 00 10 08');
  });

  it('is not cleared when the end is reported after all', async () => {
    const { session, wire, run } = await erasing([BUSY, DONE]);
    expect(await run(session.erase(SECTOR, wedging))).toBe('reported');
    expect(wire()).not.toContain('CLRSTATUS');
  });

  it('is not cleared before its time', async () => {
    const { session, wire, run, clock, device } = await wedged([UNKNOWN_ERROR, IDLE]);
    let clearedAt = 0;
    const { clrStatus } = device.script;
    device.script = {
      ...device.script,
      clrStatus: (call) => {
        clearedAt ||= clock.now();
        return typeof clrStatus === 'function' ? clrStatus(call) : 'done';
      },
    };
    await run(session.erase(SECTOR, wedging));
    expect(clearedAt).toBeGreaterThanOrEqual(2_000);
    expect(wire().indexOf('CLRSTATUS')).toBe(3);
  });

  it('is not cleared in another state than dfuDNBUSY', async () => {
    const { session, wire, failure } = await erasing([status(DfuState.dnloadSync, { poll: 100 })]);
    expect(await failure(session.erase(SECTOR, wedging))).toMatchObject({ code: 'stuck-busy' });
    expect(wire()).not.toContain('CLRSTATUS');
  });

  it.each<[string, Uint8Array[], number]>([
    ['stays busy', [BUSY], DfuState.dnBusy],
    ['stays in dfuERROR', [UNKNOWN_ERROR, UNKNOWN_ERROR], DfuState.error],
    ['goes where it should not', [status(0x0f), status(0x0f)], 0x0f],
  ])('is stuck where the loader %s', async (_what, after, state) => {
    const { session, failure, wire } = await wedged(after);
    expect(await failure(session.erase(SECTOR, wedging))).toMatchObject({
      code: 'stuck-busy',
      facts: { address: SECTOR, state },
    });
    expect(wire().filter((line) => line === 'CLRSTATUS').length).toBeLessThanOrEqual(2);
  });

  it('says what the bus says where CLRSTATUS is refused', async () => {
    const { session, failure } = await erasing([BUSY], { clrStatus: ['stall'] });
    expect(await failure(session.erase(SECTOR, wedging))).toMatchObject({ name: 'UsbError', kind: 'stall' });
  });
});

describe('an erase whose end the loader is known to report too early', () => {
  it('is left alone until it is over, and so is everything after it', async () => {
    const { session, run, took } = await erasing([BUSY, DONE]);
    expect(await run(session.erase(SECTOR, hasty))).toBe('reported');
    expect(took()).toBeGreaterThanOrEqual(4_000);
    expect(took()).toBeLessThan(4_100);
  });

  it('is asked for once only', async () => {
    const { session, run, wire } = await erasing([BUSY, DONE]);
    await run(session.erase(SECTOR, hasty));
    expect(wire()).toEqual([ERASE, 'GETSTATUS', 'GETSTATUS']);
  });

  it('is left alone too where the first answer is that it is over', async () => {
    const { session, run, wire, took } = await erasing([DONE]);
    await run(session.erase(SECTOR, hasty));
    expect(wire()).toEqual([ERASE, 'GETSTATUS']);
    expect(took()).toBeGreaterThanOrEqual(4_000);
  });

  it('that may be of the other kind as well is waited for, then un-wedged', async () => {
    const { session, run, wire, took } = await wedged([UNKNOWN_ERROR, IDLE]);
    expect(await run(session.erase(SECTOR, { ...hasty, unwedgeAfter: 4_000 }))).toBe('unwedged');
    expect(wire()).toEqual([
      ERASE,
      'GETSTATUS',
      'GETSTATUS',
      'CLRSTATUS',
      'GETSTATUS',
      'CLRSTATUS',
      'GETSTATUS',
    ]);
    expect(took()).toBeGreaterThanOrEqual(4_000);
  });
});
