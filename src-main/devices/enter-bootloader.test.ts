import { describe, expect, it } from 'vitest';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedBus } from '../../test/rig/scripted-bus.ts';
import { ScriptedDevice, type Script } from '../../test/rig/scripted-device.ts';
import { DfuAttribute } from '../dfuse/protocol.ts';
import type { UsbDevice, UsbFailureKind } from '../usb/port.ts';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { createVirtualDevice } from '../virtual/catalogue/index.ts';
import { h743V92 } from '../virtual/catalogue/h7.ts';
import type { ApplicationModel } from '../virtual/application.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import type { UsbDescription } from '../virtual/descriptors.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import { enterBootloader } from './enter-bootloader.ts';

const PATH = '1-1';

/** A virtual device that runs its application. */
async function running(application: ApplicationModel) {
  const clock = new VirtualClock();
  const device = createVirtualDevice(h743V92, {
    clock,
    path: PATH,
    application,
    boot0: false,
    contents: demoFirmware(1).ranges,
  });
  const bus = new VirtualBus(clock, [device]);
  const [attached] = await bus.list();
  if (!attached) throw new Error('nothing is plugged in');
  return { clock, device, bus, attached };
}

describe('an application with a DFU interface', () => {
  it.each([
    ['leaves by itself', true],
    ['waits for a reset', false],
  ])('that %s is sent to its bootloader and found there', async (_how, willDetach) => {
    const application = { ...demoApplication, runtime: { willDetach, detachTimeout: 1_000 } };
    const { clock, device, bus, attached } = await running(application);
    expect(device.running).toBe('application');
    const back = await inTime(clock, enterBootloader(bus, clock, attached));
    expect(device.running).toBe('bootloader');
    expect(back).not.toBe(attached);
    expect(back.path).toBe(PATH);
    expect([attached.identity.vendorId, back.identity.vendorId]).toEqual([0x1209, 0x0483]);
    await back.open();
  });

  it('is found though nobody tells of it', async () => {
    const { clock, bus, attached, device } = await running(demoApplication);
    bus.subscribe = () => () => undefined;
    await inTime(clock, enterBootloader(bus, clock, attached));
    expect(device.running).toBe('bootloader');
  });
});

const LOADER: UsbDescription = h743V92.usb;
const APPLICATION: UsbDescription = {
  ...demoApplication.usb,
  alternates: ['Application'],
  dfu: {
    protocol: 1,
    attributes: DfuAttribute.canDnload | DfuAttribute.willDetach,
    detachTimeout: 250,
    transferSize: 1024,
    version: 0x0110,
  },
};
const WITHOUT_DFU: UsbDescription = { ...demoApplication.usb, alternates: ['Application'] };

/** A device that shows itself as one after the other: at each DETACH it leaves, and the next one comes. */
function appearances(...shown: readonly { readonly usb: UsbDescription; readonly script?: Script }[]) {
  const clock = new VirtualClock();
  const bus = new ScriptedBus();
  const devices: ScriptedDevice[] = shown.map(({ usb, script = {} }, i) => {
    const leave = () => {
      const [device, next] = [devices[i], devices[i + 1]];
      if (device) bus.detach(device);
      void clock.sleep(700).then(() => {
        if (next) bus.attach(next);
      });
      return 'done' as const;
    };
    return new ScriptedDevice({ clock, path: PATH, usb, script: { detach: leave, ...script } });
  });
  const [first] = devices;
  if (!first) throw new Error('nothing is shown');
  bus.attach(first);
  const work = inTime(clock, enterBootloader(bus, clock, first));
  return { clock, bus, devices, work };
}

const detaches = (devices: readonly ScriptedDevice[]) => devices.flatMap(({ requests }) => requests).length;

describe('a device', () => {
  it('in its bootloader is left as it is', async () => {
    const { devices, work } = appearances({ usb: LOADER });
    expect(await work).toBe(devices[0]);
    expect(devices[0]).toMatchObject({ requests: [], calls: ['open', 'close'], isOpen: false });
  });

  it.each([1, 2])('that comes back as its application %i times is sent again', async (times) => {
    const { devices, work } = appearances(
      { usb: APPLICATION },
      ...Array.from({ length: times }, () => ({ usb: APPLICATION })),
      { usb: LOADER },
    );
    expect(await work).toBe(devices.at(-1));
    expect(detaches(devices)).toBe(times + 1);
    expect(devices.every(({ isOpen }) => !isOpen)).toBe(true);
  });

  it('that always comes back as its application is given up', async () => {
    const { devices, work } = appearances(...Array.from({ length: 9 }, () => ({ usb: APPLICATION })));
    expect(await rejection(work)).toMatchObject({ code: 'not-supported' });
    expect(detaches(devices)).toBe(3);
    expect(devices.every(({ isOpen }) => !isOpen)).toBe(true);
  });

  it('that has no way into its bootloader is told from one that has', async () => {
    const { devices, work } = appearances({ usb: WITHOUT_DFU });
    expect(await rejection(work)).toMatchObject({ code: 'not-supported' });
    expect(devices[0]?.isOpen).toBe(false);
  });

  it('that comes back as something else is told', async () => {
    const { devices, work } = appearances({ usb: APPLICATION }, { usb: WITHOUT_DFU });
    expect(await rejection(work)).toMatchObject({ code: 'not-supported' });
    expect(devices[1]?.isOpen).toBe(false);
  });

  it('that does not come back is told with the time it was waited for', async () => {
    const { clock, bus, work } = appearances({ usb: APPLICATION });
    expect(await rejection(work)).toMatchObject({
      code: 'did-not-return',
      facts: { path: PATH, waited: 10_000 },
    });
    expect(clock.now()).toBeLessThan(11_000);
    expect(bus.listeners).toBe(0);
  });

  it('that stays where it is has not come back', async () => {
    const { work } = appearances({ usb: APPLICATION, script: { detach: () => 'done' } });
    expect(await rejection(work)).toMatchObject({ code: 'did-not-return' });
  });

  it.each<[string, Script]>([
    ['the system does not let it open yet', { open: ['no-permission', 'no-permission'] }],
    ['another program looks into', { open: ['busy'] }],
    ['is not ready for a request', { descriptor: ['timeout'] }],
  ])('that %s when it comes back is opened a little later', async (_what, script) => {
    const { devices, work } = appearances({ usb: APPLICATION }, { usb: LOADER, script });
    expect(await work).toBe(devices[1]);
  });

  it.each<[UsbFailureKind, Script]>([
    ['no-permission', { open: ['no-permission'] }],
    ['busy', { claim: ['busy'] }],
    ['stall', { detach: ['stall'] }],
    ['timeout', { descriptor: ['timeout'] }],
  ])('that fails at first with %s is closed, and nothing is tried again', async (kind, script) => {
    const { clock, devices, work } = appearances({ usb: APPLICATION, script });
    expect(await rejection(work)).toMatchObject({ name: 'UsbError', kind });
    expect(devices[0]?.isOpen).toBe(false);
    expect(clock.now()).toBeLessThan(100);
  });
});

it('another device at another place is not taken for it', async () => {
  const { clock, bus, work } = appearances({ usb: APPLICATION });
  await clock.sleep(300);
  const other: UsbDevice = new ScriptedDevice({ clock, path: '1-2', usb: LOADER });
  bus.attach(other);
  expect(await rejection(work)).toMatchObject({ code: 'did-not-return' });
});
