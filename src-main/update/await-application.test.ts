import { describe, expect, it } from 'vitest';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { createVirtualDevice } from '../virtual/catalogue/index.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import { awaitApplication, awaitDeparture } from './await-application.ts';

const PATH = '1-1';

/** A device that is asked at each reset where it leads. */
function plugged(boot0: () => boolean) {
  const clock = new VirtualClock();
  const device = createVirtualDevice('h743-v-0x92', {
    clock,
    path: PATH,
    contents: demoFirmware(1).ranges,
    application: demoApplication,
    get boot0() {
      return boot0();
    },
  });
  const bus = new VirtualBus(clock, [device]);
  return { bus, clock, attached: async () => (await bus.list())[0] };
}

describe('waiting for the application', () => {
  it('waits away whatever else comes to its port', async () => {
    let resets = 0;
    const { bus, clock, attached } = plugged(() => resets++ < 2);
    const options = { patience: 60_000, instead: await attached() };
    const waiting = awaitApplication(bus, clock, PATH, demoApplication.usb, options);
    await bus.replug(PATH);
    await clock.sleep(5_000);
    await bus.replug(PATH);
    expect((await waiting)?.identity).toMatchObject({ vendorId: 0x1209 });
  });

  it('ends with nothing when its patience does, or when nobody wants to know any more', async () => {
    const { bus, clock, attached } = plugged(() => true);
    const options = { patience: 5_000, instead: await attached() };
    expect(await awaitApplication(bus, clock, PATH, demoApplication.usb, options)).toBeUndefined();
    const began = clock.now();
    const signal = AbortSignal.abort();
    expect(
      await awaitApplication(bus, clock, PATH, demoApplication.usb, { ...options, signal }),
    ).toBeUndefined();
    expect(clock.now()).toBe(began);
  });
});

describe('waiting for a device to leave', () => {
  it('sees it go', async () => {
    const { bus, clock } = plugged(() => true);
    const [device] = await bus.list();
    const waiting = device && awaitDeparture(bus, clock, device, 60_000);
    bus.unplug(PATH);
    expect(await waiting).toBe(true);
  });

  it('ends when its patience does, or when nobody wants to know any more', async () => {
    const { bus, clock } = plugged(() => true);
    const [device] = await bus.list();
    expect(device && (await awaitDeparture(bus, clock, device, 5_000))).toBe(false);
    expect(device && (await awaitDeparture(bus, clock, device, 5_000, AbortSignal.abort()))).toBe(false);
  });
});
