/** What a session sends, request by request, for commands, blocks and reads, and what it believes after a failure. */
import { describe, expect, it } from 'vitest';
import { scriptedSession, type ScriptedSession } from '../../test/rig/scripted-session.ts';
import { CARRIED_OUT, status, type Call, type Reply, type Script } from '../../test/rig/scripted-device.ts';
import { UsbError, type UsbFailureKind } from '../usb/port.ts';
import { DfuState, DfuStatus } from './protocol.ts';

const FLASH = 0x0800_0000;
const IDLE = status(DfuState.dfuIdle);
const BUSY = status(DfuState.dnBusy);
const DONE = status(DfuState.dnloadIdle);
const PACE = { expected: 0 };

const SET_ADDRESS = ['DNLOAD 0: 21 00 00 00 08', 'GETSTATUS', 'GETSTATUS'];

/** A loader that does everything at once; it answers uploads with as many bytes as are asked for. */
function willing(script: Script = {}, options: Parameters<typeof scriptedSession>[1] = {}) {
  return scriptedSession(
    {
      getStatus: (call) => (call === 0 ? IDLE : (CARRIED_OUT[(call - 1) % 2] ?? IDLE)),
      upload: () => new Uint8Array(4096).fill(0xa5),
      ...script,
    },
    options,
  );
}

/** The same, entered, with the requests of the entry taken off the list. */
async function entered(...args: Parameters<typeof willing>): Promise<ScriptedSession> {
  const rig = await willing(...args);
  await rig.run(rig.session.enter());
  rig.wire();
  return rig;
}

/** A loader in dfuIDLE that answers GETSTATUS with these. */
function answering(answers: readonly Reply[], script: Script = {}) {
  return entered({ getStatus: [IDLE, ...answers], ...script });
}

describe('set address', () => {
  it('sends the command, starts it by a GETSTATUS and takes its result with the next', async () => {
    const { session, wire, run } = await entered();
    await run(session.setAddress(FLASH));
    expect(wire()).toEqual(SET_ADDRESS);
  });

  it('is sent once for an address that the loader has already', async () => {
    const { session, wire, run } = await entered();
    await run(session.setAddress(FLASH));
    await run(session.setAddress(FLASH));
    expect(wire()).toEqual(SET_ADDRESS);
    await run(session.setAddress(0x1ff1_e800));
    expect(wire()).toEqual(['DNLOAD 0: 21 00 e8 f1 1f', 'GETSTATUS', 'GETSTATUS']);
  });

  it('is done when the first answer is not busy any more', async () => {
    const { session, wire, run } = await answering([DONE]);
    await run(session.setAddress(FLASH));
    expect(wire()).toEqual(['DNLOAD 0: 21 00 00 00 08', 'GETSTATUS']);
  });

  it.each<[string, Reply[]]>([
    ['at once', [status(DfuState.error, { status: DfuStatus.errTarget })]],
    ['with the result', [BUSY, status(DfuState.error, { status: DfuStatus.errTarget })]],
  ])('names an address that is refused %s', async (_when, answers) => {
    const { session, failure } = await answering(answers);
    expect(await failure(session.setAddress(0x1234))).toMatchObject({
      code: 'command-rejected',
      facts: { address: 0x1234, status: DfuStatus.errTarget, state: DfuState.error },
    });
  });

  it('names read protection', async () => {
    const { session, failure } = await answering([
      BUSY,
      status(DfuState.error, { status: DfuStatus.errVendor }),
    ]);
    expect(await failure(session.setAddress(FLASH))).toMatchObject({ code: 'read-protected' });
  });

  it.each([DfuState.dfuIdle, DfuState.uploadIdle, DfuState.manifest, 0x0f])(
    'does not take state %i for success, whatever the status says',
    async (state) => {
      const { session, failure } = await answering([BUSY, status(state)]);
      expect(await failure(session.setAddress(FLASH))).toMatchObject({
        code: 'command-rejected',
        facts: { state },
      });
    },
  );

  it('does not take dfuDNLOAD-IDLE with an error for success', async () => {
    const { session, failure } = await answering([
      BUSY,
      status(DfuState.dnloadIdle, { status: DfuStatus.errAddress }),
    ]);
    expect(await failure(session.setAddress(FLASH))).toMatchObject({ code: 'command-rejected' });
  });

  it.each([0, 100, 0xffffff])(
    'a loader that stays busy with poll time %i is given up in time',
    async (poll) => {
      const rig = await willing({
        getStatus: (call) => (call === 0 ? IDLE : status(DfuState.dnBusy, { poll })),
      });
      await rig.run(rig.session.enter());
      const started = rig.clock.now();
      const error = await rig.failure(rig.session.setAddress(FLASH));
      expect(error).toMatchObject({ code: 'stuck-busy', facts: { address: FLASH, state: DfuState.dnBusy } });
      expect(rig.clock.now() - started).toBeLessThan(10_500);
      expect(rig.wire()).not.toContain('CLRSTATUS');
    },
  );
});

