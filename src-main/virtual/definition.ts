/** A virtual device, as data: what it says on USB, what is in the chip, and how its bootloader behaves. */
import type { AddressRange } from '../../shared/address.ts';
import type { Bank } from '../stm32/family.ts';
import type { UsbDescription } from './descriptors.ts';
import type { Region } from './memory-map.ts';
import type { LoaderTiming } from './timing.ts';

/** What a GETSTATUS meets while an operation is running. */
export type WhileBusy =
  /** It is answered with dfuDNBUSY. */
  | 'answers'
  /** The loader works inside the first GETSTATUS: that one is answered (with dfuDNBUSY) only after the operation. */
  | 'holds-first'
  /** The loader answers the first one and then works: the next transfer is held until it is done. */
  | 'holds-next'
  /** It is refused, without a change of state: polling has to begin again later. */
  | 'stalls';

/** Where erasing does something else than was asked. */
export type EraseDefect = { readonly range: AddressRange } & (
  | {
      /** dfuDNBUSY for ever, though the sector is erased in its time. */
      readonly kind: 'busy-for-ever';
    }
  | {
      /** The end is reported while the erase still runs; a DNLOAD or UPLOAD in that time hangs the loader. */
      readonly kind: 'returns-too-early';
    }
  | {
      /** The sector so many further on is erased. */
      readonly kind: 'hits-other-sector';
      readonly offset: number;
    }
  | {
      /** Reported as done, and nothing happened. */
      readonly kind: 'not-functional';
    }
);

export interface LoaderModel {
  /** Largest block of a DNLOAD or UPLOAD, in bytes; longer ones stall. */
  readonly maxBlock: number;
  /** What GET COMMANDS answers (AN3156 §5.1). */
  readonly commands: readonly number[];
  /** Some ROMs come up in dfuERROR with errFIRMWARE. */
  readonly firstContact: 'idle' | 'firmware-error';
  readonly whileBusy: WhileBusy;
  /** CLRSTATUS in any state but dfuERROR. `enters-error`: with errUNKNOWN, as in ST's own class code. */
  readonly clearStatusElsewhere: 'enters-error' | 'stalls' | 'ignored';
  readonly massErase: 'works' | 'does-nothing' | 'fails';
  readonly eraseDefects: readonly EraseDefect[];
  /** Under read protection: errVENDOR, or writes and erases are acknowledged and dropped. */
  readonly protectedWrites: 'refused' | 'dropped';
  /** Under read protection, whether SET_ADDRESS is refused already. */
  readonly protectedSetAddress: 'accepted' | 'refused';
  /** Blocks longer than this many bytes whose length is no multiple of 8 are written wrongly. */
  readonly garblesBlocksAbove?: number;
  /** When the device leaves the bus: after the GETSTATUS that follows, before that is answered, or without one. */
  readonly leaves: 'after-status' | 'before-status' | 'without-status';
  /** `locks-up`: the core hangs, and USB stays dead until the power goes. */
  readonly afterLeave: 'starts-application' | 'locks-up';
  /** Whether GET_DESCRIPTOR answers for the functional descriptor by itself. */
  readonly answersFunctionalDescriptor: boolean;
}

export interface ChipModel {
  readonly banks: readonly Bank[];
  readonly erasedValue: number;
  /** Programming unit in bytes. */
  readonly alignment: number;
  /** Bytes from the start of the flash the bootloader accepts addresses in: what it believes, not what is there. */
  readonly addressableFlash: number;
  /** What else can be addressed; where two regions cover an address, the first one counts. */
  readonly regions: readonly Region[];
  readonly flashSizeRegister?: number;
  readonly uniqueIdRegister?: number;
  /** One byte, on newer chips two (AN2606 §4.2). */
  readonly bootloaderId: { readonly address: number; readonly value: number } | undefined;
  /** Words of the option bytes as they leave the factory, by their addresses; the others are erased. */
  readonly optionWords?: readonly (readonly [address: number, word: number])[];
  /** Address of the option word whose bit n, where it is 0, says that sector n is write-protected. */
  readonly sectorProtectionWord?: number;
  /** Address of the option byte that holds the read protection level (0xAA: 0, 0xCC: 2, else 1). */
  readonly protectionByte?: number;
}

export interface DeviceDefinition {
  /** `h743-v-0x90`: how tests, the demo and the command line call it. */
  readonly name: string;
  /** One line for a list. */
  readonly description: string;
  /** DBGMCU device identifier. */
  readonly deviceId: number;
  readonly usb: UsbDescription;
  readonly chip: ChipModel;
  readonly loader: LoaderModel;
  readonly timing: LoaderTiming;
}

/** The first address behind the flash of this chip. */
export function flashEnd({ banks }: ChipModel): number {
  return Math.max(
    ...banks.map(({ start, runs }) => start + runs.reduce((sum, { count, size }) => sum + count * size, 0)),
  );
}
