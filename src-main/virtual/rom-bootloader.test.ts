import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuState, DfuStatus } from '../dfuse/protocol.ts';
import { virtualDevices } from './catalogue/index.ts';
import type { DeviceDefinition, LoaderModel } from './definition.ts';
import { littleEndian, TestHost } from './test-host.ts';
import type { StatusReply } from './test-host.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

function definition(name: string, loader: Partial<LoaderModel> = {}): DeviceDefinition {
  const found = virtualDevices.get(name);
  if (!found) throw new Error(`no device ${name}`);
  return { ...found, loader: { ...found.loader, ...loader } };
}

const stall = expect.objectContaining({ kind: 'stall' }) as unknown;
const idle: StatusReply = { status: DfuStatus.ok, poll: 0, state: DfuState.dfuIdle };
const dnloadIdle: StatusReply = { status: DfuStatus.ok, poll: 0, state: DfuState.dnloadIdle };
const inError = (status: number): StatusReply => ({ status, poll: 0, state: DfuState.error });

function filled(length: number, value = 0x5a): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe('state table', () => {
  /** Erases slowly and stalls CLRSTATUS where DFU 1.1 does. */
  const strict = (): DeviceDefinition => {
    const c5 = definition('c5');
    return { ...c5, timing: { ...c5.timing, erase: { [8 * KB]: 1000 } } };
  };

  const requests: Record<string, (host: TestHost) => Promise<unknown>> = {
    DNLOAD: (host) => host.download(0, [0x21, ...littleEndian(FLASH)]),
    UPLOAD: (host) => host.upload(2, 64),
    GETSTATUS: (host) => host.getStatus(),
    CLRSTATUS: (host) => host.clearStatus(),
    GETSTATE: (host) => host.getState(),
    ABORT: (host) => host.abort(),
    DETACH: (host) => host.out(DfuRequest.detach, 1000),
  };

  interface Row {
    readonly state: string;
    readonly number: number;
    readonly enter: (host: TestHost) => Promise<unknown>;
    /** The legal requests and the state each leads to. */
    readonly legal: Record<string, number>;
  }

  const rows: Row[] = [
    {
      state: 'dfuIDLE',
      number: DfuState.dfuIdle,
      enter: () => Promise.resolve(),
      legal: {
        DNLOAD: DfuState.dnloadSync,
        UPLOAD: DfuState.uploadIdle,
        GETSTATUS: DfuState.dfuIdle,
        GETSTATE: DfuState.dfuIdle,
        ABORT: DfuState.dfuIdle,
      },
    },
    {
      state: 'dfuDNLOAD-SYNC',
      number: DfuState.dnloadSync,
      enter: (host) => host.sendErase(FLASH),
      legal: { GETSTATUS: DfuState.dnBusy, GETSTATE: DfuState.dnloadSync },
    },
    {
      state: 'dfuDNBUSY',
      number: DfuState.dnBusy,
      enter: async (host) => {
        await host.sendErase(FLASH);
        await host.getStatus();
      },
      legal: { GETSTATUS: DfuState.dnBusy },
    },
    {
      state: 'dfuDNLOAD-IDLE',
      number: DfuState.dnloadIdle,
      enter: (host) => host.setAddress(FLASH),
      legal: {
        DNLOAD: DfuState.dnloadSync,
        GETSTATUS: DfuState.dnloadIdle,
        GETSTATE: DfuState.dnloadIdle,
        ABORT: DfuState.dfuIdle,
      },
    },
    {
      state: 'dfuMANIFEST-SYNC',
      number: DfuState.manifestSync,
      enter: (host) => host.download(2, []),
      legal: { GETSTATUS: DfuState.manifest, GETSTATE: DfuState.manifestSync },
    },
    {
      state: 'dfuMANIFEST',
      number: DfuState.manifest,
      enter: async (host) => {
        await host.download(2, []);
        await host.getStatus();
      },
      legal: {},
    },
    {
      state: 'dfuUPLOAD-IDLE',
      number: DfuState.uploadIdle,
      enter: (host) => host.upload(2, 64),
      legal: {
        UPLOAD: DfuState.uploadIdle,
        GETSTATUS: DfuState.uploadIdle,
        GETSTATE: DfuState.uploadIdle,
        ABORT: DfuState.dfuIdle,
      },
    },
    {
      state: 'dfuERROR',
      number: DfuState.error,
      enter: (host) => host.upload(1, 64).catch(() => undefined),
      legal: { CLRSTATUS: DfuState.dfuIdle, GETSTATUS: DfuState.error, GETSTATE: DfuState.error },
    },
  ];

  const legal = rows.flatMap((row) =>
    Object.entries(row.legal).map(([request, leadsTo]) => ({ ...row, request, leadsTo })),
  );
  const illegal = rows.flatMap((row) =>
    Object.keys(requests)
      .filter((request) => !(request in row.legal))
      .map((request) => ({ ...row, request })),
  );

  it.each(legal)('$request is legal in $state and leads to state $leadsTo', async (row) => {
    const host = await TestHost.with(strict());
    await row.enter(host);
    const answer = await requests[row.request]?.(host);
    if (row.request === 'GETSTATUS') expect(answer).toMatchObject({ state: row.leadsTo });
    else if (row.request === 'GETSTATE') expect(answer).toBe(row.leadsTo);
    else expect(await host.getState()).toBe(row.leadsTo);
  });

  it.each(illegal)('$request is refused in $state and leads to dfuERROR', async (row) => {
    const host = await TestHost.with(strict());
    await row.enter(host);
    await expect(requests[row.request]?.(host)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errStalledPacket));
  });

  it('has every request once in every state', () => {
    expect(legal.length + illegal.length).toBe(rows.length * Object.keys(requests).length);
  });
});

