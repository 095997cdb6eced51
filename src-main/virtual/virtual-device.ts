/**
 * A device in the hand: chip, bootloader, application and a cable. It keeps what a device keeps without power (flash,
 * option bytes, protection) and forgets the rest. Tests look at it from the side no host can see: its cells, its
 * faults, its transfers.
 */
import type { Clock } from '../../shared/clock.ts';
import type { ImageRange } from '../firmware/image.ts';
import type { Bank } from '../stm32/family.ts';
import { Application } from './application.ts';
import type { ApplicationModel } from './application.ts';
import type { ChipModel, DeviceDefinition } from './definition.ts';
import type { StringContent, UsbDescription } from './descriptors.ts';
import { FaultPlan, flashDefects } from './faults.ts';
import type { Fault, TransferFault } from './faults.ts';
import { FlashController } from './flash-controller.ts';
import { MemoryMap } from './memory-map.ts';
import type { Patch } from './memory-map.ts';
import { NorFlash } from './nor-flash.ts';
import type { Board } from './operations.ts';
import { RomBootloader } from './rom-bootloader.ts';
import { RESTART_MS } from './timing.ts';
import type { Answer, ControlRequest, UsbFunction } from './usb-function.ts';
import { SILENCE } from './usb-function.ts';

export type ProtectionLevel = 0 | 1 | 2;

export interface VirtualDeviceOptions {
  readonly clock: Clock;
  /** Where it is plugged in when nobody says otherwise. */
  readonly path?: string;
  readonly serial?: StringContent;
  /** Bytes of flash really there; what lies behind is cut off. The size register says the same. */
  readonly flashSize?: number;
  readonly contents?: readonly ImageRange[];
  /** Three words of unique ID. */
  readonly uniqueId?: readonly [number, number, number];
  readonly protection?: ProtectionLevel;
  /** Indexes of write-protected sectors. */
  readonly writeProtected?: readonly number[];
  readonly faults?: readonly Fault[];
  /** What a valid vector table starts; absent: something that does not use USB. */
  readonly application?: ApplicationModel;
  /**
   * Whether a reset leads into the bootloader (BOOT0 held), which is the default. Otherwise it leads to the application
   * where a valid vector table stands at the start of the flash, and to the bootloader where none does.
   */
  readonly boot0?: boolean;
  /** Keeps a record of every transfer. */
  readonly log?: boolean;
}

/** The host's end of the cable, as the device uses it. */
export interface HostPort {
  /** The device shows itself: the host will find it after its time. */
  connect(usb: UsbFunction): void;
  /** The device leaves the bus by itself. */
  disconnect(): void;
  /** Somebody pulls the cable. */
  unplug(): void;
}

export interface TransferRecord {
  readonly index: number;
  readonly at: number;
  readonly request: ControlRequest;
  readonly answer: Answer;
}

/** What is running. */
export type Running = 'nothing' | 'bootloader' | 'application';

const DEFAULT_UNIQUE_ID = [0x002d0030, 0x3334510b, 0x32313533] as const;
const PROTECTION_BYTES: Readonly<Record<ProtectionLevel, number>> = { 0: 0xaa, 1: 0xbb, 2: 0xcc };

export class VirtualDevice {
  readonly definition: DeviceDefinition;
  readonly path: string | undefined;
  /** Every transfer since the device was made, when asked for. */
  readonly log: TransferRecord[] = [];
  readonly faults: FaultPlan;
  readonly #clock: Clock;
  readonly #options: VirtualDeviceOptions;
  readonly #usb: UsbDescription;
  readonly #controller: FlashController;
  readonly #memory: MemoryMap;
  #protection: ProtectionLevel;
  #transfers = 0;
  #port: HostPort | undefined;
  #function: UsbFunction | undefined;
  #running: Running = 'nothing';
  /** Counts resets; what was planned before a reset does not happen after it. */
  #life = 0;

