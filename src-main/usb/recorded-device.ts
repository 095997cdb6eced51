import type { ControlSetup, UsbDevice, UsbIdentity } from './port.ts';
import type { DeviceName, Ended, RecordedSessions } from './recorded-sessions.ts';
import type { FirmwareWatch } from './recorder.ts';
import { toHex, withhold } from './recording.ts';
import type { Payload, RecordedOperation } from './recording.ts';

/** One device of a recorded bus: does what the device beneath it does, and has it recorded how that ended. */

const NO_DATA = new Uint8Array();

export class RecordedDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  /** How entries name it. */
  readonly name: DeviceName;
  readonly #device: UsbDevice;
  readonly #sessions: RecordedSessions;
  readonly #watch: FirmwareWatch;

  constructor(device: UsbDevice, number: number, sessions: RecordedSessions, watch: FirmwareWatch) {
    this.path = device.path;
    this.address = device.address;
    this.identity = device.identity;
    this.name = { device: number, path: device.path };
    this.#device = device;
    this.#sessions = sessions;
    this.#watch = watch;
  }

  open(): Promise<void> {
    return this.#plain(
      () => this.#device.open(),
      (ended) => ({ op: 'open', ...this.name, ...ended }),
    );
  }

  close(): Promise<void> {
    return this.#plain(
      () => this.#device.close(),
      (ended) => ({ op: 'close', ...this.name, ...ended }),
    );
  }

  reset(): Promise<void> {
    return this.#plain(
      () => this.#device.reset(),
      (ended) => ({ op: 'reset', ...this.name, ...ended }),
    );
  }

  claim(interfaceNumber: number): Promise<void> {
    return this.#plain(
      () => this.#device.claim(interfaceNumber),
      (ended) => ({ op: 'claim', ...this.name, interface: interfaceNumber, ...ended }),
    );
  }

  selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    return this.#plain(
      () => this.#device.selectAlternate(interfaceNumber, alternate),
      (ended) => ({ op: 'select', ...this.name, interface: interfaceNumber, alternate, ...ended }),
    );
  }

  controlIn(
    setup: ControlSetup,
    length: number,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const isFirmware = this.#watch.carriesFirmware(setup, length);
    return this.#transfer(
      () => this.#device.controlIn(setup, length, deadline, signal),
      (data) => this.#payloads(data ?? NO_DATA, isFirmware),
      (ended, data) => ({ op: 'in', ...this.name, ...fields(setup), length, data, ...ended }),
    );
  }

  controlOut(setup: ControlSetup, data: Uint8Array, deadline: number, signal?: AbortSignal): Promise<void> {
    const { length } = data;
    // Before it is sent: the buffer is its owner's, who may use it again.
    const sent = this.#payloads(data, this.#watch.carriesFirmware(setup, length, data));
    return this.#transfer(
      () => this.#device.controlOut(setup, data, deadline, signal),
      () => sent,
      (ended, data) => ({ op: 'out', ...this.name, ...fields(setup), length, data, ...ended }),
    );
  }

  #payloads(data: Uint8Array, isFirmware: boolean): Payloads {
    if (!isFirmware || data.length === 0) {
      const kept = toHex(data);
      return { kept, open: kept };
    }
    const kept = withhold(data);
    return { kept, open: this.#sessions.takesFirmware ? toHex(data) : kept };
  }

  #plain(act: () => Promise<void>, entry: (ended: Ended) => RecordedOperation): Promise<void> {
    return this.#transfer(act, () => NO_PAYLOADS, entry);
  }

  /** Does it, and records how it ended. @param payloads is given undefined after a failure */
  async #transfer<T>(
    act: () => Promise<T>,
    payloads: (value: T | undefined) => Payloads,
    entry: (ended: Ended, data: Payload) => RecordedOperation,
  ): Promise<T> {
    const moment = this.#sessions.moment();
    const keep = (ended: Ended, { kept, open }: Payloads) => {
      const closed = entry(ended, kept);
      this.#sessions.ended(closed, kept === open ? closed : entry(ended, open));
    };
    try {
      const value = await act();
      keep(this.#sessions.end(moment), payloads(value));
      return value;
    } catch (error) {
      keep(this.#sessions.end(moment, error), payloads(undefined));
      throw error;
    }
  }
}

/** What is kept of a data stage in memory, and where firmware may be kept. */
interface Payloads {
  readonly kept: Payload;
  readonly open: Payload;
}

const NO_PAYLOADS: Payloads = { kept: '', open: '' };

function fields({ requestType, request, value, index }: ControlSetup): ControlSetup {
  return { requestType, request, value, index };
}