describe('CLRSTATUS outside dfuERROR', () => {
  it('enters dfuERROR with errUNKNOWN on most loaders, and a second one clears it', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.clearStatus();
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errUnknown));
    await host.clearStatus();
    expect(await host.getStatus()).toEqual(idle);
  });

  it('is stalled by C5', async () => {
    const host = await TestHost.with('c5');
    await expect(host.clearStatus()).rejects.toEqual(stall);
  });

  it('does nothing on the GD32', async () => {
    const host = await TestHost.idle('gd32vf103');
    await host.clearStatus();
    expect(await host.getStatus()).toEqual(idle);
  });
});

describe('first contact', () => {
  it.each(['f405', 'f411', 'gd32vf103'])(
    'finds %s in dfuERROR with errFIRMWARE, and CLRSTATUS clears it',
    async (name) => {
      const host = await TestHost.with(name);
      expect(await host.getStatus()).toEqual(inError(DfuStatus.errFirmware));
      await host.clearStatus();
      expect(await host.getStatus()).toEqual(idle);
    },
  );

  it.each(['h743-v-0x92', 'g474', 'l476'])('finds %s in dfuIDLE', async (name) => {
    expect(await (await TestHost.with(name)).getStatus()).toEqual(idle);
  });
});

describe('commands', () => {
  it('run at the first GETSTATUS, which says dfuDNBUSY, and are over at a later one', async () => {
    const host = await TestHost.with('g474', { contents: [{ address: FLASH, bytes: filled(16) }] });
    await host.sendErase(FLASH);
    await host.clock.sleep(1000);
    expect(host.device.flash.eraseCounts[0]).toBe(0);
    const [last, ...busy] = await host.untilDone();
    expect(busy.at(-1)).toMatchObject({ status: DfuStatus.ok, state: DfuState.dnBusy });
    expect(last).toEqual(dnloadIdle);
    expect(host.device.flash.eraseCounts[0]).toBe(1);
  });

  it('lists itself to UPLOAD with block 0', async () => {
    expect([...(await (await TestHost.with('h743-v-0x92')).upload(0, 64))]).toEqual([0x00, 0x21, 0x41, 0x92]);
    expect([...(await (await TestHost.with('h563')).upload(0, 64))]).toEqual([0x00, 0x21, 0x41]);
  });

  it.each([
    ['an unknown command', [0x33]],
    ['SET_ADDRESS cut short', [0x21, 0x00]],
    ['ERASE with a tail', [0x41, 0, 0, 0, 8, 0]],
  ])('rejects %s at the GETSTATUS that should start it', async (_, bytes) => {
    const host = await TestHost.with('g474');
    await host.download(0, bytes);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errStalledPacket));
  });

  it('does not know READ_UNPROTECT on H5', async () => {
    const host = await TestHost.with('h563');
    await host.download(0, [0x92]);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errStalledPacket));
  });

  it.each([
    ['a block number of 1', 1, 64],
    ['a block of one byte', 2, 1],
    ['a block above wTransferSize', 2, 1025],
    ['a block of 2048 bytes on a loader for 1024', 2, 2048],
  ])('stalls a DNLOAD with %s', async (_, block, length) => {
    const host = await TestHost.with('g474');
    await expect(host.download(block, filled(length))).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errStalledPacket));
  });

  it.each([
    ['a block number of 1', 1, 64],
    ['a length of 1', 2, 1],
    ['a length above wTransferSize', 2, 1025],
  ])('stalls an UPLOAD with %s', async (_, block, length) => {
    const host = await TestHost.with('g474');
    await expect(host.upload(block, length)).rejects.toEqual(stall);
  });

  it('stalls a request in the wrong direction, and one for another interface', async () => {
    const host = await TestHost.with('g474');
    await expect(host.out(DfuRequest.getStatus)).rejects.toEqual(stall);
    await host.clearStatus();
    await expect(host.in(DfuRequest.abort, 1)).rejects.toEqual(stall);
    await host.clearStatus();
    const other = { requestType: 0xa1, request: DfuRequest.getStatus, value: 0, index: 1 };
    await expect(host.usb.controlIn(other, 6, 100)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(idle);
  });
});