  constructor(definition: DeviceDefinition, options: VirtualDeviceOptions) {
    this.definition = definition;
    this.path = options.path;
    this.#clock = options.clock;
    this.#options = options;
    this.#protection = options.protection ?? 0;
    this.faults = new FaultPlan(options.faults ?? []);
    const { chip } = definition;
    const flash = new NorFlash({
      banks: fitted(chip.banks, options.flashSize ?? Infinity),
      erasedValue: chip.erasedValue,
      alignment: chip.alignment,
      writeProtected: options.writeProtected ?? [],
      defects: flashDefects(options.faults ?? []),
    });
    for (const range of options.contents ?? []) flash.load(range.address, range.bytes);
    this.#controller = new FlashController(flash);
    const uniqueId = options.uniqueId ?? DEFAULT_UNIQUE_ID;
    this.#usb = { ...definition.usb, serial: options.serial ?? definition.usb.serial };
    this.#memory = new MemoryMap(
      [{ kind: 'flash', start: flash.start, size: chip.addressableFlash }, ...chip.regions],
      patches(chip, flash.size, uniqueId, this.#protection),
    );
  }

  /** The flash as it is at this moment; an operation that has ended has taken its effect. */
  get flash(): NorFlash {
    this.#controller.settle(this.#clock.now());
    return this.#controller.flash;
  }

  get protection(): ProtectionLevel {
    return this.#protection;
  }

  get running(): Running {
    return this.#running;
  }

  /** Control transfers this device has seen. */
  get transfers(): number {
    return this.#transfers;
  }

  // -- what the bus does with it

  powerOn(port: HostPort): void {
    this.#port = port;
    this.#boot();
  }

  powerOff(): void {
    this.#controller.powerLost(this.#clock.now());
    this.#memory.clearRam();
    this.#stop();
    this.#port = undefined;
  }

  /** Time until which the device's CPU does not look at the next request. */
  get heldUntil(): number {
    return this.#function?.heldUntil ?? 0;
  }

  exchange(request: ControlRequest, at: number): Answer {
    const index = this.#transfers++;
    const usb = this.#function;
    if (!usb) return SILENCE;
    const answer = this.faults.sparesTransfers
      ? usb.answer(request, at, [])
      : this.#answerUnderFaults(usb, request, at, this.faults.strike(index, request, usb.subject(request)));
    if (this.#options.log)
      this.log.push({ index, at, request: { ...request, data: request.data.slice() }, answer });
    return answer;
  }

  busReset(): void {
    this.#function?.busReset(this.#clock.now());
  }

  #answerUnderFaults(
    usb: UsbFunction,
    request: ControlRequest,
    at: number,
    faults: readonly TransferFault[],
  ): Answer {
    const has = <K extends TransferFault['kind']>(kind: K) =>
      faults.find((fault): fault is Extract<TransferFault, { kind: K }> => fault.kind === kind);
    const disconnect = has('disconnect');
    const timeout = has('timeout');
    const stall = has('stall');
    if (disconnect?.when === 'before') return this.#pullCable();
    if (timeout && !timeout.executed) return SILENCE;
    if (stall) return stall.latched ? usb.refuse() : { kind: 'stall' };
    const answer = usb.answer(request, at, faults);
    if (disconnect) return this.#pullCable();
    return timeout ? SILENCE : answer;
  }

