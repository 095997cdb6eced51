/**
 * ST's ROM bootloader on USB: the state machine of DFU 1.1 §6.1.2 with the DfuSe commands of AN3156. A DNLOAD only
 * hands over a command; the first GETSTATUS starts it and answers dfuDNBUSY, a later one tells how it ended. A request
 * that is not legal in a state is refused (STALL) and leads to dfuERROR. How a family differs from that is data: see
 * LoaderModel.
 */
import { DfuRequest, DfuState, DfuStatus, FIRST_DATA_BLOCK } from '../dfuse/protocol.ts';
import { DEVICE_TO_HOST } from '../usb/port.ts';
import type { Command } from './commands.ts';
import { blockAddress, downloadSubject, parseCommand, uploadSubject } from './commands.ts';
import type { DeviceDefinition } from './definition.ts';
import { buildDescriptors } from './descriptors.ts';
import type { Descriptors, UsbDescription } from './descriptors.ts';
import { invert } from './faults.ts';
import type { TransferFault } from './faults.ts';
import type { FlashController } from './flash-controller.ts';
import type { MemoryMap } from './memory-map.ts';
import { Operations } from './operations.ts';
import type { Board } from './operations.ts';
import { Progress } from './progress.ts';
import type { Answer, ControlRequest, TransferSubject, UsbFunction } from './usb-function.ts';
import { ACKNOWLEDGED, isClassRequest, reply, SILENCE, STALL, StandardRequests } from './usb-function.ts';

/** Blocks are 2 to maxBlock bytes (AN3156 §4, §5.2). */
const MIN_BLOCK = 2;
/** The requests whose data goes to the host. */
const READS: ReadonlySet<number> = new Set([DfuRequest.upload, DfuRequest.getStatus, DfuRequest.getState]);
/** Between the answer to the last request and the loader's leaving the bus. Assumed: long enough for the answer. */
const LEAVE_DELAY_MS = 10;

export class RomBootloader implements UsbFunction {
  readonly descriptors: Descriptors;
  readonly #definition: DeviceDefinition;
  readonly #memory: MemoryMap;
  readonly #controller: FlashController;
  readonly #board: Board;
  readonly #operations: Operations;
  readonly #standard: StandardRequests;
  /** What GET COMMANDS answers. */
  readonly #commands: Uint8Array;

  #state: number = DfuState.dfuIdle;
  #status: number = DfuStatus.ok;
  #pointer: number;
  /** Handed over by a DNLOAD, waiting for the GETSTATUS that starts it. */
  #command: Command = { command: 'unknown' };
  readonly #buffer: Uint8Array;
  /** What the fault plan holds for the operation the last DNLOAD asks for. */
  #planned: readonly TransferFault[] = [];
  readonly #progress: Progress;
  /** The loader's program no longer runs; only power helps. */
  #hung = false;

  constructor(
    definition: DeviceDefinition,
    usb: UsbDescription,
    memory: MemoryMap,
    controller: FlashController,
    board: Board,
  ) {
    this.#definition = definition;
    this.#memory = memory;
    this.#controller = controller;
    this.#board = board;
    this.descriptors = buildDescriptors(usb);
    this.#standard = new StandardRequests(this.descriptors, definition.loader.answersFunctionalDescriptor);
    this.#operations = new Operations(definition, memory, controller, board);
    this.#commands = Uint8Array.from(definition.loader.commands);
    this.#progress = new Progress(definition.loader.whileBusy);
    this.#buffer = new Uint8Array(definition.loader.maxBlock);
    this.#pointer = controller.flash.start;
    if (definition.loader.firstContact === 'firmware-error') this.#fail(DfuStatus.errFirmware);
  }

  get heldUntil(): number {
    return this.#progress.heldUntil;
  }

