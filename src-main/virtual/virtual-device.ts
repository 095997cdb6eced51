/**
 * A device in the hand: chip, bootloader, application and a cable. It keeps what a device keeps without power (flash,
 * option bytes, protection) and forgets the rest. Tests look at it from the side no host can see: its cells, its
 * faults, its transfers.
 */
import { hex } from '../../shared/address.ts';
import type { Clock } from '../../shared/clock.ts';
import { Application } from './application.ts';
import type { ApplicationModel } from './application.ts';
import { makeFlash, makeMemory, protectionOf, startsApplication, writeProtectionByte } from './chip.ts';
import type { ChipOptions, ProtectionLevel } from './chip.ts';
import type { DeviceDefinition } from './definition.ts';
import type { StringContent, UsbDescription } from './descriptors.ts';
import { FaultPlan } from './faults.ts';
import type { Fault, TransferFault } from './faults.ts';
import { FlashController } from './flash-controller.ts';
import type { MemoryMap } from './memory-map.ts';
import type { NorFlash } from './nor-flash.ts';
import type { Board } from './operations.ts';
import { RomBootloader } from './rom-bootloader.ts';
import { RESTART_MS } from './timing.ts';
import type { Answer, ControlRequest, UsbFunction } from './usb-function.ts';
import { SILENCE } from './usb-function.ts';

export interface VirtualDeviceOptions extends ChipOptions {
  readonly clock: Clock;
  /** Where it is plugged in when nobody says otherwise. */
  readonly path?: string;
  readonly serial?: StringContent;
  readonly faults?: readonly Fault[];
  /** Told when a fault strikes a transfer. */
  readonly onFault?: (fault: TransferFault) => void;
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

export class VirtualDevice {
  readonly definition: DeviceDefinition;
  readonly path: string | undefined;
  /** Every transfer since the device was made, when asked for. */
  readonly log: TransferRecord[] = [];
  readonly faultPlan: FaultPlan;
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
    this.faultPlan = new FaultPlan(options.faults ?? []);
    const flash = makeFlash(definition.chip, options);
    this.#controller = new FlashController(flash);
    this.#memory = makeMemory(definition.chip, flash, options);
    this.#usb = { ...definition.usb, serial: options.serial ?? definition.usb.serial };
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

  /** Any memory of the device, as its CPU would see it. @throws RangeError where there is none */
  peek(address: number, length: number): Uint8Array {
    const region = this.#memory.find(address);
    if (!region) throw new RangeError(`no memory at ${hex(address)}`);
    return region.kind === 'flash'
      ? this.flash.read(address, length)
      : this.#memory.read(region, address, length);
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
    const answer = this.faultPlan.sparesTransfers
      ? usb.answer(request, at, [])
      : this.#answerUnderFaults(
          usb,
          request,
          at,
          this.faultPlan.strike(index, request, usb.subject(request)),
        );
    if (this.#options.log) {
      this.log.push({ index, at, request: { ...request, data: request.data.slice() }, answer });
    }
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
    for (const fault of faults) this.#options.onFault?.(fault);
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
    const bootloader = boot0 || !startsApplication(this.#controller.flash, this.#controller.flash.start);
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
    if (!application) return;
    const enterBootloader = (ms: number) => this.#after(ms, () => this.#restart('bootloader'));
    this.#show(new Application(application, enterBootloader));
  }

  #show(usb: UsbFunction): void {
    this.#function = usb;
    this.#port?.connect(usb);
  }

  #board(): Board {
    return {
      protection: () => this.#protection,
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
      this.#restart(startsApplication(this.#controller.flash, address) ? 'application' : 'as-after-reset');
    }
  }

  #unprotect(): void {
    this.#protection = 0;
    writeProtectionByte(this.definition.chip, this.#memory, 0);
    this.#memory.clearRam();
    this.#restart('as-after-reset');
  }

  #reloadOptionBytes(): void {
    this.#controller.settle(this.#clock.now());
    this.#protection = protectionOf(this.definition.chip, this.#memory) ?? this.#protection;
    this.#restart('as-after-reset');
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
}
