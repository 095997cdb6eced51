/** Each kind of fault, seen from the host. */
import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuState, DfuStatus } from '../dfuse/protocol.ts';
import type { UsbEvent } from '../usb/port.ts';
import type { Fault } from './faults.ts';
import { demoApplication } from './catalogue/application.ts';
import { createVirtualDevice } from './catalogue/index.ts';
import { TestHost } from './test-host.ts';
import { VirtualBus } from './virtual-bus.ts';

const FLASH = 0x0800_0000;
const done = { status: 0, poll: 0, state: DfuState.dnloadIdle };

function h7(...faults: Fault[]): Promise<TestHost> {
  return TestHost.with('h743-v-0x92', { faults, contents: [{ address: FLASH, bytes: new Uint8Array(64) }] });
}

const kind = async (transfer: Promise<unknown>) =>
  transfer.then(
    () => 'done',
    (error: unknown) => (error as { kind: string }).kind,
  );

describe('a fault strikes', () => {
  it('the transfer with its number, counted over the life of the device', async () => {
    const host = await h7({ kind: 'stall', at: { index: 2 } });
    const kinds = [];
    for (let i = 0; i < 4; i++) kinds.push(await kind(host.getStatus()));
    expect(kinds).toEqual(['done', 'done', 'stall', 'done']);
    expect(host.device.transfers).toBe(4);
  });

  it('the request, command and address it names, after those it skips, as often as it says', async () => {
    const host = await h7({
      kind: 'stall',
      at: { request: DfuRequest.dnload, command: 'erase', address: FLASH, skip: 1, times: 2 },
    });
    const erases = [];
    for (const address of [FLASH, FLASH + 0x20000, FLASH, FLASH, FLASH]) {
      erases.push(await kind(host.erase(address)));
    }
    expect(erases).toEqual(['done', 'done', 'stall', 'stall', 'done']);
  });

  it('always, where it says so', async () => {
    const host = await h7({ kind: 'stall', at: { request: DfuRequest.getState, times: 'always' } });
    for (let i = 0; i < 5; i++) expect(await kind(host.getState())).toBe('stall');
    expect(await kind(host.getStatus())).toBe('done');
  });

  it.each([
    ['set-address', (host: TestHost) => host.setAddress(FLASH)],
    ['mass-erase', (host: TestHost) => host.download(0, [0x41])],
    ['read-unprotect', (host: TestHost) => host.download(0, [0x92])],
    ['unknown', (host: TestHost) => host.download(0, [0x77])],
    ['write', (host: TestHost) => host.download(2, [1, 2])],
    ['leave', (host: TestHost) => host.download(2, [])],
    ['read', (host: TestHost) => host.upload(2, 2)],
    ['get-commands', (host: TestHost) => host.upload(0, 4)],
  ] as const)('%s by its name', async (command, send) => {
    const host = await h7({ kind: 'stall', at: { command } });
    await host.getStatus();
    expect(await kind(send(host))).toBe('stall');
  });
});

describe('stall', () => {
  it('leaves the state as it is', async () => {
    const host = await h7({ kind: 'stall', at: { command: 'erase' } });
    await expect(host.sendErase(FLASH)).rejects.toMatchObject({ kind: 'stall' });
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });

  it('latches dfuERROR where it says so', async () => {
    const host = await h7({ kind: 'stall', at: { command: 'erase' }, latched: true });
    await expect(host.sendErase(FLASH)).rejects.toMatchObject({ kind: 'stall' });
    expect(await host.getStatus()).toEqual({
      status: DfuStatus.errStalledPacket,
      poll: 0,
      state: DfuState.error,
    });
  });

  it('is all a latched one can be in an application', async () => {
    const host = await TestHost.with('f405', {
      protection: 2,
      application: demoApplication,
      faults: [{ kind: 'stall', at: {}, latched: true }],
    });
    await expect(host.getState()).rejects.toMatchObject({ kind: 'stall' });
    expect(await host.getState()).toBe(DfuState.appIdle);
  });
});

describe('timeout', () => {
  it('takes until the deadline, once, and nothing is done', async () => {
    const host = await h7({ kind: 'timeout', at: { command: 'erase' } });
    const before = host.clock.now();
    await expect(host.sendErase(FLASH)).rejects.toMatchObject({ kind: 'timeout' });
    expect(host.clock.now() - before).toBe(10_000);
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });

  it('loses only the answer where the request was executed', async () => {
    const host = await h7({ kind: 'timeout', at: { command: 'erase' }, executed: true });
    await expect(host.sendErase(FLASH)).rejects.toMatchObject({ kind: 'timeout' });
    expect((await host.untilDone())[0]).toEqual(done);
    expect(host.device.flash.eraseCounts[0]).toBe(1);
  });
});

describe('disconnect', () => {
  it.each([
    { when: 'before', erased: 0 },
    { when: 'after', erased: 0xff },
  ] as const)('$when the device has begun leaves the cell at $erased', async ({ when, erased }) => {
    const host = await h7({ kind: 'disconnect', at: { index: 1 }, when });
    await host.sendErase(FLASH);
    await expect(host.getStatus()).rejects.toMatchObject({ kind: 'gone' });
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(erased);
    expect(host.device.flash.eraseCounts[0]).toBe(0);
    await host.clock.sleep(1000);
    expect(await host.bus.list()).toEqual([]);
    await host.bus.replug('1-1');
    await host.clock.sleep(1000);
    await host.reopen();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });
});

