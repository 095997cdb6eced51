import assert from 'node:assert/strict';
import { LibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { loadNativeUsb } from '../../src-main/usb/libusb/native.ts';
import type { UsbBus, UsbDevice, UsbEvent } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { footprint, leaks } from './footprint.ts';
import { ENOUGH, GET_STATUS, STATUS_LENGTH } from './requests.ts';
import { eventually, kernelTest, unplug } from './rig.ts';
import type { Plugged } from './rig.ts';

const STAND_IN = { kind: 'stand-in', manners: [] } as const;

const CYCLES = 200;
/** Devices that come and go at the same time; each has its own port. */
const LANES = 4;
/** Cycles of each device after which caches and pools are filled. */
const WARM_UP = 10;
/** Shorter than any cycle. */
const LOOK_MS = 100;
const NEVER_MS = 3_600_000;

/** The events of a bus, in order. */
function listen(bus: UsbBus): UsbEvent[] {
  const events: UsbEvent[] = [];
  bus.subscribe((event) => events.push(event));
  return events;
}

await kernelTest(
  'attaching and detaching are told by events alone, with the object that is listed',
  async (rig) => {
    const bus = new LibusbBus(await loadNativeUsb(), { clock: systemClock, pollInterval: NEVER_MS });
    const events = listen(bus);
    const plugged = await rig.plug(STAND_IN);
    await eventually('it is told', () => events.length === 1 || undefined);
    assert.ok((await bus.list()).includes(events[0]?.device ?? assert.fail()));
    unplug(plugged);
    await eventually('it is told', () => events.length === 2 || undefined);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['attached', 'detached'],
    );
    assert.equal(events[1]?.device, events[0]?.device);
    await bus.close();
  },
);

await kernelTest('they are found by polling where events never come', async (rig) => {
  const deaf = { ...(await loadNativeUsb()), watch: () => () => undefined };
  const bus = new LibusbBus(deaf, { clock: systemClock, pollInterval: 100 });
  const events = listen(bus);
  const plugged = await rig.plug(STAND_IN);
  await eventually('it is found', () => events.length === 1 || undefined);
  unplug(plugged);
  await eventually('it is missed', () => events.length === 2 || undefined);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['attached', 'detached'],
  );
  await bus.close();
});

/** A bus that knows of changes by events alone, and one that knows of them by looking alone. */
async function witnesses(): Promise<{ told: LibusbBus; looking: LibusbBus }> {
  const native = await loadNativeUsb();
  const deaf = { ...native, watch: () => () => undefined };
  return {
    told: new LibusbBus(native, { clock: systemClock, pollInterval: NEVER_MS }),
    looking: new LibusbBus(deaf, { clock: systemClock, pollInterval: LOOK_MS }),
  };
}

function ofPath(events: readonly UsbEvent[], path: string): UsbEvent[] {
  return events.filter(({ device }) => device.path === path);
}

function ofPathIn(devices: readonly UsbDevice[], path: string): boolean {
  return devices.some((device) => device.path === path);
}

/** What one can say of events without the objects of a bus. */
const inWords = (events: readonly UsbEvent[]) =>
  events.map(({ type, device }) => `${type} ${device.path} ${device.address}`);

await kernelTest(
  `${CYCLES} times plugged in, used and pulled, ${LANES} devices at a time: nothing lost, nothing twice, nothing leaks`,
  async (rig) => {
    const { told, looking } = await witnesses();
    const [byEvents, byLooking] = [listen(told), listen(looking)];
    const lanes: Plugged[] = [];
    for (let lane = 0; lane < LANES; lane++) lanes.push(await rig.plug(STAND_IN));

    async function cycle(lane: number, number: number): Promise<void> {
      let plugged = lanes[lane] ?? assert.fail();
      if (number > 1) plugged = await rig.replug(plugged.servedPath, plugged.identity, plugged);
      lanes[lane] = plugged;
      const { device } = plugged;
      const seen = (count: number) =>
        eventually('both have seen it', () => {
          const counts = [byEvents, byLooking].map((events) => ofPath(events, device.path).length);
          return counts.every((each) => each === count) || undefined;
        });
      await seen(2 * number - 1);
      for (const bus of [told, looking]) assert.ok(ofPathIn(await bus.list(), device.path));
      await device.open();
      await device.claim(0);
      await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH);
      // Every other time its user forgets to close it.
      if (number % 2 === 0) await device.close();
      unplug(plugged);
      await seen(2 * number);
      for (const bus of [told, looking]) assert.ok(!ofPathIn(await bus.list(), device.path));
    }
    const cycles = (from: number, to: number) =>
      Promise.all(
        lanes.map(async (_, lane) => {
          for (let number = from; number <= to; number++) await cycle(lane, number);
        }),
      );

    await cycles(1, WARM_UP);
    await rig.bus.list();
    const before = await footprint();
    await cycles(WARM_UP + 1, CYCLES / LANES);
    await rig.bus.list();
    const after = await footprint();

    for (const { device } of lanes) {
      const events = ofPath(byEvents, device.path);
      assert.deepEqual(
        events.map(({ type }) => type),
        Array.from({ length: CYCLES / LANES }, () => ['attached', 'detached']).flat(),
      );
      assert.deepEqual(inWords(ofPath(byLooking, device.path)), inWords(events));
      for (let at = 0; at < events.length; at += 2) assert.equal(events[at]?.device, events[at + 1]?.device);
    }
    assert.equal(new Set(byEvents.map(({ device }) => device)).size, CYCLES);
    assert.deepEqual(leaks(before, after), []);
    await told.close();
    await looking.close();
  },
);
