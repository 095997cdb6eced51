/** The protocol as the ROM speaks it: states, commands, and what is an error in which of them. */
import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuState, DfuStatus } from '../dfuse/protocol.ts';
import type { DeviceDefinition } from './definition.ts';
import { definition, dnloadIdle, filled, idle, inError, littleEndian, stall, TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

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

describe('bus reset', () => {
  it('brings the loader back to dfuIDLE and its address pointer to the start', async () => {
    const host = await TestHost.with('g474', { contents: [{ address: FLASH, bytes: Uint8Array.of(1, 2) }] });
    await host.setAddress(FLASH + 4096);
    await host.usb.reset();
    expect(await host.getStatus()).toEqual(idle);
    expect([...(await host.upload(2, 2))]).toEqual([1, 2]);
  });
});
