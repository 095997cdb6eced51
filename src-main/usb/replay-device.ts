import type { StepwiseError } from '../../shared/failure.ts';
import { describeSetup } from './port.ts';
import type { ControlSetup, UsbDevice, UsbIdentity } from './port.ts';
import { fromHex, payloadLength, toHex, withhold } from './recording.ts';
import type { Payload, RecordedAppearance, RecordedLine, RecordedOperation, Withheld } from './recording.ts';

/** One device of a recording: it wants to be asked what it was asked then, and answers what it answered. */

export type OperationLine = RecordedLine<RecordedOperation>;

/** What somebody knows of the memory of one device, of which the recording has only hashes. */
export interface WithheldMemory {
  /** Is told of everything that is sent to the device. */
  sent(setup: ControlSetup, data: Uint8Array): void;
  /** Is told of everything that is asked of the device. @returns the address, where that is known */
  where(setup: ControlSetup, length: number): number | undefined;
  /** What may be there, the likeliest first. */
  candidates(address: number, length: number): Iterable<Uint8Array>;
}

/** What is asked of the port now, in words; of data, in the manner in which `recorded` has it. */
export type Asked = (recorded?: RecordedOperation) => string;

/** What a device needs of the replay it belongs to. */
export interface Player {
  /** Does again what stands in `line`; undefined where the recording holds nothing further for the device. */
  perform(line: OperationLine | undefined, asked: Asked): Promise<RecordedOperation>;
  withheld(line: OperationLine, what: Withheld, address: number | undefined): StepwiseError;
}

export class ReplayDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  readonly #operations: Iterator<OperationLine, undefined>;
  readonly #memory: WithheldMemory;
  readonly #player: Player;

  constructor(
    { path, address, identity }: RecordedAppearance,
    operations: readonly OperationLine[],
    memory: WithheldMemory,
    player: Player,
  ) {
    this.path = path;
    this.address = address;
    this.identity = identity;
    this.#operations = operations[Symbol.iterator]();
    this.#memory = memory;
    this.#player = player;
  }

  async open(): Promise<void> {
    await this.#next(() => 'open');
  }

  async close(): Promise<void> {
    await this.#next(() => 'close');
  }

  async reset(): Promise<void> {
    await this.#next(() => 'reset');
  }

  async claim(interfaceNumber: number): Promise<void> {
    await this.#next(() => describeClaim(interfaceNumber));
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    await this.#next(() => describeSelect(interfaceNumber, alternate));
  }

  async controlIn(setup: ControlSetup, length: number): Promise<Uint8Array> {
    const address = this.#memory.where(setup, length);
    const line = this.#operations.next().value;
    const entry = await this.#player.perform(line, () => describeIn(setup, length));
    if (!line || entry.op !== 'in') return NO_DATA;
    if (typeof entry.data === 'string') return fromHex(entry.data);
    return this.#found(entry.data, address) ?? this.#refuse(line, entry.data, address);
  }

  async controlOut(setup: ControlSetup, data: Uint8Array): Promise<void> {
    // Before it is compared: the buffer is its owner's, who may use it again.
    const sent = data.slice();
    await this.#next((recorded) => describeOut(setup, inMannerOf(recorded, sent)));
    this.#memory.sent(setup, sent);
  }

  #next(asked: Asked): Promise<RecordedOperation> {
    return this.#player.perform(this.#operations.next().value, asked);
  }

  #found({ bytes, sha256 }: Withheld, address: number | undefined): Uint8Array | undefined {
    if (address === undefined) return undefined;
    for (const candidate of this.#memory.candidates(address, bytes))
      if (withhold(candidate).sha256 === sha256) return candidate;
    return undefined;
  }

  #refuse(line: OperationLine, what: Withheld, address: number | undefined): never {
    throw this.#player.withheld(line, what, address);
  }
}

const NO_DATA = new Uint8Array();

/** Two operations are the same when their descriptions are. Deadlines are the host's own affair and not in them. */
export function describe(entry: RecordedOperation): string {
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

function describeOut(setup: ControlSetup, data: Payload): string {
  const bytes = typeof data === 'string' ? `data ${data}` : `sha256 ${data.sha256}`;
  return `${describeSetup(setup)} length ${payloadLength(data)} ${bytes}`;
}

function inMannerOf(recorded: RecordedOperation | undefined, sent: Uint8Array): Payload {
  return recorded?.op === 'out' && typeof recorded.data !== 'string' ? withhold(sent) : toHex(sent);
}
