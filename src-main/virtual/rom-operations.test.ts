/** While the ROM works: what it answers meanwhile, and what is in flash when the host or the power does not wait. */
import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuState, DfuStatus } from '../dfuse/protocol.ts';
import { dnloadIdle, filled, inError, stall, TestHost } from './test-host.ts';
import type { StatusReply } from './test-host.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

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
