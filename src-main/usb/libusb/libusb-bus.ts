import type { Clock } from '../../../shared/clock.ts';
import type { UsbBus, UsbDevice, UsbEvent } from '../port.ts';
import { toUsbError } from './failure-kinds.ts';
import { Attachments } from './hotplug.ts';
import { LibusbDevice } from './libusb-device.ts';
import { loadNativeUsb } from './native.ts';
import type { NativeDevice, NativeUsb } from './native.ts';

export interface LibusbOptions {
  /** Waits between two attempts to claim. */
  readonly clock: Clock;
  /** Milliseconds between two looks at the device list while somebody is subscribed. */
  readonly pollInterval?: number;
}

/**
 * The real bus: every device that libusb lists, hubs included. It keeps the process alive only while a device is open.
 * @throws {UsbError} `io` when libusb cannot be loaded or started
 */
export async function openLibusbBus(options: LibusbOptions): Promise<UsbBus> {
  return new LibusbBus(await loadNativeUsb(), options);
}

export class LibusbBus implements UsbBus {
  readonly #attachments: Attachments<LibusbDevice>;
  /** Every device handed out and not gone yet. */
  readonly #devices = new Set<LibusbDevice>();

  constructor(usb: NativeUsb, { clock, pollInterval }: LibusbOptions) {
    const wrap = (native: NativeDevice) => {
      const device = new LibusbDevice(usb, native, clock);
      this.#devices.add(device);
      return device;
    };
    this.#attachments = new Attachments(usb, wrap, (device) => this.#left(device), pollInterval);
  }

  list(): Promise<readonly UsbDevice[]> {
    return new Promise((resolve, reject) => {
      try {
        resolve(this.#attachments.look());
      } catch (error) {
        reject(toUsbError(error, 'list devices'));
      }
    });
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    return this.#attachments.subscribe((type, device) => listener({ type, device }));
  }

  async close(): Promise<void> {
    this.#attachments.stop();
    await Promise.all([...this.#devices].map((device) => device.close()));
  }

  /** Nothing more can be done with it, so its file descriptor is given back even if its user forgets to. */
  #left(device: LibusbDevice): void {
    this.#devices.delete(device);
    device.left();
    void device.close();
  }
}
