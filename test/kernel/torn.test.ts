import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DfuRequest, DfuSeCommand } from '../../src-main/dfuse/protocol.ts';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { Journal } from '../../src-main/flash/journal.ts';
import { DEFAULT_POLICY } from '../../src-main/flash/plan.ts';
import { withDevice } from '../../src-main/update/connect.ts';
import { flash } from '../../src-main/update/flash-job.ts';
import type { ControlSetup, UsbDevice } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { expectBytes } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { WrappedDevice } from '../rig/wrapped-device.ts';
import { footprint, leaks } from './footprint.ts';
import { kernelTest, unplug } from './rig.ts';
import type { Rig } from './rig.ts';

/**
 * The plug is pulled in the middle of a transfer: the device has taken it and has not answered, and the system has it
 * under way. At points all over an update, from the first descriptor to the last read-back; every other time the device
 * has done what it was asked. The update must know at once that the device is gone, and the same update must complete
 * when it is back.
 */

const POINTS = 50;
/** After so many points nothing is new any more to the process. */
const WARM_UP = 10;
/** Deadlines are 5 s and more: whoever needs so long has noticed by something else. */
const AT_ONCE_MS = 2_500;
/** The device's own time runs faster, so that its restarts cost little. */
const SPEED = 10;

/** A page of 2 KB in blocks of 1 KB: every kind of transfer, and few of each. */
const DEVICE = 'g0b1';
const START = 0x0800_0000;
const PAGE = 2048;
const IMAGE_LENGTH = 1_500;

function imageOf(version: number): FirmwareImage {
  return FirmwareImage.from([{ address: START, bytes: noise(version, IMAGE_LENGTH) }]);
}

class Bench {
  readonly #rig: Rig;
  readonly #journal = new Journal(mkdtempSync(join(tmpdir(), 'stepwise-torn-')));

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Nobody is there to plug it in again. */
  async update(device: UsbDevice, image: FirmwareImage): Promise<void> {
    const clock = systemClock;
    const listener = () => undefined;
    const limits = { replugPatience: 0, recoveries: 12 };
    await withDevice(device, { bus: this.#rig.bus, clock, listener, limits }, (connected) =>
      flash(connected, {
        image,
        name: 'torn',
        policy: DEFAULT_POLICY,
        journal: this.#journal,
        clock,
        today: () => new Date().toISOString(),
        listener,
      }),
    );
  }

  /** What an update transfers, one word each, in order. */
  async course(device: UsbDevice, image: FirmwareImage): Promise<string[]> {
    const course: string[] = [];
    const watched = new WrappedDevice(device, {
      controlIn: (setup, ...rest) => {
        course.push(kindOf(setup));
        return device.controlIn(setup, ...rest);
      },
      controlOut: (setup, data, ...rest) => {
        course.push(kindOf(setup, data));
        return device.controlOut(setup, data, ...rest);
      },
    });
    await this.update(watched, image);
    return course;
  }
}

const CLASS_REQUEST = 0x20;

function kindOf({ requestType, request, value }: ControlSetup, data?: Uint8Array): string {
  if (!(requestType & CLASS_REQUEST)) return 'descriptor';
  if (request !== DfuRequest.dnload) return nameOf(request);
  if (value > 0) return 'write';
  return data?.[0] === DfuSeCommand.erase ? 'erase' : 'set address';
}

function nameOf(request: number): string {
  return Object.entries(DfuRequest).find(([, code]) => code === request)?.[0] ?? String(request);
}

const ALL_KINDS = ['abort', 'descriptor', 'erase', 'getStatus', 'set address', 'upload', 'write'];

/** The first transfer of each kind, and others all over the course. */
function pointsOn(course: readonly string[]): number[] {
  const firsts = ALL_KINDS.map((kind) => course.indexOf(kind));
  const others = [...course.keys()].filter((point) => !firsts.includes(point));
  const more = POINTS - firsts.length;
  const spread = others.filter(
    (_, i) => Math.floor((i * more) / others.length) !== Math.floor(((i + 1) * more) / others.length),
  );
  return [...firsts, ...spread].sort((a, b) => a - b);
}

await kernelTest(
  `unplugged in the middle of ${POINTS} transfers of an update, each time it knows at once, and completes afterwards`,
  async (rig) => {
    const expected = noise(0, PAGE);
    let plugged = await rig.plug({ kind: 'bootloader', name: DEVICE, flash: expected, speed: SPEED });
    const bench = new Bench(rig);
    const course = await bench.course(plugged.device, imageOf(1));
    const points = pointsOn(course);
    assert.equal(points.length, POINTS);
    assert.deepEqual([...new Set(course)].sort(), ALL_KINDS);

    let warm = await footprint();
    for (const [i, after] of points.entries()) {
      if (i === WARM_UP) warm = await footprint();
      const image = imageOf(i + 2);
      const held = rig.holds(plugged, { after, done: i % 2 === 1 });
      const torn = bench.update(plugged.device, image).then(
        () => assert.fail('it does not know that it was unplugged'),
        (error: unknown) => error,
      );
      await held;
      const pulled = performance.now();
      if (i % 4 < 2) unplug(plugged);
      else rig.vanish(plugged);
      const failure = await torn;
      const where = `transfer ${after}, ${course[after]}`;
      assert.ok(performance.now() - pulled < AT_ONCE_MS, where);
      assert.ok(
        failure instanceof StepwiseError && failure.code === 'disconnected',
        `${where}: ${String(failure)}`,
      );
      assert.match(failure.condition ?? '', /untouched|incomplete/, where);

      plugged = await rig.powerCycle(plugged);
      await bench.update(plugged.device, image);
      for (const { address, bytes } of image.ranges) expected.set(bytes, address - START);
      const { bytes, faults } = await rig.contents(plugged, START, PAGE);
      expectBytes(bytes, expected, START);
      assert.deepEqual(faults, [], where);
    }
    assert.deepEqual(leaks(warm, await footprint()), []);
  },
);
