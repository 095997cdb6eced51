/**
 * One DfuSe conversation with one bootloader (DFU 1.1, AN3156).
 *
 * A command or a block travels by DNLOAD, starts at the first GETSTATUS after it, which must answer dfuDNBUSY, and has
 * its result in the last one, when the loader is no longer busy. Reading needs dfuIDLE, so an ABORT stands between
 * writing and reading. The session knows the loader's state and address pointer, sends what is needed and nothing
 * twice. It never retries and never hides an error: that is the business of flash/recover.ts.
 */
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { UsbError, type UsbDevice } from '../usb/port.ts';
import { enterIdle, type EntryRules } from './entry.ts';
import { Pacing, type OperationPace, type Pace } from './pace.ts';
import {
  DfuRequest,
  DfuSeCommand,
  DfuState,
  DfuStatus,
  FIRST_DATA_BLOCK,
  REQUEST_IN,
  REQUEST_OUT,
} from './protocol.ts';
import { parseStatus, STATUS_LENGTH, type DeviceStatus } from './status.ts';
import { unwedge } from './unwedge.ts';

/** Deadline of a transfer that the loader answers at once. */
export const TRANSFER_DEADLINE = 5_000;
/** Deadline of a GETSTATUS that may do its work before it answers: the H7 erases inside it. */
const WORKING_STATUS_DEADLINE = 30_000;
/** An operation that is busy for longer than this is stuck. */
const OPERATION_BUDGET = 10_000;
/** The loader takes an address as fast as it takes the command. */
const AT_ONCE: Pace = { expected: 0 };
/** wBlockNum has 16 bits. */
const LAST_BLOCK = 0xffff;
/** States in which ABORT is legal (DFU 1.1 §6.1.2). */
const AT_REST: ReadonlySet<number> = new Set([DfuState.dfuIdle, DfuState.dnloadIdle, DfuState.uploadIdle]);

export interface EraseRules extends Pace {
  /** Milliseconds after which a loader that is still busy is stuck. */
  readonly budget: number;
  /** Known to stay busy for ever: un-wedge it this many milliseconds after the command (quirk). */
  readonly unwedgeAfter?: number;
  /** Known to report the end too early: leave it alone until this many milliseconds after the command (quirk). */
  readonly settle?: number;
}

/** How an erase command ended. Neither proves that the sector is blank. */
export type EraseEnd = 'reported' | 'unwedged';

export interface SessionOptions {
  readonly interfaceNumber: number;
  /** Bytes of a full block: wTransferSize, or less where a quirk limits it. */
  readonly transferSize: number;
}

interface Answer {
  readonly status: DeviceStatus;
  /** Milliseconds the device kept it back. */
  readonly held: number;
}

export class DfuSeSession {
  readonly device: UsbDevice;
  #transferSize: number;
  readonly #clock: Clock;
  readonly #interface: number;
  /** What the loader last said of itself; undefined after a failure, when nobody knows. */
  #state: number | undefined;
  /** The loader's address pointer, as far as it is certain. */
  #pointer: number | undefined;
  readonly #pacing = new Pacing();
  #pollTime: number | undefined;

  constructor(device: UsbDevice, clock: Clock, options: SessionOptions) {
    this.device = device;
    this.#transferSize = options.transferSize;
    this.#clock = clock;
    this.#interface = options.interfaceNumber;
  }

  /** Bytes of a full block. */
  get transferSize(): number {
    return this.#transferSize;
  }

  /** For a loader that takes less than its descriptor says; known only once the chip is. */
  limitTransferSize(bytes: number): void {
    this.#transferSize = Math.min(this.#transferSize, bytes);
  }

  /** Last known bState. */
  get state(): number | undefined {
    return this.#state;
  }

  /** Milliseconds the loader asked for when it was busy last (bwPollTimeout); undefined before it ever was. */
  get pollTime(): number | undefined {
    return this.#pollTime;
  }

  // -- requests ------------------------------------------------------------------------------------------------------

