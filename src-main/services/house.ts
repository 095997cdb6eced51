/** What the handlers share: the same devices, jobs and firmware, whoever asks. */
import type { LinkQuality } from '../../shared/diagnosis.ts';
import type { Product } from '../../shared/product.ts';
import type { Departures } from '../diagnostics/host/departures.ts';
import type { Journal } from '../flash/journal.ts';
import type { AppUpdate } from './app-update.ts';
import type { DeviceRegistry } from './device-registry.ts';
import type { Examinations } from './examinations.ts';
import type { FirmwareShelf } from './firmware-shelf.ts';
import type { Announce } from './handlers.ts';
import type { Interruptions } from './interrupted.ts';
import type { JobRegistry } from './job-registry.ts';
import type { FirmwareKeep } from './kept-firmware.ts';
import type { Releases } from './releases.ts';
import type { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

export interface House {
  readonly surroundings: Surroundings;
  readonly product: Product;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly jobs: JobRegistry;
  readonly devices: DeviceRegistry;
  readonly departures: Departures;
  /** As last measured at each port. */
  readonly links: Map<string, LinkQuality>;
  readonly examinations: Examinations;
  readonly shelf: FirmwareShelf;
  readonly releases: Releases;
  readonly appUpdate: AppUpdate;
  readonly keep: FirmwareKeep;
  readonly interruptions: Interruptions;
  /** What went over USB in this run, as a recording without firmware; at hand even while a transfer hangs. */
  readonly transcript: () => string;
  readonly announce: Announce;
}
