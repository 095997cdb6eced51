import type { Clock } from '../../shared/clock.ts';
import type { ControlSetup, UsbBus, UsbDevice, UsbEvent, UsbIdentity } from './port.ts';
import { RecordedSessions } from './recorded-sessions.ts';
import type { DeviceName, Ended } from './recorded-sessions.ts';
import { toHex, withhold } from './recording.ts';
import type { Payload, RecordedOperation, RecordingOrigin } from './recording.ts';

/**
 * A bus that keeps everything that happens on the bus beneath it: the last part of each session in memory, for the
 * report of a failure, and all of it in files. Of blocks of firmware memory keeps hashes, and so does a file unless a
 * person lets it have more. Nothing is changed on the way.
 */

/** Some ten megabytes: four updates of two megabytes each. */
const RING_CAPACITY = 50_000;

/** One line of a recording, when it has ended. */
export interface RecordingLine {
  readonly text: string;
  /** `change`: a device came or went; otherwise how an operation ended. */
  readonly kind: 'change' | 'done' | 'failed';
  /** The lines a file needs before this one if it begins here: its header, and the devices that are there. */
  readonly beginning: () => readonly string[];
}

/** Takes the lines of a recording as they come. Must not throw: the device comes first. */
export interface RecordingSink {
  /** Whether it is given firmware as it is, or only its hash; asked at each block. */
  takesFirmware(): boolean;
  write(line: RecordingLine): void;
  close(): Promise<void>;
}

/** Told of all transfers of one device in their order; tells which of them carry what is in its memory. */
export interface FirmwareWatch {
  /** @param length bytes of the data stage; @param sent those of a transfer to the device */
  carriesFirmware(setup: ControlSetup, length: number, sent?: Uint8Array): boolean;
}

export interface RecorderOptions {
  readonly clock: Clock;
  /** A new one for each device; without it no transfer counts as firmware. */
  readonly firmwareWatch?: () => FirmwareWatch;
  /** Entries of a session that are kept in memory; the oldest go first. */
  readonly capacity?: number;
  readonly sinks?: readonly RecordingSink[];
  readonly origin?: RecordingOrigin;
}

const NO_FIRMWARE: FirmwareWatch = { carriesFirmware: () => false };

export class RecordedBus implements UsbBus {
  readonly #bus: UsbBus;
  readonly #sessions: RecordedSessions;
  readonly #sinks: readonly RecordingSink[];
  readonly #firmwareWatch: () => FirmwareWatch;
  readonly #devices = new Map<UsbDevice, RecordedDevice>();
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  readonly #unsubscribe: () => void;

  constructor(
    bus: UsbBus,
    {
      clock,
      firmwareWatch = () => NO_FIRMWARE,
      capacity = RING_CAPACITY,
      sinks = [],
      origin = {},
    }: RecorderOptions,
  ) {
    this.#bus = bus;
    this.#sinks = sinks;
    this.#firmwareWatch = firmwareWatch;
    this.#sessions = new RecordedSessions({ clock, capacity, sinks, origin });
    // Changes are recorded whether or not anybody above wants to hear of them: a list made later depends on them.
    this.#unsubscribe = bus.subscribe((event) => this.#changed(event));
  }

  /**
   * The recording so far as a file's content: its header and what memory still holds, without firmware. Waits for nothing,
   * so that it can be had while a transfer hangs.
   */
  text(): string {
    return this.#sessions.text();
  }

  async list(): Promise<readonly UsbDevice[]> {
    const devices = await this.#bus.list();
    return devices.map((device) => this.#devices.get(device) ?? this.#appeared(device, 'present'));
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    const entry = (event: UsbEvent) => listener(event);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#bus.close();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  #changed({ type, device }: UsbEvent): void {
    const recorded =
      this.#devices.get(device) ?? this.#appeared(device, type === 'attached' ? type : 'present');
    if (type === 'detached') {
      this.#devices.delete(device);
      this.#sessions.left(recorded.name);
    }
    for (const listener of this.#listeners) listener({ type, device: recorded });
  }

  #appeared(device: UsbDevice, op: 'present' | 'attached'): RecordedDevice {
    const { path, address, identity } = device;
    const entry = this.#sessions.appeared((moment, number) => ({
      op,
      device: number,
      path,
      address,
      identity,
      ...moment,
    }));
    const recorded = new RecordedDevice(device, entry.device, this.#sessions, this.#firmwareWatch());
    this.#devices.set(device, recorded);
    return recorded;
  }
}

const NO_DATA = new Uint8Array();

class RecordedDevice implements UsbDevice {
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
