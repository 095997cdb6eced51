import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { LibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { loadNativeUsb } from '../../src-main/usb/libusb/native.ts';
import type { UsbBus, UsbEvent } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { ENOUGH, GET_STATUS, STATUS_LENGTH } from './requests.ts';
import { eventually, kernelTest, unplug } from './rig.ts';

const STAND_IN = { kind: 'stand-in', manners: [] } as const;

const CYCLES = 50;
const NEVER_MS = 3_600_000;

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

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

await kernelTest(
  `${CYCLES} times plugged in, used and pulled: nothing lost, nothing twice, nothing left open`,
  async (rig) => {
    const events = listen(rig.bus);
    let plugged = await rig.plug(STAND_IN);
    let openBefore = 0;
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      if (cycle > 1) plugged = await rig.replug(plugged.servedPath, plugged.identity);
      const { device } = plugged;
      await device.open();
      await device.claim(0);
      await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH);
      // Every other time its user forgets to close it.
      if (cycle % 2 === 0) await device.close();
      unplug(plugged);
      await eventually('it is missed', () => events.length === 2 * cycle || undefined);
      if (cycle === 5) openBefore = openFiles();
    }
    assert.deepEqual(
      events.map(({ type }) => type),
      Array.from({ length: CYCLES }, () => ['attached', 'detached']).flat(),
    );
    for (let at = 0; at < events.length; at += 2) assert.equal(events[at]?.device, events[at + 1]?.device);
    assert.equal(new Set(events.map(({ device }) => device)).size, CYCLES);
    assert.equal(openFiles(), openBefore);
  },
);