describe('corruption', () => {
  it('on write lands in the flash', async () => {
    const host = await h7({ kind: 'corrupt-write', at: { command: 'write' }, offset: 5, mask: 0x81 });
    await host.write(FLASH + 1024, new Uint8Array(32).fill(0x0f));
    expect([...host.device.flash.read(FLASH + 1028, 3)]).toEqual([0x0f, 0x8e, 0x0f]);
  });

  it('on read does not', async () => {
    const host = await h7({ kind: 'corrupt-read', at: { command: 'read' }, offset: 3, mask: 1 });
    expect([...(await host.read(FLASH, 4))]).toEqual([0, 0, 0, 1]);
    expect([...(await host.upload(2, 4))]).toEqual([0, 0, 0, 0]);
  });

  it('behind the end of the data is none', async () => {
    const host = await h7(
      { kind: 'corrupt-read', at: { command: 'read' }, offset: 64, mask: 1 },
      { kind: 'corrupt-write', at: { command: 'write' }, offset: 5000, mask: 1 },
    );
    expect([...(await host.read(FLASH, 4))]).toEqual([0, 0, 0, 0]);
    await host.abort();
    expect(await host.write(FLASH + 1024, new Uint8Array(32))).toEqual(done);
  });
});

describe('a stuck loader', () => {
  const wedge = async (until: 'clear-status' | 'reset' | 'replug', device = 'c5') => {
    const host = await TestHost.with(device, {
      faults: [{ kind: 'stuck-busy', at: { command: 'erase' }, until }],
    });
    await host.sendErase(FLASH);
    for (let i = 0; i < 20; i++) {
      expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
      await host.clock.sleep(1000);
    }
    expect(host.device.flash.eraseCounts[0]).toBe(1);
    return host;
  };

  it('is freed by CLRSTATUS twice, even on a chip that stalls that otherwise', async () => {
    const host = await wedge('clear-status');
    await host.clearStatus();
    expect(await host.getStatus()).toEqual({ status: DfuStatus.errUnknown, poll: 0, state: DfuState.error });
    await host.clearStatus();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });

  it.each(['reset', 'replug'] as const)('until %s refuses everything but GETSTATUS', async (until) => {
    const host = await wedge(until);
    for (const request of [host.clearStatus(), host.abort.bind(host), host.getState.bind(host)]) {
      await expect(typeof request === 'function' ? request() : request).rejects.toMatchObject({
        kind: 'stall',
      });
    }
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
  });

  it.each(['clear-status', 'reset'] as const)('until %s is freed by a bus reset', async (until) => {
    const host = await wedge(until);
    await host.usb.reset();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });

  it('until replug is freed by nothing less', async () => {
    const host = await wedge('replug', 'h743-v-0x92');
    await host.usb.reset();
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
    await host.bus.replug('1-1');
    await host.clock.sleep(1000);
    await host.reopen();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });
});

describe('poll times', () => {
  it('can be too long and too short; the operation takes its own time', async () => {
    const host = await TestHost.with('g474', {
      faults: [
        { kind: 'poll-time', at: { command: 'erase', address: FLASH }, milliseconds: 0x012345 },
        { kind: 'poll-time', at: { command: 'erase', address: FLASH + 2048 }, milliseconds: 1 },
      ],
    });
    await host.sendErase(FLASH);
    expect((await host.getStatus()).poll).toBe(0x012345);
    await host.clock.sleep(22);
    expect(await host.getStatus()).toEqual(done);
    await host.sendErase(FLASH + 2048);
    expect((await host.getStatus()).poll).toBe(1);
    await host.clock.sleep(1);
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
  });
});

describe('bad memory', () => {
  it('does not erase, and the loader says it did', async () => {
    const host = await h7({ kind: 'sector-not-erasable', address: FLASH + 100 });
    expect(await host.erase(FLASH)).toEqual(done);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0);
  });

  it('does not program a bit, and the loader says it did', async () => {
    const host = await h7({ kind: 'bits-not-programmable', address: FLASH + 1025, mask: 0x40 });
    expect(await host.write(FLASH + 1024, new Uint8Array(32))).toEqual(done);
    expect([...host.device.flash.read(FLASH + 1024, 3)]).toEqual([0, 0x40, 0]);
  });
});

describe('a lost event', () => {
  it('is not told, and the list is right all the same', async () => {
    const host = await h7(
      { kind: 'lost-event', event: 'detached', occurrence: 1 },
      { kind: 'lost-event', event: 'attached', occurrence: 0 },
    );
    const events: UsbEvent['type'][] = [];
    host.bus.subscribe((event) => events.push(event.type));
    for (let i = 0; i < 2; i++) {
      await host.bus.replug('1-1');
      await host.clock.sleep(1000);
      expect(await host.bus.list()).toHaveLength(1);
    }
    expect(events).toEqual(['detached', 'attached']);
  });
});

describe('the system', () => {
  it('refuses to open and to claim, as often as the plan says', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const refusing = createVirtualDevice('h743-v-0x92', {
      clock: host.clock,
      faults: [
        { kind: 'open-refused', failure: 'no-permission' },
        { kind: 'claim-refused', failure: 'busy', times: 2 },
      ],
    });
    const [usb] = await new VirtualBus(host.clock, [refusing]).list();
    await expect(usb?.open()).rejects.toMatchObject({ kind: 'no-permission' });
    await usb?.open();
    await expect(usb?.claim(0)).rejects.toMatchObject({ kind: 'busy' });
    await expect(usb?.claim(0)).rejects.toMatchObject({ kind: 'busy' });
    await usb?.claim(0);
  });

  it('can refuse for ever', async () => {
    const faults = [{ kind: 'open-refused', failure: 'no-driver', times: 'always' }] as const;
    for (let i = 0; i < 3; i++) {
      await expect(TestHost.with('f405', { faults })).rejects.toMatchObject({ kind: 'no-driver' });
    }
  });
});
