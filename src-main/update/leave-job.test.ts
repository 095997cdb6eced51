import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/rig/in-time.ts';
import { Rig } from '../../test/rig/rig.ts';
import { onTheWire } from '../../test/rig/wire.ts';
import { WrappedDevice } from '../../test/rig/wrapped-device.ts';
import { DfuRequest, DfuState } from '../dfuse/protocol.ts';
import { UsbError, type UsbBus } from '../usb/port.ts';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { leaveBootloader } from './leave-job.ts';

const FLASH = 0x0800_0000;
const LEAVE_PATIENCE = 3_000;
const vectorTable = demoFirmware(1).ranges[0]?.bytes.slice(0, 1_024) ?? new Uint8Array();

function rigOf(name: string, options: Omit<VirtualDeviceOptions, 'clock'> = {}): Rig {
  const contents = [{ address: FLASH, bytes: vectorTable }];
  return new Rig(
    name,
    { contents, application: demoApplication, log: true, ...options },
    { allowOthers: true },
  );
}

function leave(
  rig: Rig,
  { bus = rig.bus, address, device }: { bus?: UsbBus; address?: number; device?: WrappedDevice } = {},
) {
  const { clock, listener } = rig;
  return rig.connected(
    (connected) =>
      leaveBootloader(connected, bus, { clock, listener }, ...(address === undefined ? [] : [address])),
    device && { device },
  );
}

describe('a bootloader', () => {
  it.each(['f405', 'h743-v-0x92', 'g474', 'u575', 'l476', 'gd32vf103'])(
    '%s leaves, and the application runs',
    async (name) => {
      const rig = rigOf(name);
      expect(await leave(rig)).toMatchObject({ left: true });
      await rig.clock.sleep(1_000);
      expect(rig.device.running).toBe('application');
      expect(rig.events).toContainEqual({ type: 'phase', phase: 'leave' });
    },
  );

  it('is told where the application begins', async () => {
    const rig = rigOf('f405');
    await leave(rig, { address: 0x0802_0000 });
    expect(onTheWire(rig.device).slice(-5)).toEqual([
      'DNLOAD 0: 21 00 00 02 08',
      'GETSTATUS',
      'GETSTATUS',
      'DNLOAD 2: nothing',
      'GETSTATUS',
    ]);
  });

  it.each([
    ['h743-v-0x90', true],
    ['h563', true],
    ['f405', false],
    ['h743-v-0x91', false],
  ])('%s is known to fail at it: %s', async (name, unreliable) => {
    expect(await leave(rigOf(name))).toEqual({ left: true, unreliable });
  });

  it('that comes back because there is nothing to start has left the bus all the same', async () => {
    const rig = rigOf('f405', { contents: [] });
    expect(await leave(rig)).toMatchObject({ left: true });
    await rig.clock.sleep(1_000);
    expect(rig.device.running).toBe('bootloader');
  });

  it('whose leaving is told late is waited for', async () => {
    const rig = rigOf('f405', { faults: [{ kind: 'lost-event', event: 'detached', occurrence: 0 }] });
    expect(await leave(rig)).toMatchObject({ left: true });
  });

  it('that stays on the bus has not left, whatever it said', async () => {
    const rig = rigOf('f405');
    const attached = await rig.attached();
    const started = rig.clock.now();
    const bus: UsbBus = {
      list: () => Promise.resolve([attached]),
      subscribe: (listener) => rig.bus.subscribe(listener),
      close: () => rig.bus.close(),
    };
    expect(await leave(rig, { bus })).toMatchObject({ left: false });
    expect(rig.clock.now() - started).toBeLessThan(LEAVE_PATIENCE + 500);
  });

  it('that says it stays is believed at once', async () => {
    const rig = rigOf('f405');
    const attached = await rig.attached();
    const device = new WrappedDevice(attached, {
      controlIn: async (setup, length, deadline) => {
        const leaving = onTheWire(rig.device).at(-1) === 'DNLOAD 2: nothing';
        if (leaving && setup.request === DfuRequest.getStatus) {
          return Uint8Array.of(0, 0, 0, 0, DfuState.dfuIdle, 0);
        }
        return attached.controlIn(setup, length, deadline);
      },
    });
    expect(await leave(rig, { device })).toMatchObject({ left: false });
    expect(rig.clock.now()).toBeLessThan(500);
  });
});

describe('leaving that fails', () => {
  it('because the address is refused says so', async () => {
    expect(await rejection(leave(rigOf('f405'), { address: 0x9000_0000 }))).toMatchObject({
      code: 'command-rejected',
      facts: { command: 'set address', address: 0x9000_0000 },
    });
  });

  it('because the loader refuses it is told by the name of the bus', async () => {
    const rig = rigOf('f405', { faults: [{ kind: 'stall', at: { command: 'leave' } }] });
    expect(await rejection(leave(rig))).toMatchObject({ code: 'usb-transfer', facts: { kind: 'stall' } });
  });

  it('because the bus cannot be listed is told by its name', async () => {
    const rig = rigOf('f405');
    const bus: UsbBus = {
      list: () => Promise.reject(new UsbError('io', 'list')),
      subscribe: (listener) => rig.bus.subscribe(listener),
      close: () => rig.bus.close(),
    };
    expect(await rejection(leave(rig, { bus }))).toMatchObject({ code: 'usb-transfer' });
  });
});

it('every virtual device is either left or told to be still there', async () => {
  for (const name of virtualDevices.keys()) {
    const rig = rigOf(name);
    const departure = await leave(rig);
    expect(typeof departure.left).toBe('boolean');
    expect(rig.clock.now()).toBeLessThan(10_000);
  }
});
