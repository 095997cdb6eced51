/** How a device leaves its bootloader, comes back as an application, and is sent into the bootloader again. */
import { describe, expect, it } from 'vitest';
import { DfuRequest, DfuState } from '../dfuse/protocol.ts';
import type { UsbEvent } from '../usb/port.ts';
import type { ApplicationModel } from './application.ts';
import { demoApplication } from './catalogue/application.ts';
import { virtualDevices } from './catalogue/index.ts';
import type { DeviceDefinition, LoaderModel } from './definition.ts';
import { littleEndian, TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;
const vectors = Uint8Array.from([...littleEndian(0x2000_8000), ...littleEndian(FLASH + 0x201)]);
const contents = [{ address: FLASH, bytes: vectors }];

function variant(name: string, loader: Partial<LoaderModel>): DeviceDefinition {
  const found = virtualDevices.get(name);
  if (!found) throw new Error(`no device ${name}`);
  return { ...found, loader: { ...found.loader, ...loader } };
}

/** Leaves by the book and gives the device two seconds. @returns the answer to the last GETSTATUS, or its failure */
async function leave(host: TestHost): Promise<unknown> {
  await host.setAddress(FLASH);
  await host.download(2, []);
  const answer = await host.getStatus().catch((error: unknown) => error);
  await host.clock.sleep(2000);
  return answer;
}

describe('leave', () => {
  it('is answered with dfuMANIFEST, then the device comes back as its application at the same path', async () => {
    const host = await TestHost.idle('f405', { contents, application: demoApplication });
    const events: UsbEvent[] = [];
    host.bus.subscribe((event) => events.push(event));
    const loader = host.usb;
    expect(await leave(host)).toMatchObject({ status: 0, state: DfuState.manifest });
    expect(events.map((event) => event.type)).toEqual(['detached', 'attached']);
    expect(events[0]?.device).toBe(loader);
    const application = events[1]?.device;
    expect(application?.path).toBe(loader.path);
    expect(application?.address).not.toBe(loader.address);
    expect(application?.identity).toMatchObject({ vendorId: 0x1209, productId: 0x0001 });
    expect(host.device.running).toBe('application');
  });

  it('may happen before the status is answered', async () => {
    const host = await TestHost.idle(variant('f405', { leaves: 'before-status' }), { contents });
    expect(await leave(host)).toMatchObject({ kind: 'gone' });
    expect(host.device.running).toBe('application');
  });

  it('happens without a status on the GD32', async () => {
    const host = await TestHost.idle('gd32vf103', { contents });
    await host.setAddress(FLASH);
    await host.download(2, []);
    await host.clock.sleep(100);
    expect(host.device.running).toBe('application');
    await expect(host.getStatus()).rejects.toMatchObject({ kind: 'gone' });
  });

  it('shows nothing on USB where the application uses none', async () => {
    const host = await TestHost.idle('f405', { contents });
    await leave(host);
    expect(await host.bus.list()).toEqual([]);
    expect(host.device.running).toBe('application');
  });

  it.each([
    ['nothing is there', []],
    [
      'the stack is not in RAM',
      [{ address: FLASH, bytes: Uint8Array.from([...littleEndian(0), ...littleEndian(FLASH + 1)]) }],
    ],
    [
      'the reset handler is no Thumb code',
      [{ address: FLASH, bytes: Uint8Array.from([...littleEndian(0x20001000), ...littleEndian(FLASH)]) }],
    ],
  ])('resets into the bootloader where %s', async (_, image) => {
    const host = await TestHost.idle('f405', { contents: image, application: demoApplication });
    await leave(host);
    await host.reopen();
    expect(host.device.running).toBe('bootloader');
    expect(host.usb.identity.productId).toBe(0xdf11);
  });

  it('resets into the bootloader where the pointer is outside the flash', async () => {
    const host = await TestHost.idle('f405', { contents });
    await host.setAddress(0x2000_4000);
    await host.download(0, []);
    await host.getStatus();
    await host.clock.sleep(2000);
    expect(host.device.running).toBe('bootloader');
  });

  it.each(['h743-v-0x90', 'h563'])('locks %s up until the power goes', async (name) => {
    const host = await TestHost.with(name, { contents, application: demoApplication });
    await leave(host);
    expect(await host.bus.list()).toEqual([]);
    expect(host.device.running).toBe('nothing');
    await host.bus.replug('1-1');
    await host.clock.sleep(1000);
    expect(host.device.running).toBe('bootloader');
  });
});

describe('start without BOOT0', () => {
  it('runs the application where one is valid, else the bootloader', async () => {
    const valid = await TestHost.with('f405', { contents, boot0: false, application: demoApplication });
    expect(valid.device.running).toBe('application');
    const blank = await TestHost.with('f405', { boot0: false, application: demoApplication });
    expect(blank.device.running).toBe('bootloader');
  });
});

describe('DFU runtime interface', () => {
  const detach = (host: TestHost, timeout = 1000) => host.out(DfuRequest.detach, timeout);
  const waitsForReset: ApplicationModel = {
    ...demoApplication,
    runtime: { willDetach: false, detachTimeout: 500 },
  };
  const inApplication = (application: ApplicationModel) =>
    TestHost.with('f405', { contents, boot0: false, application });

  it('says appIDLE', async () => {
    const host = await inApplication(demoApplication);
    expect(await host.getState()).toBe(DfuState.appIdle);
    expect(await host.getStatus()).toEqual({ status: 0, poll: 0, state: DfuState.appIdle });
  });

  it('describes itself as runtime interface in the configuration descriptor', async () => {
    const host = await inApplication(demoApplication);
    const setup = { requestType: 0x80, request: 6, value: 0x0200, index: 0 };
    const configuration = await host.usb.controlIn(setup, 255, 100);
    expect([...configuration.subarray(14, 17)]).toEqual([0xfe, 0x01, 0x01]);
    expect(configuration[20]).toBe(0x0b);
  });

  it('leads into the bootloader by itself where it will detach', async () => {
    const host = await inApplication(demoApplication);
    const application = host.usb;
    await detach(host);
    await host.clock.sleep(1000);
    await host.reopen();
    expect(host.usb.path).toBe(application.path);
    expect(host.usb.identity).toMatchObject({ vendorId: 0x0483, productId: 0xdf11 });
    expect((await host.getStatus()).state).toBe(DfuState.error);
  });

  it('waits for a bus reset otherwise', async () => {
    const host = await inApplication(waitsForReset);
    await detach(host);
    expect(await host.getState()).toBe(DfuState.appDetach);
    await expect(detach(host)).rejects.toMatchObject({ kind: 'stall' });
    await host.usb.reset();
    await host.clock.sleep(1000);
    await host.reopen();
    expect(host.device.running).toBe('bootloader');
  });

  it.each([
    ['its own time-out', 60_000, 501],
    ['the time-out it was given', 100, 101],
  ])('gives up after %s', async (_, given, wait) => {
    const host = await inApplication(waitsForReset);
    await detach(host, given);
    await host.clock.sleep(wait);
    expect(await host.getState()).toBe(DfuState.appIdle);
    await host.usb.reset();
    expect(host.device.running).toBe('application');
  });

  it('refuses what belongs to a bootloader', async () => {
    const host = await inApplication(demoApplication);
    await expect(host.download(0, [0x41])).rejects.toMatchObject({ kind: 'stall' });
    expect(await host.getState()).toBe(DfuState.appIdle);
  });

  it('is not there in an application without one', async () => {
    const { usb } = demoApplication;
    const host = await inApplication({ usb });
    await expect(detach(host)).rejects.toMatchObject({ kind: 'stall' });
    const configuration = await host.usb.controlIn(
      { requestType: 0x80, request: 6, value: 0x0200, index: 0 },
      255,
      100,
    );
    expect(configuration).toHaveLength(18);
    expect(configuration[14]).toBe(0xff);
  });
});
