/** Erase in the second bank of an H743, loader by loader: the reason for this project (AN2606 table 136). */
import { describe, expect, it } from 'vitest';
import { DfuState, DfuStatus } from '../dfuse/protocol.ts';
import { littleEndian, TestHost } from './test-host.ts';

const BANK_2 = 0x0810_0000;
const contents = [{ address: BANK_2, bytes: new Uint8Array(64) }];
const SECTOR_8 = 8;

const busy = { status: 0, poll: 1000, state: DfuState.dnBusy };
const done = { status: 0, poll: 0, state: DfuState.dnloadIdle };

describe.each(['h743-y-0xd2', 'h743-y-0xd3', 'h743-v-0x92'])('%s', (name) => {
  it('erases bank 2 like bank 1', async () => {
    const host = await TestHost.with(name, { contents });
    await host.sendErase(BANK_2);
    expect(await host.getStatus()).toEqual(busy);
    expect(await host.getStatus()).toEqual(done);
    expect(host.device.flash.read(BANK_2, 1)[0]).toBe(0xff);
  });
});

describe.each(['h743-v-0x90', 'h743-v-0x91'])('%s', (name) => {
  it('erases bank 1 as documented', async () => {
    const host = await TestHost.with(name);
    expect(await host.erase(0x080e_0000)).toEqual(done);
    expect(host.device.flash.eraseCounts[7]).toBe(1);
  });

  it('answers the first GETSTATUS in bank 2 after 16 ms, while the erase takes its second', async () => {
    const host = await TestHost.with(name, { contents });
    await host.sendErase(BANK_2);
    const before = host.clock.now();
    expect(await host.getStatus()).toEqual(busy);
    expect(host.clock.now() - before).toBeGreaterThanOrEqual(16);
    expect(host.clock.now() - before).toBeLessThan(20);
    expect(host.device.flash.eraseCounts[SECTOR_8]).toBe(0);
    await host.clock.sleep(1000);
    expect(host.device.flash.eraseCounts[SECTOR_8]).toBe(1);
  });

  it('goes on erasing over a bus reset', async () => {
    const host = await TestHost.with(name, { contents });
    await host.sendErase(BANK_2);
    await host.getStatus();
    await host.usb.reset();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
    expect(host.device.flash.eraseCounts[SECTOR_8]).toBe(0);
    await host.clock.sleep(1000);
    expect(host.device.flash.read(BANK_2, 1)[0]).toBe(0xff);
  });
});

describe('h743-v-0x90', () => {
  it('answers dfuDNBUSY for ever', async () => {
    const host = await TestHost.with('h743-v-0x90', { contents });
    await host.sendErase(BANK_2);
    for (let i = 0; i < 100; i++) {
      expect(await host.getStatus()).toEqual(busy);
      await host.clock.sleep(1000);
    }
    expect(host.device.flash.read(BANK_2, 1)[0]).toBe(0xff);
  });

  it('is freed by CLRSTATUS twice, and the sector is erased', async () => {
    const host = await TestHost.with('h743-v-0x90', { contents });
    await host.sendErase(BANK_2);
    await host.getStatus();
    await host.clock.sleep(2000);
    await host.clearStatus();
    expect(await host.getStatus()).toEqual({ status: DfuStatus.errUnknown, poll: 0, state: DfuState.error });
    await host.clearStatus();
    expect(await host.getStatus()).toEqual({ status: 0, poll: 0, state: DfuState.dfuIdle });
    expect((await host.read(BANK_2, 2))[0]).toBe(0xff);
    expect(host.device.flash.faults).toEqual([]);
  });

  it('still has a busy flash when it is freed too early: what comes is lost, and what is read is old', async () => {
    const host = await TestHost.with('h743-v-0x90', { contents });
    await host.sendErase(BANK_2);
    await host.getStatus();
    await host.clearStatus();
    await host.clearStatus();
    expect((await host.read(BANK_2, 2))[0]).toBe(0);
    await host.abort();
    await host.erase(BANK_2 - 0x2_0000);
    await host.write(BANK_2 - 0x2_0000, new Uint8Array(32));
    await host.clock.sleep(5000);
    expect(host.device.flash.eraseCounts[7]).toBe(0);
    expect(host.device.flash.faults).toEqual([{ kind: 'busy', address: BANK_2 - 0x2_0000 }]);
  });
});

describe('h743-v-0x91', () => {
  it('reports the end while the erase still runs', async () => {
    const host = await TestHost.with('h743-v-0x91', { contents });
    await host.sendErase(BANK_2);
    await host.getStatus();
    expect(await host.getStatus()).toEqual(done);
    expect(host.device.flash.eraseCounts[SECTOR_8]).toBe(0);
  });

  it('works on when nothing disturbs it until the erase is over', async () => {
    const host = await TestHost.with('h743-v-0x91', { contents });
    await host.erase(BANK_2);
    await host.clock.sleep(4000);
    await host.abort();
    expect((await host.read(BANK_2, 2))[0]).toBe(0xff);
  });

  it('tolerates requests that do not reach the flash', async () => {
    const host = await TestHost.with('h743-v-0x91', { contents });
    await host.erase(BANK_2);
    await host.abort();
    expect(await host.getState()).toBe(DfuState.dfuIdle);
  });

  it.each([
    ['an erase', (host: TestHost) => host.sendErase(0x0800_0000)],
    ['SET_ADDRESS', (host: TestHost) => host.download(0, [0x21, ...littleEndian(BANK_2)])],
    [
      'a read',
      async (host: TestHost) => {
        await host.abort();
        await host.upload(2, 64);
      },
    ],
  ])('hangs at %s in that time; a bus reset does not help, a replug does', async (_, disturb) => {
    const host = await TestHost.with('h743-v-0x91', { contents });
    await host.erase(BANK_2);
    await expect(disturb(host)).rejects.toMatchObject({ kind: 'timeout' });
    await expect(host.getStatus()).rejects.toMatchObject({ kind: 'timeout' });
    await host.usb.reset();
    await expect(host.getStatus()).rejects.toMatchObject({ kind: 'timeout' });
    await host.bus.replug(host.usb.path);
    await host.clock.sleep(1000);
    await host.reopen();
    expect((await host.getStatus()).state).toBe(DfuState.dfuIdle);
  });
});

describe('f767-dual-bank', () => {
  it('erases the fourth sector behind the one asked for in bank 2, and the right one in bank 1', async () => {
    const host = await TestHost.idle('f767-dual-bank');
    await host.erase(BANK_2);
    await host.erase(0x0800_0000);
    expect([0, 12, 16].map((i) => host.device.flash.eraseCounts[i])).toEqual([1, 0, 1]);
  });

  it('finds no sector behind the last ones', async () => {
    const host = await TestHost.idle('f767-dual-bank');
    expect(await host.erase(0x081e_0000)).toEqual(done);
    expect(host.device.flash.faults).toEqual([{ kind: 'absent', address: 0x081e_0000, length: 0 }]);
  });
});

describe('f427-db1m', () => {
  it('reports an erase in its second bank as done and leaves the sector as it is', async () => {
    const host = await TestHost.idle('f427-db1m', {
      contents: [{ address: 0x0808_0000, bytes: new Uint8Array(4) }],
    });
    expect(await host.erase(0x0808_0000)).toEqual(done);
    await host.clock.sleep(5000);
    expect(host.device.flash.read(0x0808_0000, 1)[0]).toBe(0);
  });
});
