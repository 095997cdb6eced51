/**
 * A host with ports, as libusb shows one: devices appear some time after they were plugged in, and the news that one
 * is gone comes late too. Every attaching makes a new object with a new address at the same path.
 */
import type { Clock } from '../../shared/clock.ts';
import type { UsbBus, UsbDevice, UsbEvent } from '../usb/port.ts';
import { Attachment } from './attachment.ts';
import { HOST_TIMING } from './timing.ts';
import type { UsbFunction } from './usb-function.ts';
import type { HostPort, VirtualDevice } from './virtual-device.ts';

const LAST_ADDRESS = 127;
/** Between pulling a plug and putting it back: long enough for the host to notice. */
const REPLUG_PAUSE_MS = 1000;

export class VirtualBus implements UsbBus {
  readonly #clock: Clock;
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  /** What the host knows of, in the order in which it was found. */
  readonly #known = new Map<Attachment, VirtualDevice>();
  readonly #sockets = new Map<string, Socket>();
  #address = 0;

  /** @param devices plugged in since long before: listed at once, without an event */
  constructor(clock: Clock, devices: readonly VirtualDevice[] = []) {
    this.#clock = clock;
    for (const device of devices) this.#socketFor(device, device.path).plugIn(device, 0);
  }

  // -- the port's side

  list(): Promise<readonly UsbDevice[]> {
    return Promise.resolve([...this.#known.keys()]);
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([...this.#known.keys()].map((attachment) => attachment.close()));
  }

  // -- the hand's side

  /**
   * Plugs a device in; the host finds it a little later. @returns the path
   * @throws Error where something is plugged in already
   */
  plug(device: VirtualDevice, path: string | undefined = device.path): string {
    const socket = this.#socketFor(device, path);
    socket.plugIn(device, HOST_TIMING.attach);
    return socket.path;
  }

  /** Pulls the plug: the device loses its power, the transfer under way fails. Without effect on an empty socket. */
  unplug(path: string): void {
    this.#sockets.get(path)?.unplug();
  }

  /** Pulls the plug and puts the same device back, also where it was pulled before. */
  async replug(path: string): Promise<void> {
    const socket = this.#sockets.get(path);
    const device = socket?.lastDevice;
    if (!socket || !device) throw new Error(`nothing was ever plugged in at ${path}`);
    socket.unplug();
    await this.#clock.sleep(REPLUG_PAUSE_MS);
    socket.plugIn(device, HOST_TIMING.attach);
  }

  /** Takes its power and gives it back at once: the host has no news, only a device at the same path that is as new. */
  powerCycle(path: string): void {
    this.#sockets.get(path)?.powerCycle();
  }

  /** Whether this device is on the wire still: the news that it is gone comes later. */
  isPresent(device: UsbDevice): boolean {
    return [...this.#known.keys()].some((attachment) => attachment === device && !attachment.isGone);
  }

  #socketFor(device: VirtualDevice, wanted: string | undefined): Socket {
    let path = wanted;
    for (let port = 1; path === undefined; port++) {
      const socket = this.#sockets.get(`1-${port}`);
      if (!socket || socket.isFree || socket.lastDevice === device) path = `1-${port}`;
    }
    const known = this.#sockets.get(path);
    if (known && !known.isFree) throw new Error(`something is plugged in at ${path} already`);
    const socket = known ?? new Socket(path, this.#clock, this.#host());
    this.#sockets.set(path, socket);
    return socket;
  }

  #host(): Host {
    return {
      attached: (path, device, usb) => {
        this.#address = (this.#address % LAST_ADDRESS) + 1;
        const attachment = new Attachment(path, this.#address, device, usb.descriptors, this.#clock);
        this.#known.set(attachment, device);
        return attachment;
      },
      forgotten: (attachment) => this.#known.delete(attachment),
      tell: (type, attachment, device) => {
        if (device.faultPlan.isLost(type)) return;
        for (const listener of [...this.#listeners]) listener({ type, device: attachment });
      },
    };
  }
}

/** What a socket needs of the host it belongs to. */
interface Host {
  attached(path: string, device: VirtualDevice, usb: UsbFunction): Attachment;
  forgotten(attachment: Attachment): void;
  tell(type: UsbEvent['type'], attachment: Attachment, device: VirtualDevice): void;
}

class Socket implements HostPort {
  readonly path: string;
  readonly #clock: Clock;
  readonly #host: Host;
  #device: VirtualDevice | undefined;
  #lastDevice: VirtualDevice | undefined;
  #attachment: Attachment | undefined;
  #attachTime: number = HOST_TIMING.attach;
  /** Counts connections: one that is over before the host found it is never found. */
  #connection = 0;

  constructor(path: string, clock: Clock, host: Host) {
    this.path = path;
    this.#clock = clock;
    this.#host = host;
  }

  get isFree(): boolean {
    return this.#device === undefined;
  }

  get lastDevice(): VirtualDevice | undefined {
    return this.#lastDevice;
  }

  plugIn(device: VirtualDevice, attachTime: number): void {
    this.#device = device;
    this.#lastDevice = device;
    this.#attachTime = attachTime;
    device.powerOn(this);
    this.#attachTime = HOST_TIMING.attach;
  }

  unplug(): void {
    this.#device?.powerOff();
    this.disconnect();
    this.#device = undefined;
  }

  powerCycle(): void {
    const device = this.#device;
    if (!device) return;
    device.powerOff();
    this.#attachment?.detach();
    if (this.#attachment) this.#host.forgotten(this.#attachment);
    this.#attachment = undefined;
    this.plugIn(device, 0);
  }

  connect(usb: UsbFunction): void {
    const connection = ++this.#connection;
    const device = this.#device;
    if (!device) return;
    if (this.#attachTime === 0) {
      this.#attachment = this.#host.attached(this.path, device, usb);
      return;
    }
    void this.#clock.sleep(this.#attachTime).then(() => {
      if (connection !== this.#connection) return;
      const attachment = this.#host.attached(this.path, device, usb);
      this.#attachment = attachment;
      this.#host.tell('attached', attachment, device);
    });
  }

  disconnect(): void {
    this.#connection++;
    const attachment = this.#attachment;
    const device = this.#device;
    if (!attachment || !device) return;
    this.#attachment = undefined;
    const notice = attachment.isTransferring ? HOST_TIMING.detachDuringTransfer : HOST_TIMING.detach;
    attachment.detach();
    void this.#clock.sleep(notice).then(() => {
      this.#host.forgotten(attachment);
      this.#host.tell('detached', attachment, device);
    });
  }
}