describe('addresses', () => {
  it.each([0x0000_0000, 0x0810_0000, 0x4000_0000, 0xe004_2000])(
    'out of range end SET_ADDRESS in errTARGET (%#)',
    async (address) => {
      const host = await TestHost.idle('f405');
      expect(await host.setAddress(address)).toEqual(inError(DfuStatus.errTarget));
    },
  );

  it('outside the flash end ERASE in errTARGET', async () => {
    const host = await TestHost.idle('f405');
    expect(await host.erase(0x2000_4000)).toEqual(inError(DfuStatus.errTarget));
  });

  it('of a block count in lengths of that very request: a short block with a risen number lands wrongly', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH);
    await host.download(2, filled(1024, 0x11));
    await host.untilDone();
    await host.download(3, filled(64, 0x22));
    await host.untilDone();
    expect(host.device.flash.read(FLASH + 64, 1)[0]).toBe(0x11 & 0x22);
    expect(host.device.flash.read(FLASH + 1024, 1)[0]).toBe(0xff);
    expect(host.device.flash.faults).toEqual([{ kind: 'not-erased', address: FLASH + 64, count: 64 }]);
  });

  it('of a short read with a risen number follow the same rule', async () => {
    const contents = [{ address: FLASH, bytes: Uint8Array.from({ length: 4096 }, (_, i) => i >> 6) }];
    const host = await TestHost.with('h743-v-0x92', { contents });
    await host.read(FLASH, 1024);
    expect((await host.upload(3, 1024))[0]).toBe(1024 >> 6);
    expect((await host.upload(4, 128))[0]).toBe(256 >> 6);
  });

  it('of full blocks with rising numbers follow each other', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH);
    for (let block = 2; block < 6; block++) {
      await host.download(block, filled(1024, block));
      await host.untilDone();
    }
    expect([0, 1, 2, 3, 4].map((i) => host.device.flash.read(FLASH + i * 1024, 1)[0])).toEqual([
      2, 3, 4, 5, 0xff,
    ]);
    expect(host.device.flash.faults).toEqual([]);
  });

  it('beyond the end of a region end a write in errTARGET, and a read short', async () => {
    const host = await TestHost.idle('f405');
    const end = FLASH + 1024 * KB;
    expect(await host.write(end - 4, filled(8))).toEqual(inError(DfuStatus.errTarget));
    await host.clearStatus();
    expect(await host.read(end - 4, 64)).toHaveLength(4);
    expect(await host.getStatus()).toEqual(idle);
  });

  it('that only exist by the layout string swallow what is written, and tests can see it', async () => {
    const host = await TestHost.with('h750');
    expect(await host.erase(FLASH + 128 * KB)).toEqual(dnloadIdle);
    expect(await host.write(FLASH + 128 * KB, filled(32))).toEqual(dnloadIdle);
    expect(host.device.flash.faults.map((fault) => fault.kind)).toEqual(['absent', 'absent']);
    await host.abort();
    expect([...(await host.read(FLASH + 128 * KB, 2))]).toEqual([0xff, 0xff]);
  });
});

