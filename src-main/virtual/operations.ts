/**
 * What each command does to the chip, how long that takes, and how the loader reports it. Nothing here knows of
 * states or transfers: the state machine in rom-bootloader.ts starts an operation and later passes on its outcome.
 */
import { DfuSeCommand, DfuStatus } from '../dfuse/protocol.ts';
import type { ProtectionLevel } from './chip.ts';
import type { Command } from './commands.ts';
import type { DeviceDefinition, EraseDefect } from './definition.ts';
import type { FlashController } from './flash-controller.ts';
import type { MemoryMap, Region } from './memory-map.ts';
import { BANK_2_FIRST_ANSWER_MS } from './progress.ts';

/** The rest of the device, as far as an operation reaches beyond the memory. */
export interface Board {
  /** Read protection level (RDP) at this moment. */
  protection(): ProtectionLevel;
  /** Detaches and starts what the vector table at `address` points to, `ms` milliseconds from now. */
  startApplicationAfter(ms: number, address: number): void;
  /** Lifts the read protection, clears the RAM and resets, `ms` milliseconds from now, all power permitting. */
  unprotectAfter(ms: number): void;
  /** Loads the option bytes anew and resets, `ms` milliseconds from now. */
  reloadOptionBytesAfter(ms: number): void;
}

export interface Operation {
  /** Milliseconds of work. */
  readonly duration: number;
  /** bwPollTimeout of the answer that starts it. */
  readonly poll: number;
  /** DfuStatus at its end. */
  readonly status: number;
  /** When the loader reports the end, in milliseconds after the start, where that is not the end of the work. */
  readonly reportedAfter?: number;
  /** The loader hangs when it is disturbed before the work is done. */
  readonly disturbable?: boolean;
  /** The device resets at its end: the GETSTATUS that starts it is answered before, on every loader. */
  readonly resets?: boolean;
}

export class Operations {
  readonly #definition: DeviceDefinition;
  readonly #memory: MemoryMap;
  readonly #controller: FlashController;
  readonly #board: Board;
  /** Holds a block while it is programmed; the loader's own buffer may be overwritten meanwhile. */
  readonly #programming: Uint8Array;

  constructor(definition: DeviceDefinition, memory: MemoryMap, controller: FlashController, board: Board) {
    this.#definition = definition;
    this.#memory = memory;
    this.#controller = controller;
    this.#board = board;
    this.#programming = new Uint8Array(definition.loader.maxBlock);
  }

  /** Starts a command at time `at`; undefined where the loader does not know it. `block` is the data of a write. */
  start(command: Command, block: Uint8Array, at: number): Operation | undefined {
    const { loader, timing } = this.#definition;
    switch (command.command) {
      case 'set-address':
        if (this.#board.protection() > 0 && loader.protectedSetAddress === 'refused') {
          return quick(timing.poll.setAddress, DfuStatus.errVendor);
        }
        return quick(
          timing.poll.setAddress,
          this.#memory.find(command.address) ? DfuStatus.ok : DfuStatus.errTarget,
        );
      case 'erase':
        return this.#whenUnprotected(timing.poll.erase, () => this.#erase(command.address, at));
      case 'mass-erase':
        return this.#whenUnprotected(timing.poll.massErase, () => this.#massErase(at));
      case 'write':
        return this.#whenUnprotected(timing.poll.write, () => this.#write(command.address, block, at));
      case 'read-unprotect':
        return loader.commands.includes(DfuSeCommand.readUnprotect) ? this.#readUnprotect(at) : undefined;
      case 'unknown':
        return undefined;
    }
  }

  #whenUnprotected(poll: number, operation: () => Operation): Operation {
    if (this.#board.protection() === 0) return operation();
    const dropped = this.#definition.loader.protectedWrites === 'dropped';
    return quick(poll, dropped ? DfuStatus.ok : DfuStatus.errVendor);
  }

