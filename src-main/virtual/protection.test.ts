/** Read protection, write protection, option bytes. */
import { describe, expect, it } from 'vitest';
import { DfuState, DfuStatus } from '../dfuse/protocol.ts';
import { virtualDevices } from './catalogue/index.ts';
import type { DeviceDefinition, LoaderModel } from './definition.ts';
import { TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;
const contents = [{ address: FLASH, bytes: new Uint8Array(64) }];
const locked = { status: DfuStatus.errVendor, poll: 0, state: DfuState.error };
const done = { status: 0, poll: 0, state: DfuState.dnloadIdle };

function variant(name: string, loader: Partial<LoaderModel>): DeviceDefinition {
  const found = virtualDevices.get(name);
  if (!found) throw new Error(`no device ${name}`);
  return { ...found, loader: { ...found.loader, ...loader } };
}

describe('read protection at level 1', () => {
  it('answers reads of any memory with errVENDOR', async () => {
    for (const address of [FLASH, 0x2400_5000, 0x1ff1_e7fe, 0x5200_201c]) {
      const host = await TestHost.with('h743-v-0x92', { protection: 1 });
      await expect(host.read(address, 2)).rejects.toMatchObject({ kind: 'stall' });
      expect(await host.getStatus()).toEqual(locked);
    }
  });

  it('answers erases and writes with errVENDOR and does nothing', async () => {
    const host = await TestHost.idle('f405', { protection: 1, contents });
    expect(await host.erase(FLASH)).toEqual(locked);
    await host.clearStatus();
    await host.download(0, [0x41]);
    expect((await host.untilDone())[0]).toEqual(locked);
    await host.clearStatus();
    expect(await host.write(FLASH + 128, [1, 2, 3, 4])).toEqual(locked);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0);
    expect(host.device.flash.bytesProgrammed).toBe(0);
  });

  it('still lists the commands', async () => {
    expect(await (await TestHost.with('g474', { protection: 1 })).upload(0, 64)).toHaveLength(4);
  });

  it('makes a U5 acknowledge writes and erases and drop them', async () => {
    const host = await TestHost.with('u575', { protection: 1, contents });
    expect(await host.erase(FLASH)).toEqual(done);
    expect(await host.write(FLASH + 128, new Uint8Array(16))).toEqual(done);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0);
    expect(host.device.flash.read(FLASH + 128, 1)[0]).toBe(0xff);
  });

  it('can already refuse SET_ADDRESS', async () => {
    const host = await TestHost.with(variant('g474', { protectedSetAddress: 'refused' }), { protection: 1 });
    expect(await host.setAddress(FLASH)).toEqual(locked);
  });
});

describe('READ_UNPROTECT', () => {
  it('erases everything, unlocks, and brings the device back as another object with another address', async () => {
    const host = await TestHost.idle('h743-v-0x92', { protection: 1, contents });
    const before = host.usb;
    await host.download(0, [0x92]);
    expect((await host.getStatus(60_000)).state).toBe(DfuState.dnBusy);
    await expect(host.getStatus(60_000)).rejects.toMatchObject({ kind: 'gone' });
    await host.clock.sleep(1000);
    await host.reopen();
    expect(host.usb.path).toBe(before.path);
    expect(host.usb.address).not.toBe(before.address);
    expect(host.device.protection).toBe(0);
    expect((await host.read(FLASH, 2))[0]).toBe(0xff);
    expect(host.device.peek(0x5200_201d, 1)[0]).toBe(0xaa);
  });

  it('stays locked when the power fails before its end, and half is erased', async () => {
    const bytes = new Uint8Array(512 * 1024);
    const host = await TestHost.with('g474', { protection: 1, contents: [{ address: FLASH, bytes }] });
    await host.download(0, [0x92]);
    await host.getStatus();
    await host.bus.replug(host.usb.path);
    await host.clock.sleep(1000);
    await host.reopen();
    expect(host.device.protection).toBe(1);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0xff);
    expect(host.device.flash.read(FLASH + bytes.length - 1, 1)[0]).toBe(0);
  });

  it('clears the RAM too', async () => {
    const host = await TestHost.idle('f405');
    await host.write(0x2000_4000, [1, 2]);
    await host.write(0x1fff_c000, [0xef, 0x00]).catch(() => undefined);
    await host.clock.sleep(2000);
    expect(host.device.protection).toBe(1);
    expect(host.device.peek(0x2000_4000, 1)[0]).toBe(1);
    await host.reopen();
    await host.clearStatus();
    await host.download(0, [0x92]);
    await host.getStatus();
    await host.clock.sleep(60_000);
    expect(host.device.protection).toBe(0);
    expect(host.device.peek(0x2000_4000, 1)[0]).toBe(0);
  });

  it('only clears the RAM where nothing is protected', async () => {
    const host = await TestHost.with('h743-v-0x92', { contents });
    await host.write(0x2400_5000, [1, 2]);
    await host.download(0, [0x92]);
    expect((await host.untilDone())[0]).toEqual(done);
    expect(host.device.peek(0x2400_5000, 1)[0]).toBe(0);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0);
  });
});

describe('read protection at level 2', () => {
  it('leaves no way into the bootloader', async () => {
    const host = TestHost.with('f405', { protection: 2 });
    await expect(host).rejects.toThrow('exactly one device must be plugged in');
  });
});

describe('write-protected sectors', () => {
  it('ignore erases and writes and report success', async () => {
    const host = await TestHost.idle('f405', { writeProtected: [0], contents });
    expect(await host.erase(FLASH)).toEqual(done);
    expect(await host.write(FLASH + 128, [1, 2, 3, 4])).toEqual(done);
    expect(host.device.flash.read(FLASH, 1)[0]).toBe(0);
    expect(host.device.flash.read(FLASH + 128, 1)[0]).toBe(0xff);
    expect(host.device.flash.eraseCounts[0]).toBe(0);
    expect(host.device.flash.faults).toEqual([]);
  });
});

describe('writing option bytes', () => {
  it.each([
    [0xaa, 0],
    [0x00, 1],
  ])('with RDP 0x%s resets the device, and level %d holds from then on', async (byte, level) => {
    const host = await TestHost.idle('f405');
    const before = host.usb.address;
    await host.setAddress(0x1fff_c000);
    await host.download(2, [0xef, byte, 0xff, 0xff]);
    expect((await host.getStatus()).state).toBe(DfuState.dnBusy);
    await host.clock.sleep(2000);
    await host.reopen();
    expect(host.usb.address).not.toBe(before);
    expect(host.device.protection).toBe(level);
    expect([...host.device.peek(0x1fff_c000, 2)]).toEqual([0xef, byte]);
  });

  it('with RDP level 2 locks the loader for ever', async () => {
    const host = await TestHost.idle('f405');
    await host.setAddress(0x1fff_c000);
    await host.download(2, [0xef, 0xcc, 0xff, 0xff]);
    await host.getStatus();
    await host.clock.sleep(2000);
    expect(host.device.protection).toBe(2);
    expect(await host.bus.list()).toEqual([]);
  });

  it('leaves the level alone on a chip whose protection is no option byte', async () => {
    const host = await TestHost.with('h563', { protection: 1 });
    expect(host.device.protection).toBe(1);
    const open = await TestHost.with('h563');
    await open.write(0x4002_2050, new Uint8Array(16)).catch(() => undefined);
    await open.clock.sleep(2000);
    await open.reopen();
    expect(open.device.protection).toBe(0);
  });
});