describe('memories', () => {
  const register = async (name: string, address: number, length: number) => [
    ...(await (await TestHost.idle(name)).read(address, length)),
  ];

  it('shows the bootloader ID, flash size and unique ID', async () => {
    expect(await register('h743-v-0x90', 0x1ff1e7fe, 2)).toEqual([0x90, 0xff]);
    expect(await register('c5', 0x0bf885fe, 2)).toEqual([0x01, 0x01]);
    expect(await register('h743-v-0x90', 0x1ff1e880, 2)).toEqual([0x00, 0x08]);
    expect(await register('h750', 0x1ff1e880, 2)).toEqual([128, 0]);
    expect(await register('h743-v-0x92', 0x1ff1e800, 12)).toEqual(
      [0x002d0030, 0x3334510b, 0x32313533].flatMap(littleEndian),
    );
  });

  it('answers no bytes and no error at the unique ID of an F4, but reads on from the OTP before it', async () => {
    const host = await TestHost.idle('f405');
    expect(await host.read(0x1fff7a10, 12)).toHaveLength(0);
    expect(await host.getStatus()).toEqual(idle);
    const otp = await host.read(0x1fff7a00, 64);
    expect(otp[0x22]).toBe(1024 & 0xff);
    expect(otp[0x23]).toBe(1024 >> 8);
  });

  it('refuses to read the unique ID of a G4', async () => {
    const host = await TestHost.with('g474');
    await expect(host.read(0x1fff7590, 12)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errTarget));
  });

  it('refuses to read DBGMCU on an F4, and hangs at it on an F7 until the power goes', async () => {
    const f4 = await TestHost.idle('f405');
    expect(await f4.setAddress(0xe0042000)).toEqual(inError(DfuStatus.errTarget));
    const f7 = await TestHost.idle('f746');
    await expect(f7.read(0xe0042000, 4)).rejects.toMatchObject({ kind: 'timeout' });
    await f7.usb.reset();
    await expect(f7.getStatus()).rejects.toMatchObject({ kind: 'timeout' });
    await f7.bus.replug(f7.usb.path);
    await f7.clock.sleep(1000);
    await f7.reopen();
    expect(await f7.getStatus()).toMatchObject({ state: DfuState.dfuIdle });
  });

  it('writes RAM and data EEPROM without an erase', async () => {
    const host = await TestHost.with('l072');
    expect(await host.write(0x08080000, [1, 2])).toEqual(dnloadIdle);
    expect(await host.write(0x20001400, [3, 4])).toEqual(dnloadIdle);
    await host.abort();
    expect([...(await host.read(0x08080000, 2))]).toEqual([1, 2]);
    await host.abort();
    expect([...(await host.read(0x20001400, 2))]).toEqual([3, 4]);
  });

  it('only clears bits in OTP', async () => {
    const host = await TestHost.with('l476');
    await host.write(0x1fff7000, [0xf0, 0xff]);
    await host.write(0x1fff7000, [0x3c, 0xff]);
    expect([...host.device.peek(0x1fff7000, 2)]).toEqual([0x30, 0xff]);
  });

  it('does not let system memory be written', async () => {
    const host = await TestHost.with('h743-v-0x92');
    expect(await host.write(0x1ff1e7fe, [1, 2])).toEqual(inError(DfuStatus.errTarget));
  });

  it('sees nothing where nothing is', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.setAddress(FLASH + 2 * 1024 * KB - 1024);
    await host.abort();
    await expect(host.upload(3, 1024)).rejects.toEqual(stall);
    expect(await host.getStatus()).toEqual(inError(DfuStatus.errTarget));
    expect(() => host.device.peek(0, 4)).toThrow(RangeError);
  });
});