  /** @param deadline milliseconds; long where the loader may work before it answers */
  async getStatus(deadline = TRANSFER_DEADLINE): Promise<DeviceStatus> {
    this.#state = undefined;
    const status = parseStatus(await this.#in(DfuRequest.getStatus, 0, STATUS_LENGTH, deadline));
    this.#state = status.state;
    if (isWorking(status)) this.#pollTime = status.pollTime;
    return status;
  }

  /** Legal in dfuERROR only; STM32C5 stalls it elsewhere, and the H7 un-wedge depends on what the H7 does with it. */
  async clearStatus(): Promise<void> {
    this.#forget();
    await this.#out(DfuRequest.clrStatus, 0, new Uint8Array());
  }

  /** Back to dfuIDLE from any of the idle states. The address pointer survives. */
  async abort(): Promise<void> {
    const wasAtRest = this.#state !== undefined && AT_REST.has(this.#state);
    this.#state = undefined;
    await this.#out(DfuRequest.abort, 0, new Uint8Array());
    // Elsewhere it may be acknowledged without effect (ST's class code in dfuERROR).
    if (wasAtRest) this.#state = DfuState.dfuIdle;
  }

  // -- entry ---------------------------------------------------------------------------------------------------------

  /** Brings the loader to dfuIDLE from wherever an earlier program left it; see entry.ts for what it throws. */
  async enter(rules: EntryRules = {}): Promise<void> {
    this.#forget();
    await enterIdle(this, this.#clock, rules, WORKING_STATUS_DEADLINE);
  }

  // -- commands ------------------------------------------------------------------------------------------------------

  /** @throws command-rejected for an address the loader does not allow, read-protected under RDP */
  async setAddress(address: number): Promise<void> {
    if (this.#pointer === address) return;
    this.#pointer = undefined;
    const bytes = command(DfuSeCommand.setAddressPointer, address);
    this.#expectOk(await this.#download(0, bytes, address, AT_ONCE), 'set address', address);
    this.#pointer = address;
  }

  /**
   * Erases the sector that contains `address`. Ends when the loader says so or the rules say that it never will; only
   * a blank check or a read-back tells whether it did.
   * @throws stuck-busy, command-rejected, read-protected, UsbError
   */
  async erase(address: number, rules: EraseRules): Promise<EraseEnd> {
    // Loaders of ST's class code keep the pointer and the erase address in one variable.
    this.#pointer = undefined;
    await this.#send(0, command(DfuSeCommand.erase, address));
    const started = this.#clock.now();
    const elapsed = () => this.#clock.now() - started;
    const quiet = Math.max(rules.unwedgeAfter ?? 0, rules.settle ?? 0);
    const pace = this.#pacing.start(rules);
    let { status, held } = await this.#startOperation('erase', address);
    while (isWorking(status)) {
      if (status.state === DfuState.dnBusy && elapsed() >= (rules.unwedgeAfter ?? Infinity)) {
        await unwedge(this, address, elapsed());
        return 'unwedged';
      }
      if (elapsed() >= rules.budget) {
        throw new StepwiseError('stuck-busy', { address, state: status.state, elapsed: elapsed() });
      }
      const wait = elapsed() < quiet ? quiet - elapsed() : pace.wait(status.pollTime, elapsed(), held);
      await this.#clock.sleep(Math.min(wait, rules.budget - elapsed()));
      ({ status, held } = await this.#poll(status, pace, elapsed()));
    }
    this.#expectOk(status, 'erase', address);
    if (rules.settle !== undefined) await this.#clock.sleep(rules.settle - elapsed());
    return 'reported';
  }

  /** The command bytes the loader supports (UPLOAD of block 0), such as 0x00 0x21 0x41 0x92. */
  async readCommands(): Promise<readonly number[]> {
    await this.#idle();
    const answer = await this.#upload(0, 64);
    return [...answer];
  }

  /**
   * Sends READ_UNPROTECT: erases flash and RAM and resets the device, which leaves the bus. Ends when it has started;
   * the caller waits for the device to come back.
   * @throws command-rejected, UsbError where the loader does not take the command
   */
  async readUnprotect(): Promise<void> {
    await this.#send(0, Uint8Array.of(DfuSeCommand.readUnprotect));
    try {
      await this.#startOperation('read-unprotect', undefined);
    } catch (error) {
      // The chip resets as soon as it can: that it cannot answer any more is no sign of failure.
      if (!(error instanceof UsbError)) throw error;
    } finally {
      this.#forget();
    }
  }

  /**
   * Starts the application whose vector table is at `address`. Resolves with what was seen, never with a promise that
   * it runs: some loaders crash here, and an error on the last GETSTATUS is the normal sign of a device that left.
   */
  async leave(address: number): Promise<'left' | 'still-here'> {
    // Sent anew even where it is known: behind a command the loader is in dfuDNLOAD-IDLE, and a DNLOAD without data is
    // an error in dfuIDLE (DFU 1.1 §A.2.3).
    this.#pointer = undefined;
    await this.setAddress(address);
    try {
      await this.#send(FIRST_DATA_BLOCK, new Uint8Array());
    } catch (error) {
      if (error instanceof UsbError && error.kind === 'gone') return 'left';
      throw error;
    }
    try {
      const status = await this.getStatus();
      return status.state === DfuState.manifest || status.state === DfuState.manifestSync
        ? 'left'
        : 'still-here';
    } catch (error) {
      // The device resets before the status stage is over: stall, time-out, gone or half an answer, it left.
      if (error instanceof UsbError || isFailure(error, 'protocol-violation')) return 'left';
      throw error;
    } finally {
      this.#forget();
    }
  }

  // -- data ----------------------------------------------------------------------------------------------------------

  /**
   * Writes `bytes` as block `(address - base) / transferSize` counted from `base`: one SET_ADDRESS serves all full
   * blocks on the same grid. A short piece is sent as block 2 behind a SET_ADDRESS of its own, since the loader takes
   * the length of the request for the length of every block before it (AN3156 §4).
   * @param pace for the time between GETSTATUS requests
   * @throws program-failed, read-protected, stuck-busy, UsbError
   */
  async writeBlock(base: number, address: number, bytes: Uint8Array, pace: Pace): Promise<void> {
    const number = this.#blockNumber(base, address, bytes.length);
    await this.setAddress(number === undefined ? address : base);
    this.#expectProgrammed(await this.#download(number ?? FIRST_DATA_BLOCK, bytes, address, pace), address);
  }

  /**
   * Reads `length` bytes (2 … transferSize) at `address` on the grid that starts at `base`; see {@link writeBlock}.
   * @throws read-short where the loader gives less, read-protected, command-rejected, UsbError
   */
  async readBlock(base: number, address: number, length: number): Promise<Uint8Array> {
    const number = this.#blockNumber(base, address, length);
    await this.setAddress(number === undefined ? address : base);
    await this.#idle();
    const bytes = await this.#upload(number ?? FIRST_DATA_BLOCK, length, address);
    if (bytes.length !== length) {
      this.#forget();
      throw new StepwiseError('read-short', { address, wanted: length, got: bytes.length });
    }
    return bytes;
  }

  #blockNumber(base: number, address: number, length: number): number | undefined {
    const offset = address - base;
    const number = FIRST_DATA_BLOCK + offset / this.transferSize;
    const onGrid = length === this.transferSize && offset >= 0 && Number.isInteger(number);
    return onGrid && number <= LAST_BLOCK ? number : undefined;
  }

  // -- inside --------------------------------------------------------------------------------------------------------

  /** Sends a command or a block and waits until the loader is no longer busy with it. */
  async #download(block: number, bytes: Uint8Array, address: number, pace: Pace): Promise<DeviceStatus> {
    await this.#send(block, bytes);
    const started = this.#clock.now();
    const elapsed = () => this.#clock.now() - started;
    const waits = this.#pacing.start(pace);
    let { status, held } = await this.#timedStatus();
    while (isWorking(status)) {
      if (elapsed() >= OPERATION_BUDGET) {
        throw new StepwiseError('stuck-busy', { address, state: status.state, elapsed: elapsed() });
      }
      const wait = waits.wait(status.pollTime, elapsed(), held);
      await this.#clock.sleep(Math.min(wait, OPERATION_BUDGET - elapsed()));
      ({ status, held } = await this.#poll(status, waits, elapsed()));
    }
    return status;
  }

  async #send(block: number, bytes: Uint8Array): Promise<void> {
    if (this.#state === DfuState.uploadIdle) await this.abort();
    this.#state = undefined;
    await this.#out(DfuRequest.dnload, block, bytes);
  }

  /** The GETSTATUS that starts what was sent, and that some loaders answer only when it is done. */
  async #startOperation(name: string, address: number | undefined): Promise<Answer> {
    const answer = await this.#timedStatus();
    if (answer.status.state === DfuState.error) this.#expectOk(answer.status, name, address);
    return answer;
  }

  /**
   * A GETSTATUS while the loader works. One that stalls may only have come too early (L4): it is asked again.
   * @param before the last answer, which still holds then
   */
  async #poll(before: DeviceStatus, waits: OperationPace, elapsed: number): Promise<Answer> {
    try {
      const answer = await this.#timedStatus();
      if (isWorking(answer.status)) waits.busy(elapsed);
      else waits.done(elapsed);
      return answer;
    } catch (error) {
      if (!isStall(error) || !waits.stalled(elapsed)) throw error;
      return { status: before, held: 0 };
    }
  }

  async #timedStatus(): Promise<Answer> {
    const asked = this.#clock.now();
    const status = await this.getStatus(WORKING_STATUS_DEADLINE);
    return { status, held: this.#clock.now() - asked };
  }

  #expectOk(status: DeviceStatus, name: string, address: number | undefined): void {
    if (status.state === DfuState.dnloadIdle && status.status === DfuStatus.ok) return;
    this.#pointer = undefined;
    if (status.status === DfuStatus.errVendor) {
      throw new StepwiseError('read-protected', { address });
    }
    throw new StepwiseError('command-rejected', {
      command: name,
      address,
      status: status.status,
      state: status.state,
    });
  }

