/**
 * What is plugged in, and what it is. Each device that may be ours is opened when it appears, asked what it is, and
 * closed again. Whoever works on a device borrows it: meanwhile nobody else touches it, whatever comes and goes at its
 * port, and afterwards it is looked at anew.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Device, DeviceState } from '../../shared/device.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import { BOOTLOADER_IDS, hasUsbId } from '../devices/bootloader-ids.ts';
import type { FlashTarget } from '../flash/target.ts';
import type { Log } from '../log/log.ts';
import type { UsbBus, UsbDevice, UsbEvent } from '../usb/port.ts';
import { look, type Seen } from './look.ts';
import {
  applicationVersion,
  isBootloaderOf,
  linesOfApplication,
  linesOfChip,
  titleOf,
} from './product-lines.ts';

/** Hotplug events get lost. */
const LOOK_INTERVAL = 2_000;

export interface RegistryOptions {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly lines: readonly ProductLine[];
  readonly log: Log;
  readonly announce: (devices: readonly Device[]) => void;
  /** Milliseconds between looks at the bus, besides its events. */
  readonly lookInterval?: number | undefined;
}

/** A device whose bootloader answers. */
export interface Ready {
  readonly identity: DeviceIdentity;
  readonly target: FlashTarget;
  readonly line: ProductLine | undefined;
  readonly title: string;
  /** Version of the application that was at this port before, where it told. */
  readonly version: string | undefined;
}

/** A device that is lent to somebody. */
export interface Loan {
  /** What is plugged in, as soon as nobody looks at it any more. @throws no-device */
  device(): Promise<UsbDevice>;
  /** Resolves when it was looked at again. */
  giveBack(): Promise<void>;
}

/** A port with a device that may be ours. */
interface Place {
  readonly path: string;
  /** Absent while whoever borrowed it waits for it to come back. */
  usb: UsbDevice | undefined;
  seen: Seen | undefined;
  loan: { readonly job: string | undefined } | undefined;
  /** Settles when nobody looks at it any more. */
  looked: Promise<void>;
}

/** What is known of the product at a port besides what it shows now. */
interface Known {
  /** Its application was there, or the person said so. */
  readonly line: ProductLine;
  /** Of its application. */
  readonly version: string | undefined;
}