describe('while an operation runs', () => {
  it('G4 answers dfuDNBUSY', async () => {
    const host = await TestHost.with('g474');
    await host.sendErase(FLASH);
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
    await host.clock.sleep(22);
    expect(await host.getStatus()).toEqual(dnloadIdle);
  });

  it('H7 holds the first GETSTATUS for about a second and answers it with dfuDNBUSY', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.sendErase(FLASH);
    const before = host.clock.now();
    expect(await host.getStatus()).toEqual({ status: 0, poll: 1000, state: DfuState.dnBusy });
    expect(host.clock.now() - before).toBeGreaterThanOrEqual(900);
    expect(host.clock.now() - before).toBeLessThanOrEqual(1100);
    expect(await host.getStatus()).toEqual(dnloadIdle);
  });

  it('F4 answers the first GETSTATUS at once and holds the next one', async () => {
    const host = await TestHost.idle('f405');
    await host.sendErase(FLASH);
    const before = host.clock.now();
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
    expect(host.clock.now() - before).toBeLessThan(5);
    expect(await host.getStatus()).toEqual(dnloadIdle);
    expect(host.clock.now() - before).toBeGreaterThanOrEqual(250);
  });

  it('L4 stalls a GETSTATUS that comes too early, and its state stays', async () => {
    const host = await TestHost.with('l476');
    await host.sendErase(FLASH);
    expect((await host.getStatus()).poll).toBe(10);
    await host.clock.sleep(10);
    await expect(host.getStatus()).rejects.toEqual(stall);
    await host.clock.sleep(15);
    expect(await host.getStatus()).toEqual(dnloadIdle);
  });

  it('a held GETSTATUS that is cancelled does not disturb the erase', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.sendErase(FLASH);
    await expect(host.getStatus(500)).rejects.toMatchObject({ kind: 'timeout' });
    await expect(host.getStatus(200)).rejects.toMatchObject({ kind: 'timeout' });
    expect(await host.getStatus()).toEqual(dnloadIdle);
    expect(host.device.flash.eraseCounts[0]).toBe(1);
  });
});

describe('a host that does not wait', () => {
  it('loses a block it sends while another one is programmed, and the first one lands whole', async () => {
    const host = await TestHost.with('g474');
    await host.setAddress(FLASH);
    await host.download(2, filled(1024, 0x11));
    await host.getStatus();
    await host.clearStatus();
    await host.clearStatus();
    await host.download(3, filled(1024, 0x22));
    await host.getStatus();
    await host.clock.sleep(100);
    expect(host.device.flash.read(FLASH, 1024).every((byte) => byte === 0x11)).toBe(true);
    expect(host.device.flash.read(FLASH + 1024, 1)[0]).toBe(0xff);
    expect(host.device.flash.faults).toEqual([{ kind: 'busy', address: FLASH + 1024 }]);
  });

  it('is not heard by a loader that is deaf until its request is cancelled', async () => {
    const host = await TestHost.idle('f405');
    await host.sendErase(FLASH);
    await host.getStatus();
    await expect(host.out(DfuRequest.abort, 0, undefined, 100)).rejects.toMatchObject({ kind: 'timeout' });
    expect(await host.getStatus()).toEqual(dnloadIdle);
  });
});

