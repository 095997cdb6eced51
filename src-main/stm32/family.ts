/**
 * What is known of a chip family, as data. Every figure has its source beside it in `families.ts`; what nobody has
 * published is absent, and absent means "not known", never a guess.
 */
import type { AddressRange } from '../../shared/address.ts';

/** `count` sectors of `size` bytes each. */
export interface SectorRun {
  readonly count: number;
  readonly size: number;
}

/** One bank of flash: runs of equal sectors, starting at `start`. */
export interface Bank {
  readonly start: number;
  readonly runs: readonly SectorRun[];
}

/** One way in which the flash of a family can be organised (size of the part, single or dual bank). */
export interface SectorMap {
  /** `2 MB, dual bank`. */
  readonly name: string;
  /** Total bytes of main flash under this map. */
  readonly flashSize: number;
  readonly banks: readonly Bank[];
}

/** Typical and worst time in milliseconds. */
export interface Duration {
  readonly typical: number;
  readonly worst: number;
  readonly source: string;
}

export interface EraseTime extends Duration {
  /** Sector size in bytes this holds for. */
  readonly sectorSize: number;
}

/** How far the chip's registers can be read through its bootloader (reference: AN2606 table 5, AN3156 §4.1, field reports). */
export type Readability =
  /** Read through DFU on this family by somebody who published it. */
  | 'proven'
  /** The documents allow it, nobody published it. */
  | 'documented'
  /** Refused, empty or harmful in a published report: do not try. */
  | 'refused';

export interface ReadableRegister {
  readonly address: number;
  readonly readable: Readability;
}

/** What the serial string of the ROM is made of (reference §5.2). */
export type SerialFormat =
  /** DBGMCU_IDCODE: the stepping, the same on every chip of that stepping. */
  | 'idcode'
  /** Computed from the unique ID: differs from chip to chip. */
  | 'unique-id'
  /** A constant text: `STM32FxSTM32`, `FFFFFFFEFFFF`. */
  | 'constant'
  | 'unknown';

export interface Family {
  /** DBGMCU device identifier, 12 bits; the key of the table. */
  readonly deviceId: number;
  /** `STM32H742/743/745/747/750/753/755/757`. */
  readonly name: string;
  /** Short name for lists: `H74x/H75x`. */
  readonly shortName: string;
  /** Address of the bootloader ID byte (AN2606 §4.2); absent where the family has none (F105/107). */
  readonly bootloaderId?: ReadableRegister;
  /** Bootloader IDs ST or the field names for this family, oldest first. */
  readonly knownBootloaderIds: readonly number[];
  /** Register with the flash size in KB, 16 bits. */
  readonly flashSizeRegister?: ReadableRegister;
  /** 96-bit unique ID. */
  readonly uniqueId?: ReadableRegister;
  /** Programming unit in bytes: data is padded to it (the larger of CubeProgrammer's and AN2606 table 7's). */
  readonly alignment: number;
  /** Value of an erased byte: 0xFF, on L0 and L1 0x00. */
  readonly erasedValue: number;
  /** Possible organisations, the largest first. */
  readonly sectorMaps: readonly SectorMap[];
  /** RAM the loader leaves free (AN2606 table "RAM/system memory"); empty where none is known to be. */
  readonly freeRam: readonly AddressRange[];
  /**
   * All RAM an application's stack may lie in, of the largest part; for the sanity of an image's first word. A stack
   * grows down, so the first word may be the `end` of a range.
   */
  readonly ram: readonly AddressRange[];
  /** Where the loader itself is; empty where it is not published. */
  readonly systemMemory: readonly AddressRange[];
  /** Option bytes as the loader sees them. */
  readonly optionBytes: readonly AddressRange[];
  readonly serial: SerialFormat;
  /** Product string of the ROM's USB descriptor. */
  readonly productStrings: readonly string[];
  /** wTransferSize the family's ROM reports. */
  readonly transferSize: number;
  readonly eraseTimes: readonly EraseTime[];
  /** Time to program one kilobyte inside the chip, without USB. */
  readonly programPerKilobyte: Duration;
  /** REV_ID codes (upper half of DBGMCU_IDCODE) and the letter of the stepping. */
  readonly steppings: Readonly<Record<number, string>>;
}
