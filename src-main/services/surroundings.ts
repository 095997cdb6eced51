/** Everything the services touch outside of themselves; the host brings it, a test stands in for it. */
import type { Clock } from '../../shared/clock.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { Network } from '../catalog/fetch.ts';
import type { KnownSecrets } from '../diagnostics/bundle/known-secrets.ts';
import type { Incidents } from '../log/incidents.ts';
import type { Computer } from '../diagnostics/host/computer.ts';
import type { Log } from '../log/log.ts';
import type { UsbBus } from '../usb/port.ts';
import type { SelfUpdater } from './self-updater.ts';

export interface Surroundings {
  readonly bus: UsbBus;
  /** The time in which the devices live. */
  readonly clock: Clock;
  /** The time of the person in front of the screen; the same, but for virtual devices that live faster. */
  readonly screenClock: Clock;
  /** Now, for people and for the journal; ISO 8601. */
  readonly today: () => string;
  /** Where settings, interrupted updates and logs are kept. Made when it is needed. */
  readonly stateFolder: string;
  /** Where product.json and the udev rule lie. */
  readonly resourcesFolder: string;
  readonly version: string;
  /** Program or library → version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly host: 'electron' | 'loopback';
  readonly platform: NodeJS.Platform;
  /** What can be asked of this computer, and installed on it. */
  readonly computer: Computer;
  readonly log: Log;
  /** What happens to the program itself. */
  readonly incidents: Incidents;
  /** What a file for support must not have in it. */
  readonly secrets: () => KnownSecrets;
  /**
   * Asks the person where to, and keeps a file there; absent where the screen saves what it is given.
   * @returns its name, or undefined where the person changed their mind; @throws host-file
   */
  readonly saveAs?: (name: string, bytes: Uint8Array) => Promise<string | undefined>;
  /** Opens an address in the person's browser or mail program, or a folder. */
  readonly openOutside: (what: Outside) => Promise<void>;
  /** The way to servers, in their time, also where that of the devices is virtual. */
  readonly network: Network;
  /** Present where devices are virtual. */
  readonly demo?: DemoDesk;
  /** Present where the program can replace itself. */
  readonly selfUpdater?: SelfUpdater | undefined;
  /** Milliseconds between looks at the bus, besides its events. */
  readonly lookInterval?: number;
}

export type Outside =
  { readonly kind: 'address'; readonly url: string } | { readonly kind: 'folder'; readonly path: string };

/** Where releases are, and the root of trust to begin with. */
export interface Repository {
  readonly url: string;
  readonly root: Uint8Array;
}

/** Virtual devices, as a hand plugs them in and out. */
export interface DemoDesk {
  readonly catalogue: readonly { readonly name: string; readonly title: string }[];
  /** What can be wrong with a device, by name. */
  readonly faults: readonly string[];
  readonly repository: Repository;
  /** How the application of these devices shows itself. */
  readonly application: NonNullable<ProductLine['application']>;
  /** @returns the port path; @throws not-found for a device or fault that is not in the lists */
  plug(device: string, fault: string | undefined): string;
  /** @throws not-found where nothing was ever plugged in */
  unplug(path: string): void;
  /** Resolves when it is plugged in again, before the system has found it. @throws not-found */
  replug(path: string, boot0: boolean): Promise<void>;
}