  subject(request: ControlRequest): TransferSubject {
    if (!isClassRequest(request)) return {};
    const { request: number, value, data, length } = request;
    if (number === DfuRequest.dnload) return downloadSubject(value, data, this.#pointer);
    return number === DfuRequest.upload ? uploadSubject(value, length, this.#pointer) : {};
  }

  answer(request: ControlRequest, at: number, faults: readonly TransferFault[]): Answer {
    if (this.#hung) return SILENCE;
    this.#controller.settle(at);
    if (!isClassRequest(request)) return this.#standard.answer(request);
    if (request.index !== 0) return STALL;
    if (READS.has(request.request) !== request.requestType >= DEVICE_TO_HOST) return this.refuse();
    if (this.#isStuckBeyondClearing && request.request !== DfuRequest.getStatus) return STALL;
    switch (request.request) {
      case DfuRequest.dnload:
        return this.#download(request.value, request.data, at, faults);
      case DfuRequest.upload:
        return this.#upload(request.value, request.length, at, faults);
      case DfuRequest.getStatus:
        return this.#getStatus(at);
      case DfuRequest.clrStatus:
        return this.#clearStatus();
      case DfuRequest.getState:
        return this.#getState();
      case DfuRequest.abort:
        return this.#abort();
      default:
        return this.refuse();
    }
  }

  refuse(status: number = DfuStatus.errStalledPacket): Answer {
    this.#fail(status);
    return STALL;
  }

  /** What is running in the flash goes on, and a loader whose program hangs does not notice. */
  busReset(): void {
    if (this.#hung || this.#progress.stuck === 'replug') return;
    this.#pointer = this.#controller.flash.start;
    this.#goIdle();
  }

  #download(block: number, data: Uint8Array, at: number, faults: readonly TransferFault[]): Answer {
    if (this.#state !== DfuState.dfuIdle && this.#state !== DfuState.dnloadIdle) return this.refuse();
    if (this.#progress.isDisturbable(at)) return this.#hang();
    if (data.length === 0) return this.#leaveRequested();
    if (data.length > this.#buffer.length) return this.refuse();
    if (block === 0) {
      this.#command = parseCommand(data);
    } else {
      if (block < FIRST_DATA_BLOCK || data.length < MIN_BLOCK) return this.refuse();
      const address = blockAddress(this.#pointer, block, data.length);
      this.#command = { command: 'write', address, length: data.length };
      this.#buffer.set(data);
      for (const fault of faults) if (fault.kind === 'corrupt-write') invert(this.#buffer, fault);
    }
    this.#planned = faults;
    this.#state = DfuState.dnloadSync;
    return ACKNOWLEDGED;
  }

  #upload(block: number, length: number, at: number, faults: readonly TransferFault[]): Answer {
    if (this.#state !== DfuState.dfuIdle && this.#state !== DfuState.uploadIdle) return this.refuse();
    if (this.#progress.isDisturbable(at)) return this.#hang();
    if (block === 0) return this.#uploaded(this.#commands.slice(0, length), length);
    if (block < FIRST_DATA_BLOCK || length < MIN_BLOCK || length > this.#buffer.length) return this.refuse();
    if (this.#board.protection() > 0) return this.refuse(DfuStatus.errVendor);
    const address = blockAddress(this.#pointer, block, length);
    const region = this.#memory.find(address);
    const reading = region?.reading ?? 'bytes';
    if (!region || reading === 'refused') return this.refuse(DfuStatus.errTarget);
    if (reading === 'hangs') return this.#hang();
    const size = reading === 'empty' ? 0 : Math.min(length, region.start + region.size - address);
    const bytes =
      region.kind === 'flash'
        ? this.#controller.flash.read(address, size)
        : this.#memory.read(region, address, size);
    for (const fault of faults) if (fault.kind === 'corrupt-read') invert(bytes, fault);
    return this.#uploaded(bytes, length);
  }

  /** A short answer is the end of an upload (DFU 1.1 §6.1.2). */
  #uploaded(bytes: Uint8Array, asked: number): Answer {
    this.#state = bytes.length < asked ? DfuState.dfuIdle : DfuState.uploadIdle;
    return reply(bytes, this.#definition.timing.perUpload);
  }

  #getStatus(at: number): Answer {
    switch (this.#state) {
      case DfuState.dnloadSync:
        return this.#begin(at);
      case DfuState.dnBusy:
        return this.#poll(at);
      case DfuState.manifestSync:
        return this.#leave();
      case DfuState.manifest:
        return this.refuse();
      default:
        return this.#statusReply();
    }
  }

  #begin(at: number): Answer {
    const block = this.#buffer.subarray(0, this.#command.command === 'write' ? this.#command.length : 0);
    const operation = this.#operations.start(this.#command, block, at);
    if (!operation) {
      this.#fail(DfuStatus.errStalledPacket);
      return this.#statusReply();
    }
    this.#state = DfuState.dnBusy;
    if (operation.status === DfuStatus.ok && this.#command.command === 'set-address') {
      this.#pointer = this.#command.address;
    }
    return this.#statusReply(this.#progress.begin(operation, this.#planned, at));
  }

  #poll(at: number): Answer {
    const report = this.#progress.report(at);
    if (report === 'stall') return STALL;
    if (report === 'finished') {
      if (this.#progress.status === DfuStatus.ok) this.#state = DfuState.dnloadIdle;
      else this.#fail(this.#progress.status);
    }
    return this.#statusReply();
  }

  #clearStatus(): Answer {
    if (this.#state === DfuState.error) {
      this.#goIdle();
      return ACKNOWLEDGED;
    }
    const { clearStatusElsewhere } = this.#definition.loader;
    if (this.#progress.stuck === 'clear-status' || clearStatusElsewhere === 'enters-error') {
      this.#fail(DfuStatus.errUnknown);
      return ACKNOWLEDGED;
    }
    return clearStatusElsewhere === 'stalls' ? this.refuse() : ACKNOWLEDGED;
  }

  #getState(): Answer {
    const legal = this.#state !== DfuState.dnBusy && this.#state !== DfuState.manifest;
    return legal ? reply(Uint8Array.of(this.#state)) : this.refuse();
  }

  #abort(): Answer {
    switch (this.#state) {
      case DfuState.dfuIdle:
      case DfuState.dnloadIdle:
      case DfuState.uploadIdle:
        this.#state = DfuState.dfuIdle;
        return ACKNOWLEDGED;
      default:
        return this.refuse();
    }
  }

  #leaveRequested(): Answer {
    this.#state = DfuState.manifestSync;
    if (this.#definition.loader.leaves === 'without-status') this.#startApplication(LEAVE_DELAY_MS);
    return ACKNOWLEDGED;
  }

  #leave(): Answer {
    this.#state = DfuState.manifest;
    this.#startApplication(this.#definition.loader.leaves === 'before-status' ? 0 : LEAVE_DELAY_MS);
    return this.#statusReply();
  }

  #startApplication(delay: number): void {
    this.#board.startApplicationAfter(delay, this.#pointer);
  }

  get #isStuckBeyondClearing(): boolean {
    return this.#progress.stuck === 'reset' || this.#progress.stuck === 'replug';
  }

  #hang(): Answer {
    this.#hung = true;
    return SILENCE;
  }

  #fail(status: number): void {
    this.#progress.unstick();
    this.#state = DfuState.error;
    this.#status = status;
  }

  #goIdle(): void {
    this.#progress.unstick();
    this.#state = DfuState.dfuIdle;
    this.#status = DfuStatus.ok;
  }

  #statusReply(heldFor = 0): Answer {
    const poll = this.#state === DfuState.dnBusy ? this.#progress.poll : 0;
    const bytes = Uint8Array.of(this.#status, poll & 0xff, (poll >>> 8) & 0xff, poll >>> 16, this.#state, 0);
    return reply(bytes, heldFor);
  }
}
