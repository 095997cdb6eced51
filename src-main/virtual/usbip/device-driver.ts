import { DEVICE_TO_HOST, UsbError } from '../../usb/port.ts';
import type { ControlSetup, UsbDevice } from '../../usb/port.ts';
import { StandardRequest } from '../../usb/standard-requests.ts';

/**
 * A device of the port, driven as a host controller drives it: by raw control transfers on endpoint 0. Where the port has
 * words of its own they are used: SET_INTERFACE selects an alternate setting, and an interface is claimed before the
 * first request to it. SET_CONFIGURATION and SET_ADDRESS concern the bus, not the device behind the port, and are
 * acknowledged here. Everything else goes to the device.
 *
 * USB/IP has no word for a bus reset: Linux resets the port of its virtual controller, and all that comes through is that
 * the device is configured once more (drivers/usb/core/hub.c, usb_reset_and_verify_device). That is taken for the reset.
 */

/** No host waits longer. A device that cannot be told to give up on a transfer is blocked for so long. */
const DEADLINE_MS = 60_000;

const RECIPIENT = 0x1f;
const TO_INTERFACE = 0x01;
const INTERFACE_NUMBER = 0xff;
const STANDARD_TO_DEVICE = 0x00;
const STANDARD_TO_INTERFACE = 0x01;

const NO_DATA = new Uint8Array();

export interface Request {
  readonly setup: ControlSetup;
  /** Bytes to read. */
  readonly length: number;
  /** Bytes to send. */
  readonly data: Uint8Array;
}

export class DeviceDriver {
  readonly #device: UsbDevice;
  readonly #claimed = new Set<number>();
  #configured = false;

  constructor(device: UsbDevice) {
    this.#device = device;
  }

  /** Opens it, and resets it as a host resets what was just plugged in. @throws {UsbError} */
  async start(): Promise<void> {
    await this.#device.open();
    await this.#device.reset();
  }

  async stop(): Promise<void> {
    await this.#device.close();
  }

  /**
   * @returns what was read
   * @param signal ends the transfer early
   * @throws {UsbError}
   */
  async transfer({ setup, length, data }: Request, signal: AbortSignal): Promise<Uint8Array> {
    if (isStandard(setup, STANDARD_TO_DEVICE, StandardRequest.setAddress)) return NO_DATA;
    if (isStandard(setup, STANDARD_TO_DEVICE, StandardRequest.setConfiguration)) {
      if (this.#configured) await this.#device.reset();
      this.#configured = true;
      return NO_DATA;
    }
    if ((setup.requestType & RECIPIENT) === TO_INTERFACE) await this.#claim(setup.index & INTERFACE_NUMBER);
    if (setup.requestType & DEVICE_TO_HOST) {
      return this.#device.controlIn(setup, length, DEADLINE_MS, signal);
    }
    if (isStandard(setup, STANDARD_TO_INTERFACE, StandardRequest.setInterface)) {
      await this.#selectAlternate(setup);
    } else {
      await this.#device.controlOut(setup, data, DEADLINE_MS, signal);
    }
    return NO_DATA;
  }

  async #claim(interfaceNumber: number): Promise<void> {
    if (this.#claimed.has(interfaceNumber)) return;
    await this.#device.claim(interfaceNumber);
    this.#claimed.add(interfaceNumber);
  }

  /** The port says `io` for a setting that is not there; on the wire that is a refusal. */
  async #selectAlternate({ value, index }: ControlSetup): Promise<void> {
    try {
      await this.#device.selectAlternate(index & INTERFACE_NUMBER, value);
    } catch (error) {
      const refused = error instanceof UsbError && error.kind === 'io';
      throw refused ? new UsbError('stall', error.operation, error) : error;
    }
  }
}

function isStandard(setup: ControlSetup, requestType: number, request: number): boolean {
  return setup.requestType === requestType && setup.request === request;
}
