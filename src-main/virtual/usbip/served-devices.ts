import type { Clock } from '../../../shared/clock.ts';
import type { UsbDevice, UsbEvent, UsbIdentity } from '../../usb/port.ts';
import { VirtualBus } from '../virtual-bus.ts';
import type { VirtualDevice } from '../virtual-device.ts';
import { UsbipServer } from './server.ts';
import type { UsbipAddress, UsbipEvent } from './server.ts';

/**
 * Virtual devices on somebody's desk, with USB/IP for a cable. Attaching is plugging in, and detaching is unplugging: the
 * device loses its power and comes up anew, in its bootloader. A device that leaves the bus by itself takes the cable with
 * it, and what comes back must be attached again. Where nothing comes back, because it locked up or its cable was pulled,
 * somebody plugs it in again after a while; nobody else could.
 */

/** Time of the devices: longer than any restart takes. */
const AWAY_LIMIT_MS = 5_000;

export type ServedEvent =
  /** A host has it, or has let go of it. */
  | { readonly type: 'attached' | 'detached'; readonly path: string }
  /** It has left the bus by itself. */
  | { readonly type: 'left'; readonly path: string }
  /** It has not come back: the plug is pulled and put back. */
  | { readonly type: 'replugged'; readonly path: string }
  /** It is there again, as what it now is, and can be attached. */
  | { readonly type: 'returned'; readonly path: string; readonly identity: UsbIdentity };

export class ServedDevices {
  readonly #clock: Clock;
  readonly #bus: VirtualBus;
  readonly #server: UsbipServer;
  readonly #tell: (event: ServedEvent) => void;
  /** What has left the bus and is not back, by its path. */
  readonly #away = new Map<string, UsbDevice>();
  #unsubscribe: () => void = () => undefined;

  constructor(devices: readonly VirtualDevice[], clock: Clock, tell: (event: ServedEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#bus = new VirtualBus(clock, devices);
    this.#server = new UsbipServer(this.#bus, (event) => this.#onHost(event));
  }

  list(): Promise<readonly UsbDevice[]> {
    return this.#bus.list();
  }

  /** @param port 0 for any that is free @throws what listening fails with */
  async listen(port?: number): Promise<UsbipAddress> {
    const address = await this.#server.listen(port);
    this.#unsubscribe = this.#bus.subscribe((event) => this.#onBus(event));
    return address;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#away.clear();
    await this.#server.close();
    await this.#bus.close();
  }

  #onHost({ type, device }: UsbipEvent): void {
    const { path } = device;
    if (type === 'imported') {
      this.#tell({ type: 'attached', path });
    } else if (this.#bus.isPresent(device)) {
      this.#bus.powerCycle(path);
      this.#tell({ type: 'detached', path });
    }
  }

  #onBus({ type, device }: UsbEvent): void {
    const { path, identity } = device;
    if (type === 'attached') {
      this.#away.delete(path);
      this.#tell({ type: 'returned', path, identity });
    } else {
      this.#away.set(path, device);
      this.#tell({ type: 'left', path });
      void this.#clock.sleep(AWAY_LIMIT_MS).then(() => this.#replugMissing(device));
    }
  }

  #replugMissing(device: UsbDevice): void {
    const { path } = device;
    if (this.#away.get(path) !== device) return;
    this.#tell({ type: 'replugged', path });
    void this.#bus.replug(path);
  }
}