describe('mass erase', () => {
  const contents = [{ address: FLASH, bytes: filled(4096) }];
  const massErase = async (name: string) => {
    const host = await TestHost.idle(name, { contents });
    await host.download(0, [0x41]);
    const answers: StatusReply[] = [];
    do {
      answers.push(await host.getStatus(100_000));
    } while (answers.at(-1)?.state === DfuState.dnBusy);
    return { host, answers, blank: host.device.flash.snapshot().every((byte) => byte === 0xff) };
  };

  it('erases everything on an F4, in much more than the time it reports', async () => {
    const { host, answers, blank } = await massErase('f405');
    expect(answers[0]?.poll).toBe(100);
    expect(host.clock.now()).toBeGreaterThan(30_000);
    expect(blank).toBe(true);
  });

  it('reports success and does nothing on loader 0xD3', async () => {
    const { answers, blank } = await massErase('h743-y-0xd3');
    expect(answers.at(-1)).toEqual(dnloadIdle);
    expect(blank).toBe(false);
  });

  it('fails on the GD32', async () => {
    const { answers, blank } = await massErase('gd32vf103');
    expect(answers.at(-1)).toEqual(inError(DfuStatus.errErase));
    expect(blank).toBe(false);
  });

  it('is half done when the power fails', async () => {
    const host = await TestHost.with('g474', { contents: [{ address: FLASH, bytes: filled(512 * KB) }] });
    await host.download(0, [0x41]);
    await host.getStatus();
    host.bus.unplug(host.usb.path);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0xff);
    expect(host.device.flash.read(FLASH + 511 * KB, 1)[0]).toBe(0x5a);
  });
});

describe('power loss', () => {
  it('clears the RAM', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.write(0x2400_5000, [1, 2]);
    await host.bus.replug('1-1');
    expect(host.device.peek(0x2400_5000, 1)[0]).toBe(0);
  });

  it('leaves a sector half erased and a block half written', async () => {
    const host = await TestHost.with('g474', { contents: [{ address: FLASH, bytes: filled(2048) }] });
    await host.sendErase(FLASH);
    await host.getStatus();
    host.bus.unplug(host.usb.path);
    expect([0, 1023, 1024].map((i) => host.device.flash.read(FLASH + i, 1)[0])).toEqual([0xff, 0xff, 0x5a]);

    await host.bus.replug(host.device.path ?? '1-1');
    await host.clock.sleep(1000);
    await host.reopen();
    await host.setAddress(FLASH + 4096);
    await host.download(2, filled(1024, 0));
    await host.getStatus();
    host.bus.unplug('1-1');
    expect([0, 511, 512].map((i) => host.device.flash.read(FLASH + 4096 + i, 1)[0])).toEqual([0, 0, 0xff]);
  });
});

describe('power loss on a loader that is deaf while it erases', () => {
  it('leaves a sector half erased too', async () => {
    const host = await TestHost.idle('f405', { contents: [{ address: FLASH, bytes: filled(16 * KB) }] });
    await host.sendErase(FLASH);
    await host.getStatus();
    const held = host.getStatus();
    await host.clock.sleep(100);
    host.bus.unplug('1-1');
    await expect(held).rejects.toMatchObject({ kind: 'gone' });
    expect([0, 16 * KB - 1].map((i) => host.device.flash.read(FLASH + i, 1)[0])).toEqual([0xff, 0x5a]);
  });
});

describe('L47x blocks', () => {
  it.each([
    { length: 258, last: 0xa5 },
    { length: 264, last: 0x5a },
    { length: 250, last: 0x5a },
  ])('of $length bytes end in $last', async ({ length, last }) => {
    const host = await TestHost.with('l476');
    await host.setAddress(FLASH);
    await host.download(2, filled(length));
    await host.getStatus();
    await host.clock.sleep(50);
    expect(host.device.flash.read(FLASH + length - 1, 1)[0]).toBe(last);
  });
});

describe('bus reset', () => {
  it('brings the loader back to dfuIDLE and its address pointer to the start', async () => {
    const host = await TestHost.with('g474', { contents: [{ address: FLASH, bytes: Uint8Array.of(1, 2) }] });
    await host.setAddress(FLASH + 4096);
    await host.usb.reset();
    expect(await host.getStatus()).toEqual(idle);
    expect([...(await host.upload(2, 2))]).toEqual([1, 2]);
  });
});
