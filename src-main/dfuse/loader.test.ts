import { describe, expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedDevice, status, type Call, type Script } from '../../test/rig/scripted-device.ts';
import type { UsbFailureKind } from '../usb/port.ts';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { h743V92 } from '../virtual/catalogue/h7.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import type { UsbDescription } from '../virtual/descriptors.ts';
import { openDevice, openLoader } from './loader.ts';
import { DfuState } from './protocol.ts';

const kinds: readonly UsbFailureKind[] = [
  'stall',
  'timeout',
  'gone',
  'no-driver',
  'no-permission',
  'busy',
  'io',
];

const runTime: UsbDescription = {
  ...demoApplication.usb,
  alternates: ['Application'],
  dfu: { protocol: 1, attributes: 0x09, detachTimeout: 255, transferSize: 1024, version: 0x011a },
};

function scripted(script: Script = {}, usb: UsbDescription = h743V92.usb) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({ clock, script, usb });
  return { clock, device };
}

describe('opening a device', () => {
  it('shows its strings and its DFU interface, and claims nothing', async () => {
    const { clock, device } = scripted();
    const opened = await inTime(clock, openDevice(device));
    expect(opened.strings).toEqual({
      manufacturer: 'STMicroelectronics',
      product: 'DFU in FS Mode',
      serial: '200364500000',
    });
    expect(opened.dfu.mode).toBe('bootloader');
    expect(device.calls).toEqual(['open']);
    expect(device.isOpen).toBe(true);
  });

  it('is possible without strings', async () => {
    const { clock, device } = scripted({ descriptor: (call) => (call < 7 ? 'stall' : 'done') });
    const { strings } = await inTime(clock, openDevice(device));
    expect(strings).toEqual({ manufacturer: undefined, product: undefined, serial: undefined });
  });

  it('asks again for a string that was refused once', async () => {
    const undisturbed = scripted({});
    const { strings } = await inTime(undisturbed.clock, openDevice(undisturbed.device));
    const { clock, device } = scripted({ descriptor: (call) => (call === 3 ? 'stall' : 'done') });
    expect((await inTime(clock, openDevice(device))).strings).toEqual(strings);
  });

  it.each(kinds)('that the system answers with %s fails with that', async (kind) => {
    const { clock, device } = scripted({ open: [kind] });
    expect(await inTime(clock, rejection(openDevice(device)))).toMatchObject({ name: 'UsbError', kind });
    expect(device.isOpen).toBe(false);
  });

  it.each(['timeout', 'gone', 'io'] as const)(
    'whose descriptors end with %s closes it again, whenever it happens',
    async (kind) => {
      for (let at = 0; at < 9; at++) {
        const { clock, device } = scripted({ descriptor: (call) => (call === at ? kind : 'done') });
        expect(await inTime(clock, rejection(openDevice(device)))).toMatchObject({ name: 'UsbError', kind });
        expect(device.isOpen).toBe(false);
      }
    },
  );
});

describe('opening a bootloader', () => {
  it('claims its interface on the first alternate setting', async () => {
    const { clock, device } = scripted();
    await inTime(clock, openLoader(device, clock));
    expect(device.calls).toEqual(['open', 'claim 0', 'select alternate 0 of 0']);
    expect(device.requests).toEqual([]);
  });

  it('or on the one that is chosen', async () => {
    const { clock, device } = scripted();
    await inTime(
      clock,
      openLoader(device, clock, ({ alternates }) => alternates.length - 1),
    );
    expect(device.calls.at(-1)).toBe('select alternate 1 of 0');
  });

  it('gives a session with the blocks the loader asks for', async () => {
    const { clock, device } = scripted({ getStatus: [status(DfuState.dfuIdle)] });
    const { session } = await inTime(clock, openLoader(device, clock));
    expect(session.transferSize).toBe(1024);
    expect(session.device).toBe(device);
    await inTime(clock, session.enter());
    expect(session.state).toBe(DfuState.dfuIdle);
  });

  it.each<[string, UsbDescription, string]>([
    ['an application', runTime, 'the device runs its application'],
    ['something else', { ...demoApplication.usb, alternates: ['x'] }, 'the device has no DFU interface'],
  ])('refuses %s and closes it', async (_what, usb, what) => {
    const { clock, device } = scripted({}, usb);
    expect(await inTime(clock, rejection(openLoader(device, clock)))).toMatchObject({
      code: 'not-dfuse',
      facts: { what },
    });
    expect(device.calls).toEqual(['open', 'close']);
  });

  it.each(
    kinds.flatMap((kind) =>
      (['claim', 'selectAlternate'] satisfies Call[]).map((call) => [call, kind] as const),
    ),
  )('that fails at %s with %s closes it', async (call, kind) => {
    const { clock, device } = scripted({ [call]: [kind] });
    expect(await inTime(clock, rejection(openLoader(device, clock)))).toMatchObject({
      name: 'UsbError',
      kind,
    });
    expect(device.isOpen).toBe(false);
  });

  it('closes it when none of its alternate settings will do', async () => {
    const { clock, device } = scripted();
    const refusal = new StepwiseError('no-flash-layout', { strings: [] });
    const work = openLoader(device, clock, () => {
      throw refusal;
    });
    expect(await inTime(clock, rejection(work))).toBe(refusal);
    expect(device.isOpen).toBe(false);
  });
});
