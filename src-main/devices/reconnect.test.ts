import { describe, expect, it } from 'vitest';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedBus } from '../../test/rig/scripted-bus.ts';
import { ScriptedDevice, type Script } from '../../test/rig/scripted-device.ts';
import { openLoader } from '../dfuse/loader.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import type { UsbFailureKind } from '../usb/port.ts';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { createVirtualDevice } from '../virtual/catalogue/index.ts';
import { f405 } from '../virtual/catalogue/f4.ts';
import { h743V91, h743V92 } from '../virtual/catalogue/h7.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import type { DeviceDefinition } from '../virtual/definition.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { Reconnection } from './reconnect.ts';

const PATH = '1-1';
const FLASH = 0x0800_0000;

/** A virtual device, opened, and the way back to it. */
async function virtually(definition: DeviceDefinition, options: Partial<VirtualDeviceOptions> = {}) {
  const clock = new VirtualClock();
  const device = createVirtualDevice(definition, { ...options, clock, path: PATH });
  const bus = new VirtualBus(clock, [device]);
  const [attached] = await bus.list();
  if (!attached) throw new Error('nothing is plugged in');
  const loader = await openLoader(attached, clock);
  const reconnection = new Reconnection(bus, clock, loader);
  return { clock, device, bus, loader, reconnection, run: <T>(work: Promise<T>) => inTime(clock, work) };
}

/** A device that answers by a script, opened, on a bus that does what the test does. */
async function scripted(script: Script = {}, signal?: AbortSignal) {
  const clock = new VirtualClock();
  const bus = new ScriptedBus();
  const another = (own: Script = {}, usb = h743V92.usb) =>
    new ScriptedDevice({ clock, script: own, path: PATH, usb });
  const device = another(script);
  bus.attach(device);
  const open = (found: Parameters<typeof openLoader>[0]) => openLoader(found, clock);
  const loader = await inTime(clock, openLoader(device, clock));
  device.calls.length = 0;
  const reconnection = new Reconnection(bus, clock, loader, open, signal);
  const run = <T>(work: Promise<T>) => inTime(clock, work);
  return {
    clock,
    bus,
    device,
    another,
    reconnection,
    run,
    failure: (work: Promise<unknown>) => run(rejection(work)),
  };
}

/** The loader answers, and from the start: nothing is believed of the session before. */
async function expectAtWork(session: DfuSeSession): Promise<void> {
  await session.enter();
  expect(await session.readBlock(FLASH, FLASH, 16)).toHaveLength(16);
}

describe('opening again', () => {
  it('closes the device and opens the same', async () => {
    const { reconnection, loader, run } = await virtually(h743V92);
    const session = await run(reconnection.reopen());
    expect(session).not.toBe(loader.session);
    expect(session.device).toBe(loader.device);
    expect(reconnection.loader.session).toBe(session);
    await run(expectAtWork(session));
  });

  it('keeps to the blocks the loader takes', async () => {
    const { reconnection, loader, run } = await virtually(f405);
    loader.session.limitTransferSize(512);
    expect((await run(reconnection.reopen())).transferSize).toBe(512);
  });

  it.each<UsbFailureKind>(['gone', 'busy', 'no-permission', 'io'])(
    'fails where the system says %s',
    async (kind) => {
      const { reconnection, device, failure } = await scripted();
      device.script = { open: () => kind };
      expect(await failure(reconnection.reopen())).toMatchObject({ name: 'UsbError', kind });
      expect(device.isOpen).toBe(false);
    },
  );
});

