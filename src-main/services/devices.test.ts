import { afterEach, describe, expect, it } from 'vitest';
import { rejection } from '../../test/rig/in-time.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { createVirtualDevice } from '../virtual/catalogue/index.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

const kinds = () =>
  rig
    .told('devices')
    .flatMap(({ event }) => event.map(({ state }) => state.kind))
    .filter((kind, i, all) => kind !== all[i - 1]);

describe('a device that is plugged in', () => {
  it('is asked what it is, and is ready', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('h743-v-0x90');
    expect(await rig.request('devices.list', {})).toMatchObject([
      {
        path,
        title: 'STM32 H74x/H75x',
        product: 'stm32',
        state: { kind: 'ready', identity: { stepping: { value: 'V' }, bootloaderId: { value: 0x90 } } },
      },
    ]);
    expect(kinds()).toEqual(['looking', 'ready']);
  });

  it('is found when it was there before', async () => {
    rig = await ServicesRig.open({ devices: ['f405', 'g0b1'] });
    const list = await rig.until(async () => {
      const devices = await rig.request('devices.list', {});
      return devices.length === 2 && devices.every(({ state }) => state.kind === 'ready')
        ? devices
        : undefined;
    });
    expect(list.map(({ path }) => path)).toEqual(['1-1', '1-2']);
  });

  it('disappears when it is unplugged', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.unplug', { path });
    await rig.until(async () => ((await rig.request('devices.list', {})).length === 0 ? true : undefined));
    expect(rig.told('devices').at(-1)?.event).toEqual([]);
    expect(await rejection(rig.request('devices.look', { path }))).toMatchObject({
      code: 'no-device',
      facts: { wanted: path },
    });
  });

  it('is found though the system told of it to nobody', async () => {
    rig = await ServicesRig.open({ lookInterval: 2_000 });
    const faults = [{ kind: 'lost-event', event: 'attached', occurrence: 0 }] as const;
    rig.bus.plug(createVirtualDevice('f405', { clock: rig.clock, faults }), '1-7');
    expect(await rig.device('1-7', 'ready')).toMatchObject({ title: 'STM32 F405/F407' });
  });

  it('is not opened where it is none of ours', async () => {
    rig = await ServicesRig.open();
    const usb = { ...createVirtualDevice('f405', { clock: rig.clock }).definition };
    const foreign = { ...usb, usb: { ...usb.usb, vendorId: 0x1234 } };
    const device = createVirtualDevice(foreign, { clock: rig.clock, log: true });
    rig.bus.plug(device, '1-7');
    await rig.plug('f405');
    expect(await rig.request('devices.list', {})).toHaveLength(1);
    expect(device.log).toEqual([]);
  });

  it('is named as unusable where its bootloader is not ST’s', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('gd32vf103');
    expect(await rig.device(path, 'unusable')).toMatchObject({
      state: { failure: { code: 'not-st-rom' }, identity: { kind: 'clone' } },
    });
    expect(await rejection(rig.request('firmware.list', { path }))).toMatchObject({ code: 'not-st-rom' });
  });
});

describe('a device that cannot be used', () => {
  it.each(['no-permission', 'no-driver', 'busy'])('says why: %s', async (fault) => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', fault);
    expect(await rig.request('devices.list', {})).toMatchObject([
      { path, state: { kind: 'unusable', failure: { code: fault, phase: 'identify', facts: { path } } } },
    ]);
    expect(await rejection(rig.request('firmware.list', { path }))).toMatchObject({ code: fault });
  });

  it('is usable as soon as it is asked again and the reason is gone', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', 'busy');
    expect(await rig.request('devices.look', { path })).toMatchObject({ state: { kind: 'ready' } });
  });
});

describe('an application', () => {
  it('is seen with its version, and can be sent to its bootloader', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.replug', { path, boot0: false });
    expect(await rig.device(path, 'application')).toMatchObject({
      title: 'STM32 device',
      product: 'stm32',
      state: { kind: 'application', canEnter: true, version: '1.0' },
    });
    await rig.request('devices.enter-bootloader', { path });
    expect(await rig.device(path, 'ready')).toMatchObject({ title: 'STM32 F405/F407' });
  });

  it('says nothing of the version of a board that may be another one', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.replug', { path, boot0: false });
    await rig.device(path, 'application');
    await rig.request('demo.replug', { path, boot0: true });
    await rig.device(path, 'ready');
    const [newest] = await rig.request('firmware.list', { path });
    const wish = { path, firmware: newest?.id ?? '', discardOutside: false };
    expect(await rig.request('update.review', wish)).not.toHaveProperty('from');
  });

  it('has nothing to be identified', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.replug', { path, boot0: false });
    await rig.device(path, 'application');
    expect(await rejection(rig.request('diagnose.identity', { path }))).toMatchObject({ code: 'not-dfuse' });
  });

  it('that never comes back as a bootloader is told with the phase', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.replug', { path, boot0: false });
    await rig.device(path, 'application');
    const entering = rejection(rig.request('devices.enter-bootloader', { path }));
    await rig.request('demo.unplug', { path });
    expect(await entering).toMatchObject({ phase: 'enter-bootloader' });
    expect(await rejection(rig.request('devices.enter-bootloader', { path: '9-9' }))).toMatchObject({
      code: 'no-device',
    });
  });
});

describe('the desk of virtual devices', () => {
  it('has a catalogue and a list of faults', async () => {
    rig = await ServicesRig.open();
    const catalogue = await rig.request('demo.catalogue', {});
    expect(catalogue.map(({ name }) => name)).toContain('h743-v-0x90');
    expect(await rig.request('demo.faults', {})).toContain('no-permission');
  });

  it('can make any device with any fault, and whatever comes of it has a name', async () => {
    rig = await ServicesRig.open();
    for (const fault of await rig.request('demo.faults', {})) {
      const path = await rig.plug('g0b1', fault);
      expect(await rig.request('devices.look', { path })).toHaveProperty('state.kind');
    }
  });

  it('says what is not in its lists', async () => {
    rig = await ServicesRig.open();
    expect(await rejection(rig.request('demo.plug', { device: 'none' }))).toMatchObject({
      code: 'not-found',
    });
    const unknown = rig.request('demo.plug', { device: 'f405', fault: 'none' });
    expect(await rejection(unknown)).toMatchObject({ code: 'not-found' });
    expect(await rejection(rig.request('demo.unplug', { path: '9-9' }))).toMatchObject({ code: 'not-found' });
    expect(await rejection(rig.request('demo.replug', { path: '9-9', boot0: true }))).toMatchObject({
      code: 'not-found',
    });
  });
});
