import type { Clock } from '../../shared/clock.ts';
import { UsbError } from './port.ts';
import type { ControlSetup, UsbBus, UsbDevice, UsbEvent, UsbIdentity } from './port.ts';
import { formatEntry, formatHeader, toHex } from './recording.ts';
import type { RecordedAppearance, RecordedEntry, RecordedOperation } from './recording.ts';
import { Ring } from './ring.ts';

/**
 * A bus that keeps everything that happens on the bus beneath it: the last part in memory, for the report of a failure,
 * and all of it in a file where one is wanted. Nothing is changed on the way.
 */

export const RING_CAPACITY = 50_000;

/** Takes the lines of a recording as they come. Must not throw: the device comes first. */
export interface RecordingSink {
  write(line: string): void;
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly clock: Clock;
  /** Entries kept in memory; the oldest go first. */
  readonly capacity?: number;
  readonly sink?: RecordingSink;
}

export class RecordedBus implements UsbBus {
  readonly #bus: UsbBus;
  readonly #recorder: Recorder;
  readonly #sink: RecordingSink | undefined;
  readonly #devices = new Map<UsbDevice, RecordedDevice>();
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  readonly #unsubscribe: () => void;

  constructor(bus: UsbBus, { clock, capacity = RING_CAPACITY, sink }: RecorderOptions) {
    this.#bus = bus;
    this.#sink = sink;
    this.#recorder = new Recorder(clock, capacity, sink);
    // Changes are recorded whether or not anybody above wants to hear of them: a list made later depends on them.
    this.#unsubscribe = bus.subscribe((event) => this.#changed(event));
  }

  /** The recording so far as a file's content: its header and what memory still holds. */
  text(): string {
    return this.#recorder.text();
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
    await this.#sink?.close();
  }

  #changed({ type, device }: UsbEvent): void {
    const recorded =
      this.#devices.get(device) ?? this.#appeared(device, type === 'attached' ? type : 'present');
    if (type === 'detached') {
      this.#devices.delete(device);
      this.#recorder.left(recorded.name);
    }
    for (const listener of this.#listeners) listener({ type, device: recorded });
  }

  #appeared(device: UsbDevice, op: 'present' | 'attached'): RecordedDevice {
    const { path, address, identity } = device;
    const entry = this.#recorder.appeared((moment, number) => ({
      op,
      device: number,
      path,
      address,
      identity,
      ...moment,
    }));
    const recorded = new RecordedDevice(device, entry.device, this.#recorder);
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
  readonly name: { readonly device: number; readonly path: string };
  readonly #device: UsbDevice;
  readonly #recorder: Recorder;

  constructor(device: UsbDevice, number: number, recorder: Recorder) {
    this.path = device.path;
    this.address = device.address;
    this.identity = device.identity;
    this.name = { device: number, path: device.path };
    this.#device = device;
    this.#recorder = recorder;
  }

  open(): Promise<void> {
    return this.#recorder.run(
      () => this.#device.open(),
      (ended) => ({ op: 'open', ...this.name, ...ended }),
    );
  }

  close(): Promise<void> {
    return this.#recorder.run(
      () => this.#device.close(),
      (ended) => ({ op: 'close', ...this.name, ...ended }),
    );
  }

  reset(): Promise<void> {
    return this.#recorder.run(
      () => this.#device.reset(),
      (ended) => ({ op: 'reset', ...this.name, ...ended }),
    );
  }

  claim(interfaceNumber: number): Promise<void> {
    return this.#recorder.run(
      () => this.#device.claim(interfaceNumber),
      (ended) => ({ op: 'claim', ...this.name, interface: interfaceNumber, ...ended }),
    );
  }

  selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    return this.#recorder.run(
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
    return this.#recorder.run(
      () => this.#device.controlIn(setup, length, deadline, signal),
      (ended, data) => ({
        op: 'in',
        ...this.name,
        ...fields(setup),
        length,
        data: toHex(data ?? NO_DATA),
        ...ended,
      }),
    );
  }

  controlOut(setup: ControlSetup, data: Uint8Array, deadline: number, signal?: AbortSignal): Promise<void> {
    const sent = toHex(data);
    return this.#recorder.run(
      () => this.#device.controlOut(setup, data, deadline, signal),
      (ended) => ({ op: 'out', ...this.name, ...fields(setup), length: data.length, data: sent, ...ended }),
    );
  }
}

type Moment = Pick<RecordedEntry, 'n' | 't'>;
type Ended = Moment & Pick<RecordedOperation, 'ms' | 'failure'>;

/** Numbers and times the entries, keeps the last of them and passes each on to the sink. */
class Recorder {
  readonly #clock: Clock;
  readonly #begin: number;
  readonly #sink: RecordingSink | undefined;
  /** Kept apart from the ring: without them the rest could not be read. */
  #appearances: RecordedAppearance[] = [];
  readonly #ring: Ring<RecordedEntry>;
  /** Numbers of the devices that are on the bus. */
  readonly #present = new Set<number>();
  #devices = 0;
  #count = 0;

  constructor(clock: Clock, capacity: number, sink: RecordingSink | undefined) {
    this.#clock = clock;
    this.#begin = clock.now();
    this.#ring = new Ring(capacity);
    this.#sink = sink;
    sink?.write(formatHeader(0));
  }

  text(): string {
    this.#forgetTheUnnamed();
    const entries = [...this.#appearances, ...this.#ring.toArray()].sort((a, b) => a.n - b.n);
    const dropped = this.#ring.dropped + this.#devices - this.#appearances.length;
    return [formatHeader(dropped), ...entries.map(formatEntry), ''].join('\n');
  }

  appeared(entry: (moment: Moment, number: number) => RecordedAppearance): RecordedAppearance {
    this.#forgetTheUnnamed();
    const appearance = entry(this.#moment(), this.#devices++);
    this.#appearances.push(appearance);
    this.#present.add(appearance.device);
    this.#sink?.write(formatEntry(appearance));
    return appearance;
  }

  left(name: { readonly device: number; readonly path: string }): void {
    this.#present.delete(name.device);
    this.#keep({ op: 'detached', ...name, ...this.#moment() });
  }

  /** Devices that have left, and that no entry in the ring speaks of any more. */
  #forgetTheUnnamed(): void {
    const named = new Set(this.#ring.toArray().map(({ device }) => device));
    this.#appearances = this.#appearances.filter(
      ({ device }) => this.#present.has(device) || named.has(device),
    );
  }

  /** Does it, and records how it ended. @param entry `value` is undefined after a failure */
  async run<T>(
    act: () => Promise<T>,
    entry: (ended: Ended, value: T | undefined) => RecordedOperation,
  ): Promise<T> {
    const moment = this.#moment();
    const elapsed = () => round(this.#sinceBegin() - moment.t);
    try {
      const value = await act();
      this.#keep(entry({ ...moment, ms: elapsed() }, value));
      return value;
    } catch (error) {
      const failure = error instanceof UsbError ? error.kind : 'io';
      this.#keep(entry({ ...moment, ms: elapsed(), failure }, undefined));
      throw error;
    }
  }

  #keep(entry: RecordedEntry): void {
    this.#ring.push(entry);
    this.#sink?.write(formatEntry(entry));
  }

  #moment(): Moment {
    return { n: this.#count++, t: this.#sinceBegin() };
  }

  #sinceBegin(): number {
    return round(this.#clock.now() - this.#begin);
  }
}

/** Microseconds are enough. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}

function fields({ requestType, request, value, index }: ControlSetup): ControlSetup {
  return { requestType, request, value, index };
}