describe('a reset', () => {
  it('finds the same device', async () => {
    const { reconnection, loader, run } = await virtually(h743V92);
    const session = await run(reconnection.reset());
    expect(session.device).toBe(loader.device);
    await run(expectAtWork(session));
  });

  it('is possible after the device could not be opened again', async () => {
    const { reconnection, device, run, failure } = await scripted();
    device.script = { descriptor: () => 'timeout' };
    await failure(reconnection.reopen());
    expect(device.isOpen).toBe(false);
    device.script = {};
    device.calls.length = 0;
    expect((await run(reconnection.reset())).device).toBe(device);
    expect(device.calls).toContain('reset');
  });

  it('finds the device that enumerates anew, though the old one is still listed', async () => {
    const { reconnection, bus, clock, device, another, run } = await scripted();
    device.script = { reset: () => 'gone', open: () => (device.calls.includes('reset') ? 'gone' : 'done') };
    const next = another();
    const work = run(reconnection.reset());
    await clock.sleep(300);
    bus.attach(next);
    await clock.sleep(165);
    bus.detach(device);
    expect((await work).device).toBe(next);
    expect(reconnection.loader.device).toBe(next);
  });

  it('finds it too where the reset seemed to go well', async () => {
    const { reconnection, bus, clock, device, another, run } = await scripted();
    device.script = { open: () => (device.calls.includes('reset') ? 'gone' : 'done') };
    const next = another();
    const work = run(reconnection.reset());
    await clock.sleep(200);
    bus.detach(device);
    bus.attach(next);
    expect((await work).device).toBe(next);
  });

  it('of a device that does not come back has lost it', async () => {
    const { reconnection, bus, clock, device, failure } = await scripted({ reset: ['gone'] });
    bus.detach(device);
    expect(await failure(reconnection.reset())).toMatchObject({ name: 'UsbError', kind: 'gone' });
    expect(clock.now()).toBeLessThan(6_000);
  });

  it.each<UsbFailureKind>(['io', 'timeout', 'no-permission'])('that fails with %s says so', async (kind) => {
    const { reconnection, failure } = await scripted({ reset: [kind] });
    expect(await failure(reconnection.reset())).toMatchObject({ name: 'UsbError', kind });
  });
});

