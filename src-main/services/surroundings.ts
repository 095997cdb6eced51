/** Everything the services touch outside of themselves; the host brings it, a test stands in for it. */
import type { Clock } from '../../shared/clock.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { LocalText } from '../../shared/locale.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { Channel } from '../../shared/settings.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import type { FlashTarget } from '../flash/target.ts';
import type { Log } from '../log/log.ts';
import type { UsbBus } from '../usb/port.ts';

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
  readonly log: Log;
  /** Opens an address in the person's browser or mail program, or a folder. */
  readonly openOutside: (what: Outside) => Promise<void>;
  readonly releases: Releases;
  /** Present where devices are virtual. */
  readonly demo?: DemoDesk;
  /** Milliseconds between looks at the bus, besides its events. */
  readonly lookInterval?: number;
}

export type Outside =
  { readonly kind: 'address'; readonly url: string } | { readonly kind: 'folder'; readonly path: string };

/** Firmware the maker answers for. */
export interface Release {
  readonly version: string;
  readonly name: string;
  readonly channel: Channel;
  /** ISO 8601. */
  readonly released: string;
  readonly notes: LocalText;
  /** Format of the file it came in. */
  readonly format: string;
  readonly image: FirmwareImage;
}

/** Where releases come from. */
export interface Releases {
  /** What there is for a device like this, in any order; it need not fit this one. */
  for(device: ReleaseTarget): Promise<readonly Release[]>;
}

export interface ReleaseTarget {
  readonly line: ProductLine | undefined;
  /** Absent while the device runs its application. */
  readonly identity?: DeviceIdentity;
  readonly target?: FlashTarget;
}

export const NO_RELEASES: Releases = { for: () => Promise.resolve([]) };

/** Virtual devices, as a hand plugs them in and out. */
export interface DemoDesk {
  readonly catalogue: readonly { readonly name: string; readonly title: string }[];
  /** What can be wrong with a device, by name. */
  readonly faults: readonly string[];
  /** How the application of these devices shows itself. */
  readonly application: NonNullable<ProductLine['application']>;
  /** @returns the port path; @throws not-found for a device or fault that is not in the lists */
  plug(device: string, fault: string | undefined): string;
  /** @throws not-found where nothing was ever plugged in */
  unplug(path: string): void;
  /** Resolves when it is plugged in again, before the system has found it. @throws not-found */
  replug(path: string, boot0: boolean): Promise<void>;
}
