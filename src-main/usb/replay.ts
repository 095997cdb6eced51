import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { UsbError, describeSetup } from './port.ts';
import type { ControlSetup, UsbBus, UsbDevice, UsbEvent, UsbIdentity } from './port.ts';
import { fromHex, isOperation, parseRecording, toHex } from './recording.ts';
import type { RecordedAppearance, RecordedChange, RecordedLine, RecordedOperation } from './recording.ts';

type OperationLine = RecordedLine<RecordedOperation>;

function isOperationLine(line: RecordedLine): line is OperationLine {
  return isOperation(line.entry);
}

const HEADER_LINES = 1;

/**
 * A recorded session behind the port. Each device must be asked for exactly what it was asked for then, in the same
 * order; it answers as it answered then, after the same time on the given clock. Several devices may be served in
 * another interleaving than then, and the list may be read any number of times. A device comes or goes when everything
 * that began before that has been done again.
 *
 * The first request that differs ends the replay: it and everything after it fails with `replay-deviation`.
 */
export class ReplayBus implements UsbBus {
  readonly #clock: Clock;
  /** In the order in which things began, which with several devices is not the order of the lines. */
  readonly #script: readonly RecordedLine[];
  readonly #performed = new Set<RecordedLine>();
  readonly #devices = new Map<number, ReplayDevice>();
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  /** Everything in the script before this has happened. */
  #front = 0;
  /** Milliseconds of the recording that have been played. */
  #time = 0;
  #waiting = false;
  #deviation: StepwiseError<'replay-deviation'> | undefined;

  /**
   * @param recording the content of the file
   * @throws {StepwiseError} `bad-file`
   */
  constructor(recording: string, clock: Clock) {
    this.#clock = clock;
    this.#script = parseRecording(recording).toSorted((a, b) => a.entry.n - b.entry.n);
  }

  list(): Promise<readonly UsbDevice[]> {
    this.#playChanges();
    return Promise.resolve([...this.#devices.values()]);
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    const entry = (event: UsbEvent) => listener(event);
    this.#listeners.add(entry);
    this.#playChanges();
    return () => this.#listeners.delete(entry);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }

  /** @throws {StepwiseError} `replay-deviation` when there was one, or when the recording goes on */
  finish(): void {
    if (this.#deviation) throw this.#deviation;
    const left = this.#script.filter(isOperationLine).find((line) => !this.#performed.has(line));
    if (left) throw this.#deviate(left, describe(left.entry), 'nothing');
  }

  /** Does again what stands in `line`; undefined where the recording holds nothing further for the device. */
  async #perform(line: OperationLine | undefined, got: string): Promise<RecordedOperation> {
    if (this.#deviation) throw this.#deviation;
    const expected = line ? describe(line.entry) : 'nothing';
    if (!line || expected !== got) throw this.#deviate(line, expected, got);
    const { entry } = line;
    await this.#clock.sleep(entry.ms);
    this.#performed.add(line);
    this.#time = Math.max(this.#time, entry.t + entry.ms);
    this.#playChanges();
    if (entry.failure) throw new UsbError(entry.failure, got);
    return entry;
  }

  /** Lets devices come and go up to the next operation that has not been done again. */
  #playChanges(): void {
    while (!this.#waiting) {
      const line = this.#script[this.#front];
      if (!line) return;
      const { entry } = line;
      if (isOperation(entry)) {
        if (!this.#performed.has(line)) return;
      } else if (entry.t > this.#time && entry.op !== 'present') {
        this.#waitUntil(entry.t);
        return;
      } else {
        this.#change(entry);
      }
      this.#front += 1;
    }
  }

  #waitUntil(time: number): void {
    this.#waiting = true;
    void this.#clock.sleep(time - this.#time).then(() => {
      this.#waiting = false;
      this.#time = Math.max(this.#time, time);
      this.#playChanges();
    });
  }

  #change(entry: RecordedChange): void {
    if (entry.op !== 'detached') {
      const device = new ReplayDevice(entry, this.#operationsOf(entry.device), (line, got) =>
        this.#perform(line, got),
      );
      this.#devices.set(entry.device, device);
      if (entry.op === 'attached') this.#report({ type: 'attached', device });
    } else {
      const device = this.#devices.get(entry.device);
      this.#devices.delete(entry.device);
      if (device) this.#report({ type: 'detached', device });
    }
  }

