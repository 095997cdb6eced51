import type { Clock } from '../../shared/clock.ts';
import type { ControlSetup, UsbBus, UsbDevice, UsbEvent } from './port.ts';
import { RecordedDevice } from './recorded-device.ts';
import { RecordedSessions } from './recorded-sessions.ts';
import type { RecordingOrigin } from './recording.ts';

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
