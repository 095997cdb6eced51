import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { UsbError } from './port.ts';
import type { UsbBus, UsbDevice, UsbEvent } from './port.ts';
import { parseWholeRecording } from './recording-parse.ts';
import { isOperation } from './recording.ts';
import type { RecordedChange, RecordedLine, RecordedOperation, Withheld } from './recording.ts';
import { ReplayDevice, describe } from './replay-device.ts';
import type { Asked, OperationLine, WithheldMemory } from './replay-device.ts';

function isOperationLine(line: RecordedLine): line is OperationLine {
  return isOperation(line.entry);
}

const HEADER_LINES = 1;

export interface ReplayOptions {
  readonly clock: Clock;
  /** A new one for each device; without it nothing is known. */
  readonly memory?: () => WithheldMemory;
}

const NOTHING_KNOWN: WithheldMemory = {
  sent: () => undefined,
  where: () => undefined,
  candidates: () => [],
};

/**
 * A recorded session behind the port. Each device must be asked for exactly what it was asked for then, in the same
 * order; it answers as it answered then, after the same time on the given clock. Several devices may be served in
 * another interleaving than then, and the list may be read any number of times. A device comes or goes when everything
 * that began before that has been done again.
 *
 * The first request that differs ends the replay: it and everything after it fails with `replay-deviation`. Of what is
 * written the hash must be the recorded one, where the recording has no more than that. What was read then and is recorded
 * as a hash is answered with bytes of that hash, if they can be had; if not, the replay ends with `replay-withheld`.
 */
export class ReplayBus implements UsbBus {
  readonly #clock: Clock;
  readonly #memory: () => WithheldMemory;
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
  #end: StepwiseError<'replay-deviation' | 'replay-withheld'> | undefined;
  /** The line that a kill has cut off. */
  readonly cutOff: number | undefined;

  /**
   * @param recording the content of the file
   * @throws {StepwiseError} `bad-file`
   */
  constructor(recording: string, { clock, memory = () => NOTHING_KNOWN }: ReplayOptions) {
    this.#clock = clock;
    this.#memory = memory;
    const { lines, cutOff } = parseWholeRecording(recording);
    this.#script = lines.toSorted((a, b) => a.entry.n - b.entry.n);
    this.cutOff = cutOff;
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
    if (this.#end) throw this.#end;
    const left = this.#script.filter(isOperationLine).find((line) => !this.#performed.has(line));
    if (left) throw this.#deviate(left, describe(left.entry), 'nothing');
  }

  async #perform(line: OperationLine | undefined, asked: Asked): Promise<RecordedOperation> {
    if (this.#end) throw this.#end;
    if (!line) {
      const nothing = this.cutOff === undefined ? 'nothing' : 'nothing, for it is cut off there';
      throw this.#deviate(line, nothing, asked());
    }
    const { entry } = line;
    const [expected, got] = [describe(entry), asked(entry)];
    if (expected !== got) throw this.#deviate(line, expected, got);
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
      const device = new ReplayDevice(entry, this.#operationsOf(entry.device), this.#memory(), {
        perform: (line, asked) => this.#perform(line, asked),
        withheld: (line, what, address) => this.#withheld(line, what, address),
      });
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
    const error = new StepwiseError('replay-deviation', {
      line: line?.line ?? this.#script.length + HEADER_LINES + 1,
      expected: shortExpected,
      got: shortGot,
    });
    this.#end = error;
    return error;
  }

  #withheld({ line }: OperationLine, { bytes }: Withheld, address: number | undefined) {
    const where = address === undefined ? {} : { address };
    return (this.#end = new StepwiseError('replay-withheld', { line, bytes, ...where }));
  }
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