  #pullCable(): Answer {
    this.#port?.unplug();
    return SILENCE;
  }

  // -- what its reset does

  #boot(): void {
    const { boot0 = true } = this.#options;
    const bootloader = boot0 || !this.#hasApplication(this.#controller.flash.start);
    // At level 2 the chip starts from its flash and from nothing else.
    if (bootloader && this.#protection < 2) this.#runBootloader();
    else this.#runApplication();
  }

  #runBootloader(): void {
    this.#running = 'bootloader';
    this.#show(new RomBootloader(this.definition, this.#usb, this.#memory, this.#controller, this.#board()));
  }

  #runApplication(): void {
    const { application } = this.#options;
    this.#running = 'application';
    if (application)
      this.#show(new Application(application, (ms) => this.#after(ms, () => this.#restart('bootloader'))));
  }

  #show(usb: UsbFunction): void {
    this.#function = usb;
    this.#port?.connect(usb);
  }

  #board(): Board {
    const protection = () => this.#protection;
    return {
      get protection() {
        return protection();
      },
      startApplicationAfter: (ms, address) => this.#after(ms, () => this.#leave(address)),
      unprotectAfter: (ms) => this.#after(ms, () => this.#unprotect()),
      reloadOptionBytesAfter: (ms) => this.#after(ms, () => this.#reloadOptionBytes()),
    };
  }

  #leave(address: number): void {
    if (this.definition.loader.afterLeave === 'locks-up') {
      this.#stop();
      this.#port?.disconnect();
    } else {
      this.#restart(this.#hasApplication(address) ? 'application' : 'as-after-reset');
    }
  }

  #unprotect(): void {
    this.#setProtection(0);
    this.#memory.clearRam();
    this.#restart('as-after-reset');
  }

  #reloadOptionBytes(): void {
    this.#controller.settle(this.#clock.now());
    const address = this.definition.chip.protectionByte;
    const region = address === undefined ? undefined : this.#memory.find(address);
    if (address !== undefined && region) {
      const byte = this.#memory.read(region, address, 1)[0];
      this.#protection = byte === PROTECTION_BYTES[0] ? 0 : byte === PROTECTION_BYTES[2] ? 2 : 1;
    }
    this.#restart('as-after-reset');
  }

  #setProtection(level: ProtectionLevel): void {
    this.#protection = level;
    const address = this.definition.chip.protectionByte;
    const region = address === undefined ? undefined : this.#memory.find(address);
    if (address !== undefined && region) {
      this.#memory.write(region, address, Uint8Array.of(PROTECTION_BYTES[level]));
    }
  }

  #restart(into: 'bootloader' | 'application' | 'as-after-reset'): void {
    this.#controller.settle(this.#clock.now());
    this.#stop();
    this.#port?.disconnect();
    this.#after(RESTART_MS, () => {
      if (into === 'bootloader') this.#runBootloader();
      else if (into === 'application') this.#runApplication();
      else this.#boot();
    });
  }

  #stop(): void {
    this.#life++;
    this.#function = undefined;
    this.#running = 'nothing';
  }

  /** Plans something for later in this life; at once when `ms` is 0. */
  #after(ms: number, action: () => void): void {
    if (ms <= 0) {
      action();
      return;
    }
    const life = this.#life;
    void this.#clock.sleep(ms).then(() => {
      if (this.#life === life) action();
    });
  }

  /** A vector table: stack in RAM, reset handler in flash with the Thumb bit (ARMv7-M B1.5.3). */
  #hasApplication(address: number): boolean {
    const { flash } = this.#controller;
    if (address < flash.start || address + 8 > flash.end) return false;
    const vectors = new DataView(flash.read(address, 8).buffer);
    const stack = vectors.getUint32(0, true);
    const reset = vectors.getUint32(4, true);
    const stackInRam = stack >= 0x1000_0000 && stack < 0x4000_0000;
    return stackInRam && (reset & 1) === 1 && reset >= flash.start && reset < flash.end;
  }
}

/** The banks as far as `size` bytes of flash reach. */
function fitted(banks: readonly Bank[], size: number): Bank[] {
  let left = size;
  return banks.map((bank) => ({
    start: bank.start,
    runs: bank.runs.map((run) => {
      const count = Math.min(run.count, Math.floor(left / run.size));
      left -= count * run.size;
      return { count, size: run.size };
    }),
  }));
}

function patches(
  chip: ChipModel,
  flashSize: number,
  uniqueId: readonly number[],
  protection: ProtectionLevel,
): Patch[] {
  const result: Patch[] = [];
  const put = (address: number | undefined, bytes: ArrayLike<number>) => {
    if (address !== undefined) result.push({ address, bytes: Uint8Array.from(bytes) });
  };
  const kilobytes = flashSize / 1024;
  put(chip.flashSizeRegister, [kilobytes & 0xff, kilobytes >>> 8]);
  put(chip.uniqueIdRegister, new Uint8Array(Uint32Array.from(uniqueId).buffer));
  put(chip.bootloaderId?.address, [chip.bootloaderId?.value ?? 0]);
  put(chip.protectionByte, [PROTECTION_BYTES[protection]]);
  return result;
}
