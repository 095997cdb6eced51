/** Updates that did not come to their end, and the firmware they need to be continued with. */
import { StepwiseError } from '../../shared/failure.ts';
import type { Interrupted } from '../../shared/firmware.ts';
import type { DeviceKey, Journal, JournalEntry } from '../flash/journal.ts';
import type { Log } from '../log/log.ts';
import { deviceKey } from '../update/flash-job.ts';
import { interruptedUpdate } from '../update/interrupted.ts';
import type { DeviceRegistry, Ready } from './device-registry.ts';
import type { FirmwareShelf, ShelvedFirmware } from './firmware-shelf.ts';
import type { JobRegistry } from './job-registry.ts';
import type { FirmwareKeep } from './kept-firmware.ts';
import { cardOf } from './reviews.ts';

export interface InterruptionsOptions {
  readonly journal: Journal;
  readonly keep: FirmwareKeep;
  readonly shelf: FirmwareShelf;
  readonly devices: DeviceRegistry;
  readonly jobs: JobRegistry;
  readonly log: Log;
}

export class Interruptions {
  readonly #options: InterruptionsOptions;

  constructor(options: InterruptionsOptions) {
    this.#options = options;
  }

  /** @throws host-file */
  async list(): Promise<readonly Interrupted[]> {
    const { journal, jobs, devices } = this.#options;
    const present = devices
      .list()
      .flatMap(({ state }) => (state.kind === 'ready' ? [deviceKey(state.identity)] : []));
    const found: Interrupted[] = [];
    for (const entry of await journal.list()) {
      if (jobs.isWorkingOn(entry.device.path)) continue;
      const firmware = await this.firmwareOf(entry);
      found.push({
        path: entry.device.path,
        name: entry.name,
        started: entry.started,
        ...(firmware && { firmware: cardOf(firmware) }),
        present: present.some((key) => isSame(key, entry.device)),
      });
    }
    return found;
  }

  /** The one of this very device. @throws host-file */
  of({ identity }: Ready): Promise<JournalEntry | undefined> {
    return interruptedUpdate(this.#options.journal, deviceKey(identity));
  }

  /** The firmware it was being updated with, where a copy of it is still here. */
  async firmwareOf(entry: JournalEntry): Promise<ShelvedFirmware | undefined> {
    const { keep, shelf } = this.#options;
    const kept = await keep.find(entry.image);
    if (!kept) return undefined;
    const { name, version, format, image, release } = kept;
    const card = { source: 'interrupted', name, format, ...(version !== undefined && { version }) } as const;
    return shelf.put(image, card, release);
  }

  /** @throws not-found; occupied where a job is at work on it */
  async forget(path: string): Promise<void> {
    const { journal, jobs } = this.#options;
    if (jobs.isWorkingOn(path)) throw new StepwiseError('occupied', { path });
    const entries = (await journal.list()).filter(({ device }) => device.path === path);
    if (entries.length === 0)
      throw new StepwiseError('not-found', { what: `an interrupted update at ${path}` });
    for (const { device } of entries) await journal.remove(device);
    await this.tidy();
  }

  /** Removes copies of firmware that nobody needs any more. Never rejects: nothing depends on it. */
  async tidy(): Promise<void> {
    const { journal, keep, log } = this.#options;
    try {
      await keep.tidy(await journal.list());
    } catch (error) {
      log.write('warn', 'services', `copies of firmware could not be tidied up: ${String(error)}`);
    }
  }
}

function isSame(a: DeviceKey, b: DeviceKey): boolean {
  return a.path === b.path && a.serial === b.serial;
}