  #operationsOf(device: number): OperationLine[] {
    return this.#script.filter(isOperationLine).filter(({ entry }) => entry.device === device);
  }

  #report(event: UsbEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #deviate(line: RecordedLine | undefined, expected: string, got: string): StepwiseError<'replay-deviation'> {
    const [shortExpected, shortGot] = shorten(expected, got);
    this.#deviation = new StepwiseError('replay-deviation', {
      line: line?.line ?? this.#script.length + HEADER_LINES + 1,
      expected: shortExpected,
      got: shortGot,
    });
    return this.#deviation;
  }
}

class ReplayDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  readonly #operations: Iterator<OperationLine, undefined>;
  readonly #perform: (line: OperationLine | undefined, got: string) => Promise<RecordedOperation>;

  constructor(
    { path, address, identity }: RecordedAppearance,
    operations: readonly OperationLine[],
    perform: (line: OperationLine | undefined, got: string) => Promise<RecordedOperation>,
  ) {
    this.path = path;
    this.address = address;
    this.identity = identity;
    this.#operations = operations[Symbol.iterator]();
    this.#perform = perform;
  }

  async open(): Promise<void> {
    await this.#next('open');
  }

  async close(): Promise<void> {
    await this.#next('close');
  }

  async reset(): Promise<void> {
    await this.#next('reset');
  }

  async claim(interfaceNumber: number): Promise<void> {
    await this.#next(describeClaim(interfaceNumber));
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    await this.#next(describeSelect(interfaceNumber, alternate));
  }

  async controlIn(setup: ControlSetup, length: number): Promise<Uint8Array> {
    const entry = await this.#next(describeIn(setup, length));
    return fromHex(entry.op === 'in' ? entry.data : '');
  }

  async controlOut(setup: ControlSetup, data: Uint8Array): Promise<void> {
    await this.#next(describeOut(setup, toHex(data)));
  }

  #next(got: string): Promise<RecordedOperation> {
    return this.#perform(this.#operations.next().value, got);
  }
}

/** Two operations are the same when their descriptions are. Deadlines are the host's own affair and not in them. */
function describe(entry: RecordedOperation): string {
  switch (entry.op) {
    case 'open':
    case 'close':
    case 'reset':
      return entry.op;
    case 'claim':
      return describeClaim(entry.interface);
    case 'select':
      return describeSelect(entry.interface, entry.alternate);
    case 'in':
      return describeIn(entry, entry.length);
    case 'out':
      return describeOut(entry, entry.data);
  }
}

function describeClaim(interfaceNumber: number): string {
  return `claim interface ${interfaceNumber}`;
}

function describeSelect(interfaceNumber: number, alternate: number): string {
  return `select alternate setting ${alternate} of interface ${interfaceNumber}`;
}

function describeIn(setup: ControlSetup, length: number): string {
  return `${describeSetup(setup)} length ${length}`;
}

function describeOut(setup: ControlSetup, data: string): string {
  return `${describeSetup(setup)} length ${data.length / 2} data ${data}`;
}

const SHOWN = 120;
const SHOWN_BEFORE_DIFFERENCE = 80;

/** Two long descriptions, cut so that the first difference between them can be seen. */
function shorten(expected: string, got: string): [string, string] {
  let same = 0;
  while (same < expected.length && expected[same] === got[same]) same += 1;
  const from = Math.max(0, same - SHOWN_BEFORE_DIFFERENCE);
  const cut = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? '…' : ''}`;
  return [cut(expected), cut(got)];
}
