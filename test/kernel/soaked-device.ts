import assert from 'node:assert/strict';
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressEvent } from '../../shared/progress.ts';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import type { Journal } from '../../src-main/flash/journal.ts';
import { DEFAULT_POLICY } from '../../src-main/flash/plan.ts';
import { withDevice } from '../../src-main/update/connect.ts';
import { flash } from '../../src-main/update/flash-job.ts';
import type { UsbBus } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import { expectBytes } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import type { Plugged, Rig } from './rig.ts';
import { misfortune, type Dice, type LeastWork } from './soak-faults.ts';
import type { Tally } from './soak-tally.ts';

/** What an update of a device rewrites: a piece at the start of each of its first sectors. */
const SECTORS = 2;
const LONGEST_PIECE = 3_000;
/** Bytes at the end of each sector that hold something the update must keep. */
const BESIDE = 40;
/** Every so many updates something goes wrong, more or less. */
const ONE_IN = 3;
/** Faults are apart by chance only: some updates meet two, hardly one meets this many. */
const MOST_TRIES = 5;
const REPLUG_PATIENCE_MS = 60_000;
const RECOVERIES = 12;

interface Piece {
  readonly address: number;
  readonly length: number;
}

export interface SoakOptions {
  readonly bus: UsbBus;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly dice: Dice;
  readonly updates: number;
}

/** A device that is updated again and again, with a hand that plugs it in again when asked or when it failed. */
export class SoakedDevice {
  readonly #rig: Rig;
  readonly #options: SoakOptions;
  readonly #pieces: readonly Piece[];
  #plugged: Plugged;
  /** All that its flash must hold. */
  readonly #flash: Uint8Array;
  #version = 0;

  private constructor(
    rig: Rig,
    plugged: Plugged,
    flash: Uint8Array,
    pieces: readonly Piece[],
    options: SoakOptions,
  ) {
    this.#rig = rig;
    this.#plugged = plugged;
    this.#flash = flash;
    this.#pieces = pieces;
    this.#options = options;
  }

  static async plug(rig: Rig, name: string, options: SoakOptions): Promise<SoakedDevice> {
    const definition = virtualDevices.get(name) ?? assert.fail(`no device is called ${name}`);
    const { start, sizes } = firstSectors(definition);
    const flash = new Uint8Array(sizes.reduce((a, b) => a + b, 0)).fill(definition.chip.erasedValue);
    let at = start;
    const pieces = sizes.map((size) => {
      const address = at;
      at += size;
      flash.set(noise(0, BESIDE), at - start - BESIDE);
      return { address, length: Math.min(size - BESIDE, LONGEST_PIECE) };
    });
    const transferSize = definition.usb.dfu?.transferSize ?? assert.fail(`${name} has no DFU interface`);
    const least: LeastWork = {
      erase: pieces.length,
      write: pieces.reduce((sum, piece) => sum + Math.ceil(piece.length / transferSize), 0),
      read: 1,
    };
    const { faults, names } = misfortune(options.dice, options.updates, ONE_IN, least, start);
    for (const mishap of names) options.tally.count('faults', mishap);
    const plugged = await rig.plug({ kind: 'bootloader', name, flash, faults });
    const { bytes } = await rig.contents(plugged, start, definition.chip.addressableFlash);
    return new SoakedDevice(rig, plugged, bytes, pieces, options);
  }

  /** Updates it to a version it never had, however many tries that takes, and looks at its flash from inside. */
  async update(): Promise<void> {
    const version = ++this.#version;
    const image = FirmwareImage.from(
      this.#pieces.map(({ address, length }, i) => ({
        address,
        bytes: noise(version * SECTORS + i, length),
      })),
    );
    const { tally } = this.#options;
    const begin = performance.now();
    let disturbed = false;
    const listener = (event: ProgressEvent) => {
      if (event.type === 'retry') disturbed = true;
      if (event.type === 'recovery') tally.count('recoveries', event.rung);
    };
    for (let tries = 1; !(await this.#try(image, listener)); tries++) {
      disturbed = true;
      assert.ok(tries < MOST_TRIES, 'each failure has a remedy');
      await this.#replug();
    }
    tally.updated(performance.now() - begin, disturbed);
    await this.#prove(image);
  }

  /** @returns whether it succeeded; a failure that has a name is counted */
  async #try(image: FirmwareImage, listener: (event: ProgressEvent) => void): Promise<boolean> {
    const { bus, journal, signal, tally } = this.#options;
    let hand: Promise<void> | undefined;
    const attended = (event: ProgressEvent) => {
      listener(event);
      if (event.type === 'needs') hand = this.#replug();
    };
    const { path } = this.#plugged.device;
    const device = (await bus.list()).find((each) => each.path === path) ?? assert.fail('it is not there');
    const limits = { replugPatience: REPLUG_PATIENCE_MS, recoveries: RECOVERIES };
    const clock = systemClock;
    try {
      await withDevice(device, { bus, clock, listener: attended, limits, signal }, (connected) =>
        flash(connected, {
          image,
          name: 'soak',
          policy: DEFAULT_POLICY,
          journal,
          clock,
          today: () => new Date().toISOString(),
          listener: attended,
          signal,
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof StepwiseError)) throw error;
      tally.count('failures', `${error.code} during ${error.phase ?? 'the update'}`);
      return false;
    } finally {
      await hand;
    }
  }

  async #replug(): Promise<void> {
    this.#options.tally.count('replugs', 'replug');
    this.#plugged = await this.#rig.powerCycle(this.#plugged);
  }

  async #prove(image: FirmwareImage): Promise<void> {
    const start = this.#pieces[0]?.address ?? 0;
    for (const { address, bytes } of image.ranges) this.#flash.set(bytes, address - start);
    const { bytes, faults } = await this.#rig.contents(this.#plugged, start, this.#flash.length);
    expectBytes(bytes, this.#flash, start);
    assert.deepEqual(faults, []);
  }
}

function firstSectors({ chip }: DeviceDefinition): { start: number; sizes: readonly number[] } {
  const { start, runs } = chip.banks[0] ?? assert.fail('it has no flash');
  const sizes = runs.flatMap(({ count, size }) => Array<number>(count).fill(size)).slice(0, SECTORS);
  return { start, sizes };
}