describe('a replug', () => {
  it('finds the device that was plugged in again', async () => {
    const { reconnection, bus, loader, run } = await virtually(h743V92);
    const replug = bus.replug(PATH);
    const session = await run(reconnection.replugged(60_000));
    await replug;
    expect(session.device).not.toBe(loader.device);
    expect(session.device.path).toBe(PATH);
    await run(expectAtWork(session));
  });

  it('waits for it, though the old device is still there', async () => {
    const { reconnection, bus, clock, run } = await virtually(h743V92);
    const work = run(reconnection.replugged(60_000));
    await clock.sleep(20_000);
    await bus.replug(PATH);
    await run(expectAtWork(await work));
    expect(clock.now()).toBeGreaterThan(20_000);
  });

  it('is told by nobody, and found all the same', async () => {
    const { reconnection, bus, run } = await virtually(h743V92, {
      faults: [
        { kind: 'lost-event', event: 'attached', occurrence: 0 },
        { kind: 'lost-event', event: 'detached', occurrence: 0 },
      ],
    });
    const replug = bus.replug(PATH);
    await run(expectAtWork(await run(reconnection.replugged(60_000))));
    await replug;
  });

  it.each<[string, Partial<VirtualDeviceOptions>, DeviceDefinition]>([
    ['a board with another chip', {}, f405],
    ['a board of the same kind with another serial', { serial: '100364500000' }, h743V92],
  ])('of %s is refused, and that is closed', async (_what, options, definition) => {
    const { reconnection, bus, clock, run } = await virtually(h743V92);
    bus.unplug(PATH);
    const other = createVirtualDevice(definition, { ...options, clock });
    bus.plug(other, PATH);
    expect(await run(rejection(reconnection.replugged(60_000)))).toMatchObject({
      code: 'wrong-device-returned',
      facts: { path: PATH },
    });
    const found = (await bus.list()).find((each) => each.path === PATH);
    await expect(found?.claim(0)).rejects.toMatchObject({ kind: 'io' });
  });

  it('of a board of the same kind with the same serial cannot be told by its descriptors', async () => {
    const { reconnection, bus, clock, run } = await virtually(h743V92);
    bus.unplug(PATH);
    bus.plug(createVirtualDevice(h743V91, { clock }), PATH);
    await expect(run(reconnection.replugged(60_000))).resolves.toBeDefined();
  });

  it('opens a device that is not ready at first', async () => {
    const { reconnection, bus, device, another, run } = await scripted();
    bus.detach(device);
    const next = another({ open: ['no-permission'], claim: ['busy'] });
    bus.attach(next);
    expect((await run(reconnection.replugged(60_000))).device).toBe(next);
    expect(next.calls.filter((call) => call === 'open')).toHaveLength(3);
  });

  it('fails with what the system says the third time', async () => {
    const { reconnection, bus, device, another, failure, clock } = await scripted();
    bus.detach(device);
    bus.attach(another({ open: () => 'no-permission' }));
    expect(await failure(reconnection.replugged(60_000))).toMatchObject({ kind: 'no-permission' });
    expect(clock.now()).toBeLessThan(5_000);
  });

  it('is not over when the plug bounces', async () => {
    const { reconnection, bus, clock, device, another, run } = await scripted();
    const work = run(reconnection.replugged(60_000));
    bus.detach(device);
    for (let bounce = 0; bounce < 5; bounce++) {
      const passing = another({ claim: () => 'gone' });
      bus.attach(passing);
      await clock.sleep(600);
      bus.detach(passing);
    }
    const next = another();
    bus.attach(next);
    expect((await work).device).toBe(next);
  });

  it('waits on while the application answers in place of the bootloader', async () => {
    const { reconnection, bus, clock, device, another, run } = await scripted();
    const work = run(reconnection.replugged(60_000));
    bus.detach(device);
    const application = another({}, { ...demoApplication.usb, alternates: ['Application'] });
    bus.attach(application);
    await clock.sleep(5_000);
    bus.detach(application);
    const next = another();
    bus.attach(next);
    expect((await work).device).toBe(next);
    expect(application.isOpen).toBe(false);
  });

  it('waits on while the system has a driver of its own for what is there', async () => {
    const { reconnection, bus, clock, device, another, run } = await scripted();
    const work = run(reconnection.replugged(60_000));
    bus.detach(device);
    const application = another({ open: () => 'no-driver' });
    bus.attach(application);
    await clock.sleep(5_000);
    bus.detach(application);
    bus.attach(another());
    await expect(work).resolves.toBeDefined();
  });

  it('is waited for where a reset left a device behind that cannot be opened', async () => {
    const { reconnection, bus, clock, device, another, run, failure } = await scripted({ reset: ['gone'] });
    const dead = another({ descriptor: () => 'timeout' });
    bus.detach(device);
    bus.attach(dead);
    await failure(reconnection.reset());
    const work = run(reconnection.replugged(120_000));
    await clock.sleep(30_000);
    bus.detach(dead);
    const next = another();
    bus.attach(next);
    expect((await work).device).toBe(next);
  });

  it('that does not happen is told with the time it was waited for', async () => {
    const { reconnection, bus, device, clock, failure } = await scripted();
    bus.detach(device);
    expect(await failure(reconnection.replugged(60_000))).toMatchObject({
      code: 'did-not-return',
      facts: { path: PATH, waited: 60_000 },
    });
    expect(clock.now()).toBeLessThan(60_100);
    expect(bus.listeners).toBe(0);
  });

  it('is not waited for any longer when the person gives up', async () => {
    const abort = new AbortController();
    const { reconnection, clock, bus, device, failure } = await scripted({}, abort.signal);
    bus.detach(device);
    const work = failure(reconnection.replugged(60_000));
    const started = clock.now();
    await clock.sleep(2_000);
    abort.abort();
    expect(await work).toMatchObject({ code: 'did-not-return', facts: { waited: 2_000 } });
    expect(clock.now() - started).toBe(2_000);
    expect(bus.listeners).toBe(0);
  });
});