  #erase(address: number, at: number): Operation {
    const { timing, loader } = this.#definition;
    const { flash } = this.#controller;
    const { erase: poll } = timing.poll;
    if (this.#memory.find(address)?.kind !== 'flash') return quick(poll, DfuStatus.errTarget);
    const defect = loader.eraseDefects.find(({ range }) => address >= range.start && address < range.end);
    const asked = flash.sectorAt(address);
    const sector =
      defect?.kind === 'hits-other-sector' && asked ? flash.sectors[asked.index + defect.offset] : asked;
    if (!sector) {
      flash.faults.push({ kind: 'absent', address, length: 0 });
      return quick(poll, DfuStatus.ok);
    }
    if (flash.isWriteProtected(sector)) return quick(poll, DfuStatus.ok);
    const duration = timing.erase[sector.size] ?? 0;
    if (defect?.kind !== 'not-functional') {
      this.#controller.start(
        at,
        duration,
        sector.start,
        () => flash.erase(sector),
        () => flash.eraseTorn(sector),
      );
    }
    return { duration, poll, status: DfuStatus.ok, ...reporting(defect) };
  }

  #massErase(at: number): Operation {
    const { timing, loader } = this.#definition;
    if (loader.massErase === 'fails') return quick(timing.poll.massErase, DfuStatus.errErase);
    if (loader.massErase === 'works') this.#eraseAll(at);
    return { duration: timing.massErase, poll: timing.poll.massErase, status: DfuStatus.ok };
  }

  #eraseAll(at: number): void {
    const { flash } = this.#controller;
    const half = flash.sectors.slice(0, flash.sectors.length / 2);
    this.#controller.start(
      at,
      this.#definition.timing.massErase,
      flash.start,
      () => flash.sectors.forEach((sector) => flash.erase(sector)),
      () => half.forEach((sector) => flash.erase(sector)),
    );
  }

  #write(address: number, block: Uint8Array, at: number): Operation {
    const { timing } = this.#definition;
    const { write: poll } = timing.poll;
    const region = this.#memory.find(address);
    if (!region || address + block.length > region.start + region.size)
      return quick(poll, DfuStatus.errTarget);
    switch (region.kind) {
      case 'flash':
        return this.#program(address, block, at);
      case 'option-bytes':
        return this.#writeOptionBytes(region, address, block, at);
      case 'rom':
        return quick(poll, DfuStatus.errTarget);
      case 'ram':
      case 'otp':
      case 'eeprom':
      case 'feature':
        this.#memory.write(region, address, block);
        return quick(poll, DfuStatus.ok);
    }
  }

  #program(address: number, block: Uint8Array, at: number): Operation {
    const { timing, loader } = this.#definition;
    const { flash } = this.#controller;
    const bytes = this.#programming.subarray(0, block.length);
    const duration = (block.length / 1024) * timing.programPerKilobyte;
    // What is lost because the flash is busy must not spoil what is being programmed.
    if (!this.#controller.isBusy(at)) {
      bytes.set(block);
      if (loader.garblesBlocksAbove !== undefined && block.length > loader.garblesBlocksAbove)
        garbleTail(bytes);
    }
    this.#controller.start(
      at,
      duration,
      address,
      () => flash.program(address, bytes),
      () => flash.program(address, bytes.subarray(0, wholeUnits(bytes.length / 2, flash.alignment))),
    );
    return { duration, poll: timing.poll.write, status: DfuStatus.ok };
  }

  #writeOptionBytes(region: Region, address: number, block: Uint8Array, at: number): Operation {
    const { timing } = this.#definition;
    const bytes = block.slice();
    this.#controller.start(at, timing.optionBytes, address, () => this.#memory.write(region, address, bytes));
    this.#board.reloadOptionBytesAfter(timing.optionBytes);
    return { duration: timing.optionBytes, poll: timing.poll.write, status: DfuStatus.ok, resets: true };
  }

  /** AN3156 §5.5: with read protection the flash is erased and the device reset; without it only the RAM is cleared. */
  #readUnprotect(at: number): Operation {
    const { timing } = this.#definition;
    if (this.#board.protection() === 0) {
      this.#memory.clearRam();
      return quick(timing.poll.readUnprotect, DfuStatus.ok);
    }
    this.#eraseAll(at);
    this.#board.unprotectAfter(timing.massErase);
    return {
      duration: timing.massErase,
      poll: timing.poll.readUnprotect,
      status: DfuStatus.ok,
      resets: true,
    };
  }
}

function quick(poll: number, status: number): Operation {
  return { duration: 0, poll, status };
}

function reporting(defect: EraseDefect | undefined): Pick<Operation, 'reportedAfter' | 'disturbable'> {
  switch (defect?.kind) {
    case 'busy-for-ever':
      return { reportedAfter: Infinity };
    case 'returns-too-early':
      return { reportedAfter: BANK_2_FIRST_ANSWER_MS, disturbable: true };
    default:
      return {};
  }
}

function wholeUnits(length: number, unit: number): number {
  return length - (length % unit);
}

/** The double word at the end that the loader does not fill is written wrongly (AN2606, L47x V9.x and V10.x). */
function garbleTail(bytes: Uint8Array): void {
  for (let i = wholeUnits(bytes.length, 8); i < bytes.length; i++) bytes[i] = ~(bytes[i] ?? 0) & 0xff;
}