  #expectProgrammed(status: DeviceStatus, address: number): void {
    if (status.state === DfuState.dnloadIdle && status.status === DfuStatus.ok) return;
    this.#pointer = undefined;
    if (status.status === DfuStatus.errVendor) throw new StepwiseError('read-protected', { address });
    throw new StepwiseError('program-failed', { address, status: status.status, state: status.state });
  }

  /** UPLOAD is legal in dfuIDLE and dfuUPLOAD-IDLE only. */
  async #idle(): Promise<void> {
    if (this.#state !== DfuState.dfuIdle && this.#state !== DfuState.uploadIdle) await this.abort();
  }

  /** An UPLOAD that the loader refuses stalls; GETSTATUS then says why. */
  async #upload(block: number, length: number, address?: number): Promise<Uint8Array> {
    this.#state = undefined;
    try {
      const bytes = await this.#in(DfuRequest.upload, block, length, TRANSFER_DEADLINE);
      // A short answer should end the upload (DFU 1.1 §6.2), but ST's class code has it go on: an ABORT is legal in both.
      this.#state = DfuState.uploadIdle;
      return bytes;
    } catch (error) {
      if (!isStall(error)) throw error;
      const status = await this.getStatus();
      if (status.status === DfuStatus.errVendor) {
        throw new StepwiseError('read-protected', { address }, { cause: error });
      }
      if (status.state !== DfuState.error) throw error;
      throw new StepwiseError(
        'command-rejected',
        {
          command: 'upload',
          address,
          status: status.status,
          state: status.state,
        },
        { cause: error },
      );
    }
  }

  #forget(): void {
    this.#state = undefined;
    this.#pointer = undefined;
  }

  #in(request: number, value: number, length: number, deadline: number): Promise<Uint8Array> {
    const setup = { requestType: REQUEST_IN, request, value, index: this.#interface };
    return this.#forgetIfFailed(this.device.controlIn(setup, length, deadline));
  }

  #out(request: number, value: number, bytes: Uint8Array): Promise<void> {
    const setup = { requestType: REQUEST_OUT, request, value, index: this.#interface };
    return this.#forgetIfFailed(this.device.controlOut(setup, bytes, TRANSFER_DEADLINE));
  }

  /** A transfer that failed may have been carried out or not, and what failed it may have reset the loader. */
  async #forgetIfFailed<T>(transfer: Promise<T>): Promise<T> {
    try {
      return await transfer;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }
}

function isStall(error: unknown): error is UsbError {
  return error instanceof UsbError && error.kind === 'stall';
}

function isWorking({ state }: DeviceStatus): boolean {
  return state === DfuState.dnBusy || state === DfuState.dnloadSync;
}

/** Command byte and address, little-endian (AN3156 §5). */
function command(code: number, address: number): Uint8Array {
  const bytes = new Uint8Array(5);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setUint32(1, address, true);
  return bytes;
}
