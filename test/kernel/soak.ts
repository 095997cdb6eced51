/**
 * Updates without end, with faults at random: does everything come right in the end, and is the program then as it was
 * at the beginning? Devices and program run by the clock of the system, nothing is made faster. It is a program of its
 * own, so that the figures have nothing of a test runner in them. It prints a table; its exit status is 1 where something
 * is wrong.
 *
 *   soak alone|side-by-side [--long] [--seed NUMBER]
 *
 * The long form takes other faults each time and says which.
 */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Journal } from '../../src-main/flash/journal.ts';
import { openLibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { DEPARTED_KEPT } from '../../src-main/usb/recorded-sessions.ts';
import { RecordedBus } from '../../src-main/usb/recorder.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { compared, footprint, leaks } from './footprint.ts';
import { Rig } from './rig.ts';
import { diceOf } from './soak-faults.ts';
import { SoakedDevice } from './soaked-device.ts';
import { Tally } from './soak-tally.ts';

interface Shape {
  readonly devices: readonly string[];
  /** Of each device. */
  readonly updates: { readonly short: number; readonly long: number };
}

const SHAPES: Readonly<Record<string, Shape>> = {
  /** Small pages: most of its time is work of ours, not the chip's. */
  alone: { devices: ['g0b1'], updates: { short: 10, long: 200 } },
  /** Loaders that differ from each other in how they work; none whose sectors take most of the time to read. */
  'side-by-side': {
    devices: ['f405', 'f746', 'wb55', 'l476', 'l072', 'g0b1', 'h563', 'c5'],
    updates: { short: 2, long: 6 },
  },
};

/** The part of the updates in which caches, pools and the recorder's ring fill. */
const WARM_UP = 0.25;
/** Of each device. Small enough to be full before the warm-up is over. */
const RING = 300;
/** Of the medians of undisturbed updates. A guest on a machine that has other things to do is no clockwork. */
const MOST_DRIFT = 1.5;
/** Where the quarters are too small to have a median worth the name. */
const FEWEST_FOR_DRIFT = 80;
/** Updates after which it says how many. */
const SIGN_OF_LIFE = 20;

const { values, positionals } = parseArgs({
  options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } },
  allowPositionals: true,
});
const { long } = values;
const shapeName = positionals[0] ?? 'alone';
const { devices: names, updates: counts } =
  SHAPES[shapeName] ?? assert.fail(`no shape is called ${shapeName}`);
const updates = long ? counts.long : counts.short;
const warmUp = Math.ceil(updates * WARM_UP);
const seed = Number(values.seed ?? (long ? Date.now() % 1_000_000 : 1));

const rig = new Rig(await openLibusbBus({ clock: systemClock }));
const bus = new RecordedBus(rig.bus, { clock: systemClock, capacity: RING });
const journal = new Journal(mkdtempSync(join(tmpdir(), 'stepwise-soak-')));
const { signal } = new AbortController();
const tally = new Tally();
const options = { bus, journal, signal, tally, dice: diceOf(seed), updates };

const devices: SoakedDevice[] = [];
for (const name of names) devices.push(await SoakedDevice.plug(rig, name, options));

async function updateAll(times: number): Promise<void> {
  await Promise.all(
    devices.map(async (device) => {
      for (let update = 0; update < times; update++) {
        await device.update();
        if (tally.updates % SIGN_OF_LIFE === 0) say([`${tally.updates} updates`]);
      }
    }),
  );
}

say([`soak ${shapeName}, seed ${seed}: ${updates} updates of ${names.join(', ')}`]);
await updateAll(warmUp);
const before = await footprint([signal]);
try {
  await updateAll(updates - warmUp);
} finally {
  say([...tally.lines(), ...compared(before, await footprint([signal]))]);
}

const after = await footprint([signal]);
assert.deepEqual(leaks(before, after), []);
assert.deepEqual(await journal.list(), []);
// A header; whoever is there or left lately, and of each what its ring holds.
const lines = bus.text().trim().split('\n').length;
const most = 1 + ((await bus.list()).length + DEPARTED_KEPT) * (1 + RING);
assert.ok(lines <= most, `the recorder keeps ${lines} lines, and ${most} at most`);
if (tally.updates >= FEWEST_FOR_DRIFT) {
  assert.ok(tally.drift < MOST_DRIFT, 'the last updates take as long as the first ones');
}
await rig.stop();

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