export class DeviceRegistry {
  readonly #options: RegistryOptions;
  readonly #places = new Map<string, Place>();
  readonly #known = new Map<string, Known>();
  readonly #unsubscribe: () => void;
  #closed = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((event) => {
      this.#changed(event);
    });
  }

  /** Looks at what is plugged in now, and from time to time from then on. */
  async start(): Promise<void> {
    await this.#lookAround();
    void this.#keepLooking();
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }

  list(): readonly Device[] {
    return [...this.#places.values()]
      .map((place) => this.#device(place))
      .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  }

  /** Asks a device again what it is; one that is lent is left alone. @throws no-device */
  async look(path: string): Promise<Device> {
    const place = this.#place(path);
    if (!place.loan) await this.#look(place);
    return this.#device(this.#place(path));
  }

  /** What can be said of a device that is not lent. @throws no-device, occupied where a job is at work on it */
  async #settled(path: string): Promise<Place> {
    const place = this.#place(path);
    if (place.loan?.job !== undefined) throw new StepwiseError('occupied', { path });
    await place.looked;
    return place;
  }

  /** @throws no-device, occupied */
  async runsApplication(path: string): Promise<boolean> {
    return (await this.#settled(path)).seen?.kind === 'application';
  }

  /** @throws no-device, occupied; why it cannot be used; not-dfuse where it runs its application */
  async ready(path: string): Promise<Ready> {
    const place = await this.#settled(path);
    const { seen } = place;
    if (seen?.kind === 'unusable') throw seen.error;
    if (seen?.kind !== 'ready')
      throw new StepwiseError('not-dfuse', { what: 'the device runs its application' });
    const { identity, target } = seen;
    const line = this.#lineOf(place);
    return { identity, target, line, title: titleOf(line, identity), version: this.versionAt(path) };
  }

  /** The product at this port, where one is known. @throws no-device */
  lineAt(path: string): ProductLine | undefined {
    return this.#lineOf(this.#place(path));
  }

  /** The person says which product it is. @throws no-device; not-found where it cannot be this one */
  chooseProduct(path: string, id: string): void {
    const line = this.#linesOf(this.#place(path)).find((each) => each.id === id);
    if (!line) throw new StepwiseError('not-found', { what: `the product ${id} at ${path}` });
    this.#known.set(path, { line, version: this.versionAt(path) });
    this.#tell();
  }

  /** Version of the application that is or was at this port. */
  versionAt(path: string): string | undefined {
    return this.#known.get(path)?.version;
  }

  /** What was known of the application at this port holds no longer. */
  forgetVersion(path: string): void {
    const known = this.#known.get(path);
    if (known) this.#known.set(path, { line: known.line, version: undefined });
  }

  /**
   * @param job whose work it is; without one the device keeps its state meanwhile
   * @throws no-device, occupied
   */
  borrow(path: string, job?: string): Loan {
    const place = this.#place(path);
    if (place.loan) throw new StepwiseError('occupied', { path });
    const before = place.usb;
    place.loan = { job };
    if (job !== undefined) this.#tell();
    return {
      device: async () => {
        await place.looked;
        if (!place.usb) throw new StepwiseError('no-device', { wanted: path });
        return place.usb;
      },
      giveBack: async () => {
        place.loan = undefined;
        if (!place.usb) this.#remove(place);
        else if (job !== undefined || place.usb !== before) await this.#look(place);
        else this.#tell();
      },
    };
  }

  // -- what comes and goes -----------------------------------------------------------------------------------------------

  #changed({ type, device }: UsbEvent): void {
    if (type === 'attached') this.#attached(device);
    else this.#detached(device);
  }

  #attached(usb: UsbDevice): void {
    if (!this.#mayBeOurs(usb)) return;
    const known = this.#places.get(usb.path);
    if (known?.usb === usb) return;
    const { log } = this.#options;
    log.write('info', 'devices', 'plugged in', usb.path);
    if (known) {
      this.#replaced(known);
      known.usb = usb;
      if (!known.loan) void this.#look(known);
      return;
    }
    const place = { path: usb.path, usb, seen: undefined, loan: undefined, looked: Promise.resolve() };
    this.#places.set(usb.path, place);
    void this.#look(place);
  }

  #detached(usb: UsbDevice): void {
    const place = this.#places.get(usb.path);
    if (place?.usb !== usb) return;
    this.#options.log.write('info', 'devices', 'unplugged', usb.path);
    this.#replaced(place);
    place.usb = undefined;
    if (!place.loan) this.#remove(place);
  }

  /** Whoever borrowed a device knows that it is the same one that comes back; otherwise it may be another board. */
  #replaced({ path, loan }: Place): void {
    if (!loan) this.forgetVersion(path);
  }

  #remove(place: Place): void {
    if (this.#places.get(place.path) !== place) return;
    this.#places.delete(place.path);
    this.#tell();
  }

  async #keepLooking(): Promise<void> {
    const { clock, lookInterval = LOOK_INTERVAL } = this.#options;
    for (;;) {
      await clock.sleep(lookInterval);
      if (this.#closed) return;
      await this.#lookAround();
    }
  }

  /** What the events should have told. */
  async #lookAround(): Promise<void> {
    const present = await this.#options.bus.list();
    for (const { usb } of [...this.#places.values()]) {
      if (usb && !present.includes(usb)) this.#detached(usb);
    }
    for (const usb of present) this.#attached(usb);
  }

  #mayBeOurs({ identity }: UsbDevice): boolean {
    const { lines } = this.#options;
    return (
      hasUsbId(identity, BOOTLOADER_IDS) ||
      lines.some((line) => isBootloaderOf(line, identity)) ||
      linesOfApplication(lines, identity).length > 0
    );
  }

  // -- looking -----------------------------------------------------------------------------------------------------------

  #look(place: Place): Promise<void> {
    place.looked = place.looked.then(() => this.#lookNow(place));
    return place.looked;
  }

  async #lookNow(place: Place): Promise<void> {
    const { usb, path } = place;
    if (!usb || place.loan) return;
    const { bus, clock, lines, log } = this.#options;
    place.seen = undefined;
    this.#tell();
    const seen = await look(bus, clock, usb, lines);
    if (place.usb !== usb) return;
    place.seen = seen;
    const line = seen.kind === 'application' ? this.#lineOf(place) : undefined;
    if (line) this.#known.set(path, { line, version: applicationVersion(line, usb.identity) });
    if (seen.kind === 'unusable') log.write('warn', 'devices', seen.error.message, path);
    else
      log.write(
        'info',
        'devices',
        seen.kind === 'ready' ? seen.identity.title : 'runs its application',
        path,
      );
    this.#tell();
  }

  // -- as the screens see it ---------------------------------------------------------------------------------------------

  #device(place: Place): Device {
    const { path, seen, usb } = place;
    const line = this.#lineOf(place);
    const identity = seen && 'identity' in seen ? seen.identity : undefined;
    const title = identity ? titleOf(line, identity) : (line?.name ?? usbId(usb));
    const product = line ? { product: line.id } : this.#alternatives(place);
    return { path, title, ...product, state: this.#state(place, identity) };
  }

  #state({ path, loan, seen }: Place, identity: DeviceIdentity | undefined): DeviceState {
    const known = identity && { identity };
    if (loan?.job !== undefined) return { kind: 'working', job: loan.job, ...known };
    switch (seen?.kind) {
      case undefined:
        return { kind: 'looking' };
      case 'ready':
        return { kind: 'ready', identity: seen.identity };
      case 'application': {
        const version = this.versionAt(path);
        return { kind: 'application', canEnter: seen.canEnter, ...(version !== undefined && { version }) };
      }
      case 'unusable':
        return { kind: 'unusable', failure: seen.error.failure, ...known };
    }
  }

  #alternatives(place: Place): { readonly products?: readonly string[] } {
    const lines = this.#linesOf(place);
    return lines.length > 1 ? { products: lines.map(({ id }) => id) } : {};
  }

  /** Nothing is guessed: of several products it is none until it is known which. */
  #lineOf(place: Place): ProductLine | undefined {
    const [line, ...others] = this.#linesOf(place);
    return others.length === 0 ? line : undefined;
  }

  #linesOf({ path, usb, seen }: Place): readonly ProductLine[] {
    const { lines } = this.#options;
    const known = this.#known.get(path)?.line;
    if (seen && 'identity' in seen) return linesOfChip(lines, seen.identity, known);
    if (!usb) return [];
    const shown = linesOfApplication(
      lines,
      usb.identity,
      seen?.kind === 'application' ? seen.name : undefined,
    );
    return known && shown.includes(known) ? [known] : shown;
  }

  #place(path: string): Place {
    const place = this.#places.get(path);
    if (!place) throw new StepwiseError('no-device', { wanted: path });
    return place;
  }

  #tell(): void {
    if (!this.#closed) this.#options.announce(this.list());
  }
}

function usbId(usb: UsbDevice | undefined): string {
  const { vendorId = 0, productId = 0 } = usb?.identity ?? {};
  const digits = (id: number) => id.toString(16).toUpperCase().padStart(4, '0');
  return `USB ${digits(vendorId)}:${digits(productId)}`;
}