describe('writing', () => {
  it('sets the address once for a run; block numbers rise from 2', async () => {
    const { session, wire, run } = await entered();
    for (let i = 0; i < 3; i++) {
      await run(session.writeBlock(FLASH, FLASH + i * 1024, new Uint8Array(1024), PACE));
    }
    expect(wire()).toEqual([
      ...SET_ADDRESS,
      'DNLOAD 2: 1024 bytes',
      'GETSTATUS',
      'GETSTATUS',
      'DNLOAD 3: 1024 bytes',
      'GETSTATUS',
      'GETSTATUS',
      'DNLOAD 4: 1024 bytes',
      'GETSTATUS',
      'GETSTATUS',
    ]);
  });

  it('leaves out numbers for blocks that are left out', async () => {
    const { session, wire, run } = await entered();
    await run(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    await run(session.writeBlock(FLASH, FLASH + 9 * 1024, new Uint8Array(1024), PACE));
    expect(wire().filter((line) => line.startsWith('DNLOAD'))).toEqual([
      'DNLOAD 0: 21 00 00 00 08',
      'DNLOAD 2: 1024 bytes',
      'DNLOAD 11: 1024 bytes',
    ]);
  });

  it('sends a short tail as block 2 behind an address of its own', async () => {
    const { session, wire, run } = await entered();
    await run(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    await run(session.writeBlock(FLASH, FLASH + 1024, new Uint8Array(96), PACE));
    expect(wire().filter((line) => line.startsWith('DNLOAD'))).toEqual([
      'DNLOAD 0: 21 00 00 00 08',
      'DNLOAD 2: 1024 bytes',
      'DNLOAD 0: 21 00 04 00 08',
      'DNLOAD 2: 96 bytes',
    ]);
  });

  it.each([
    ['beside the grid', 512],
    ['before its base', -1024],
  ])('sends a full block %s as block 2 behind an address of its own', async (_where, offset) => {
    const { session, wire, run } = await entered();
    const address = FLASH + 4096;
    await run(session.writeBlock(address, address + offset, new Uint8Array(1024), PACE));
    const [command, , , block] = wire();
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setUint32(0, address + offset, true);
    const text = [...new Uint8Array(bytes.buffer)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(' ');
    expect([command, block]).toEqual([`DNLOAD 0: 21 ${text}`, 'DNLOAD 2: 1024 bytes']);
  });

  it('begins anew where the block number has no more bits', async () => {
    const { session, wire, run } = await entered();
    const last = 65_535 - 2;
    for (const i of [last, last + 1, last + 2]) {
      await run(session.writeBlock(FLASH, FLASH + i * 1024, new Uint8Array(1024), PACE));
    }
    expect(wire().filter((line) => line.startsWith('DNLOAD'))).toEqual([
      'DNLOAD 0: 21 00 00 00 08',
      'DNLOAD 65535: 1024 bytes',
      'DNLOAD 0: 21 00 f8 ff 0b',
      'DNLOAD 2: 1024 bytes',
      'DNLOAD 0: 21 00 fc ff 0b',
      'DNLOAD 2: 1024 bytes',
    ]);
  });

  it('blocks are as long as the loader takes them', async () => {
    const { session, wire, run } = await entered({}, { transferSize: 2048 });
    session.limitTransferSize(1024);
    expect(session.transferSize).toBe(1024);
    session.limitTransferSize(4096);
    expect(session.transferSize).toBe(1024);
    await run(session.writeBlock(FLASH, FLASH + 1024, new Uint8Array(1024), PACE));
    expect(wire()).toContain('DNLOAD 3: 1024 bytes');
  });

  it.each([DfuStatus.errWrite, DfuStatus.errProg, DfuStatus.errVerify, DfuStatus.errUnknown])(
    'status %i is a failure to program',
    async (code) => {
      const { session, failure } = await answering([
        BUSY,
        DONE,
        BUSY,
        status(DfuState.error, { status: code }),
      ]);
      expect(await failure(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE))).toMatchObject({
        code: 'program-failed',
        facts: { address: FLASH, status: code, state: DfuState.error },
      });
    },
  );

  it('errVENDOR is read protection', async () => {
    const protectedNow = status(DfuState.error, { status: DfuStatus.errVendor });
    for (const answers of [[protectedNow], [BUSY, protectedNow]]) {
      const { session, failure } = await answering([BUSY, DONE, ...answers]);
      expect(await failure(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE))).toMatchObject({
        code: 'read-protected',
        facts: { address: FLASH },
      });
    }
  });

  it('is told apart from a state in which nothing was written', async () => {
    const { session, failure } = await answering([BUSY, DONE, IDLE]);
    expect(await failure(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE))).toMatchObject({
      code: 'program-failed',
      facts: { state: DfuState.dfuIdle },
    });
  });

  it.each([0, 5_000, 0xffffff])(
    'a block that stays busy with poll time %i is given up in time',
    async (poll) => {
      const rig = await willing({
        getStatus: (call) =>
          call === 0 ? IDLE : ([BUSY, DONE][call - 1] ?? status(DfuState.dnBusy, { poll })),
      });
      await rig.run(rig.session.enter());
      const started = rig.clock.now();
      const error = await rig.failure(rig.session.writeBlock(FLASH, FLASH, new Uint8Array(1024), {}));
      expect(error).toMatchObject({ code: 'stuck-busy', facts: { address: FLASH } });
      expect(rig.clock.now() - started).toBeLessThan(10_500);
      expect(rig.wire()).not.toContain('CLRSTATUS');
    },
  );

  it('a question that is stalled because it came too early is asked again', async () => {
    const { session, wire, run } = await answering([BUSY, DONE, BUSY, 'stall', 'stall', DONE]);
    await run(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    expect(wire().slice(3)).toEqual(['DNLOAD 2: 1024 bytes', ...Array<string>(4).fill('GETSTATUS')]);
  });

  it('a block is given up in time, also where stalls make the questions rare', async () => {
    const slow = status(DfuState.dnBusy, { poll: 4_500 });
    const answers: Reply[] = [BUSY, DONE, slow, 'stall', 'stall'];
    const rig = await willing({ getStatus: (call) => (call === 0 ? IDLE : (answers[call - 1] ?? slow)) });
    await rig.run(rig.session.enter());
    const started = rig.clock.now();
    const error = await rig.failure(rig.session.writeBlock(FLASH, FLASH, new Uint8Array(1024), {}));
    expect(error).toMatchObject({ code: 'stuck-busy' });
    expect(rig.clock.now() - started).toBeLessThan(10_500);
  });

  it('a loader that stalls every question is given up', async () => {
    const { session, wire, failure } = await answering([BUSY, DONE, BUSY, ...Array<Reply>(20).fill('stall')]);
    const error = await failure(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    expect(error).toMatchObject({ name: 'UsbError', kind: 'stall' });
    expect(wire().length).toBeLessThan(12);
  });
});

describe('reading', () => {
  it('goes to dfuIDLE behind a command, and block by block from there', async () => {
    const { session, wire, run } = await entered();
    expect(await run(session.readBlock(FLASH, FLASH, 1024))).toEqual(new Uint8Array(1024).fill(0xa5));
    await run(session.readBlock(FLASH, FLASH + 1024, 1024));
    expect(wire()).toEqual([...SET_ADDRESS, 'ABORT', 'UPLOAD 2: 1024 bytes', 'UPLOAD 3: 1024 bytes']);
  });

  it('reads a short tail as block 2 behind an address of its own', async () => {
    const { session, wire, run } = await entered();
    await run(session.readBlock(FLASH, FLASH, 1024));
    await run(session.readBlock(FLASH, FLASH + 1024, 40));
    expect(wire()).toEqual([
      ...SET_ADDRESS,
      'ABORT',
      'UPLOAD 2: 1024 bytes',
      'ABORT',
      'DNLOAD 0: 21 00 04 00 08',
      'GETSTATUS',
      'GETSTATUS',
      'ABORT',
      'UPLOAD 2: 40 bytes',
    ]);
  });

  it('is aborted before the next command or block', async () => {
    const { session, wire, run } = await entered();
    await run(session.readBlock(FLASH, FLASH, 1024));
    wire();
    await run(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    expect(wire()).toEqual(['ABORT', 'DNLOAD 2: 1024 bytes', 'GETSTATUS', 'GETSTATUS']);
  });

  it('keeps the pointer over the ABORT between writing and reading', async () => {
    const { session, wire, run } = await entered();
    await run(session.writeBlock(FLASH, FLASH, new Uint8Array(1024), PACE));
    wire();
    await run(session.readBlock(FLASH, FLASH, 1024));
    expect(wire()).toEqual(['ABORT', 'UPLOAD 2: 1024 bytes']);
  });

  it.each([0, 1, 1023])('says that %i bytes came where 1024 were asked for', async (got) => {
    const { session, failure } = await entered({ upload: [new Uint8Array(got)] });
    expect(await failure(session.readBlock(FLASH, FLASH, 1024))).toMatchObject({
      code: 'read-short',
      facts: { address: FLASH, wanted: 1024, got },
    });
  });

  it.each<[string, Reply, object]>([
    [
      'read protection',
      status(DfuState.error, { status: DfuStatus.errVendor }),
      { code: 'read-protected', facts: { address: FLASH } },
    ],
    [
      'a refusal',
      status(DfuState.error, { status: DfuStatus.errTarget }),
      { code: 'command-rejected', facts: { command: 'upload', address: FLASH, status: 1, state: 10 } },
    ],
    ['nothing', IDLE, { name: 'UsbError', kind: 'stall' }],
    ['a state that does not exist', status(0x0f), { name: 'UsbError', kind: 'stall' }],
  ])('asks why an upload stalled: %s', async (_why, answer, expected) => {
    const { session, failure, wire } = await answering([BUSY, DONE, answer], { upload: ['stall'] });
    const error = await failure(session.readBlock(FLASH, FLASH, 1024));
    expect(error).toMatchObject(expected);
    expect(wire().slice(-2)).toEqual(['UPLOAD 2: 1024 bytes', 'GETSTATUS']);
  });

  it.each<UsbFailureKind>(['timeout', 'gone', 'io', 'busy'])('does not ask after a %s', async (kind) => {
    const { session, failure, wire } = await entered({ upload: [kind] });
    expect(await failure(session.readBlock(FLASH, FLASH, 1024))).toMatchObject({ name: 'UsbError', kind });
    expect(wire().at(-1)).toBe('UPLOAD 2: 1024 bytes');
  });
});

describe('the list of commands', () => {
  it('is the answer to block 0', async () => {
    const { session, wire, run } = await entered({ upload: [Uint8Array.of(0, 0x21, 0x41, 0x92)] });
    expect(await run(session.readCommands())).toEqual([0, 0x21, 0x41, 0x92]);
    expect(wire()).toEqual(['UPLOAD 0: 64 bytes']);
  });

  it('is aborted even though it is short: not every loader takes a short answer for the end', async () => {
    const { session, wire, run } = await entered({ upload: [Uint8Array.of(0, 0x21, 0x41, 0x92)] });
    await run(session.readCommands());
    wire();
    await run(session.setAddress(FLASH));
    expect(wire()).toEqual(['ABORT', ...SET_ADDRESS]);
  });
});

describe('leaving', () => {
  const LEAVE = [...SET_ADDRESS, 'DNLOAD 2: nothing', 'GETSTATUS'];

  it.each<[string, Reply, 'left' | 'still-here']>([
    ['dfuMANIFEST', status(DfuState.manifest), 'left'],
    ['dfuMANIFEST-SYNC', status(DfuState.manifestSync), 'left'],
    ['a stall', 'stall', 'left'],
    ['silence', 'timeout', 'left'],
    ['nothing: it is gone', 'gone', 'left'],
    ['a broken packet', 'io', 'left'],
    ['half a status', new Uint8Array(3), 'left'],
    ['dfuERROR', status(DfuState.error, { status: DfuStatus.errFirmware }), 'still-here'],
    ['dfuIDLE', IDLE, 'still-here'],
    ['dfuDNLOAD-IDLE', DONE, 'still-here'],
    ['dfuMANIFEST-WAIT-RESET', status(DfuState.manifestWaitReset), 'still-here'],
  ])('the last answer is %s', async (_what, answer, end) => {
    const { session, wire, run } = await answering([BUSY, DONE, answer]);
    expect(await run(session.leave(FLASH))).toBe(end);
    expect(wire()).toEqual(LEAVE);
    expect(session.state).toBeUndefined();
  });

  it('a device that goes before it can be asked has left as well', async () => {
    const { session, run } = await entered({ dnload: ['done', 'gone'] });
    expect(await run(session.leave(FLASH))).toBe('left');
  });

  it('a loader that refuses to leave is no success', async () => {
    const { session, failure } = await entered({ dnload: ['done', 'stall'] });
    expect(await failure(session.leave(FLASH))).toMatchObject({ name: 'UsbError', kind: 'stall' });
  });

  it('starts from dfuDNLOAD-IDLE: in dfuIDLE a DNLOAD without data is an error', async () => {
    const { session, wire, run } = await entered();
    await run(session.readBlock(FLASH, FLASH, 1024));
    wire();
    await run(session.leave(FLASH));
    expect(wire()).toEqual(['ABORT', ...LEAVE]);
  });

  it('does not leave when the address is refused', async () => {
    const { session, wire, failure } = await answering([
      BUSY,
      status(DfuState.error, { status: DfuStatus.errTarget }),
    ]);
    expect(await failure(session.leave(FLASH))).toMatchObject({ code: 'command-rejected' });
    expect(wire()).toEqual(SET_ADDRESS);
  });
});

describe('taking read protection off', () => {
  const UNPROTECT = ['DNLOAD 0: 92', 'GETSTATUS'];

  it.each<[string, Reply]>([
    ['busy', BUSY],
    ['silence', 'timeout'],
    ['a stall', 'stall'],
    ['nothing: it is gone', 'gone'],
  ])('has begun when the answer is %s', async (_what, answer) => {
    const { session, wire, run } = await answering([answer]);
    await run(session.readUnprotect());
    expect(wire()).toEqual(UNPROTECT);
    expect(session.state).toBeUndefined();
  });

  it('has not begun when the loader refuses the command', async () => {
    const refused = await entered({ dnload: ['stall'] });
    expect(await refused.failure(refused.session.readUnprotect())).toMatchObject({
      name: 'UsbError',
      kind: 'stall',
    });
    const rejected = await answering([status(DfuState.error, { status: DfuStatus.errStalledPacket })]);
    expect(await rejected.failure(rejected.session.readUnprotect())).toMatchObject({
      code: 'command-rejected',
      facts: { command: 'read-unprotect', status: DfuStatus.errStalledPacket },
    });
  });
});

describe('after a failure nothing stale is believed', () => {
  const kinds: readonly UsbFailureKind[] = ['stall', 'timeout', 'gone', 'io', 'busy'];
  const write = ({ session }: ScriptedSession) =>
    session.writeBlock(FLASH, FLASH + 1024, new Uint8Array(1024), PACE);
  const read = ({ session }: ScriptedSession) => session.readBlock(FLASH, FLASH + 1024, 1024);

  /** Each request of a write behind a read, and of a read behind a write. */
  const cases: readonly (readonly [Call, (rig: ScriptedSession) => Promise<unknown>])[] = [
    ['abort', write],
    ['dnload', write],
    ['getStatus', write],
    ['abort', read],
    ['upload', read],
  ];

  it.each(kinds.flatMap((kind) => cases.map(([call, work]) => [kind, call, work] as const)))(
    'a %s of %s: the address is set again, and the state asked for',
    async (kind, call, work) => {
      const rig = await entered();
      await rig.run<unknown>(work === write ? read(rig) : write(rig));
      const { script } = rig.device;
      rig.device.script = { ...script, [call]: () => kind };
      const error = await rig.failure(work(rig));
      expect(error).toBeInstanceOf(UsbError);
      rig.device.script = { ...script, getStatus: () => IDLE };
      await rig.run(rig.session.enter());
      rig.device.script = { ...script, getStatus: () => DONE };
      rig.wire();
      await rig.run(work(rig));
      expect(rig.wire()[0]).toBe('DNLOAD 0: 21 00 00 00 08');
    },
  );

  it.each(kinds)(
    'a %s in the middle leaves no address to be believed, even without a new entry',
    async (kind) => {
      const rig = await entered();
      await rig.run(read(rig));
      const { script } = rig.device;
      rig.device.script = { ...script, upload: () => kind, getStatus: () => IDLE };
      await rig.failure(read(rig));
      rig.device.script = { ...script, getStatus: () => DONE };
      rig.wire();
      await rig.run(read(rig));
      expect(rig.wire()).toContain('DNLOAD 0: 21 00 00 00 08');
    },
  );

  it('a CLRSTATUS loses the address', async () => {
    const rig = await entered();
    await rig.run(rig.session.setAddress(FLASH));
    await rig.run(rig.session.clearStatus());
    rig.wire();
    rig.device.script = { ...rig.device.script, getStatus: () => DONE };
    await rig.run(rig.session.setAddress(FLASH));
    expect(rig.wire()[0]).toBe('DNLOAD 0: 21 00 00 00 08');
  });

  it('an ABORT does not make dfuIDLE of a loader nobody knows the state of', async () => {
    const rig = await entered();
    await rig.run(rig.session.clearStatus());
    await rig.run(rig.session.abort());
    expect(rig.session.state).toBeUndefined();
  });

  it('a status that is too short leaves no state', async () => {
    const { session, failure } = await answering([BUSY.slice(0, 4)]);
    expect(await failure(session.setAddress(FLASH))).toMatchObject({ code: 'protocol-violation' });
    expect(session.state).toBeUndefined();
  });
});
