/** The chip of one device: its flash, its memories with what the factory put there, and what a reset finds in them. */
import type { ImageRange } from '../firmware/image.ts';
import type { Bank } from '../stm32/family.ts';
import type { ChipModel } from './definition.ts';
import { flashDefects } from './faults.ts';
import type { Fault } from './faults.ts';
import { MemoryMap } from './memory-map.ts';
import type { Patch } from './memory-map.ts';
import { NorFlash } from './nor-flash.ts';

/** Read protection level (RDP). */
export type ProtectionLevel = 0 | 1 | 2;

export interface ChipOptions {
  /** Bytes of flash really there; what lies behind is cut off. The size register says the same. */
  readonly flashSize?: number;
  readonly contents?: readonly ImageRange[];
  /** Three words of unique ID. */
  readonly uniqueId?: readonly [number, number, number];
  readonly protection?: ProtectionLevel;
  /** Indexes of write-protected sectors. */
  readonly writeProtected?: readonly number[];
  readonly faults?: readonly Fault[];
}

/** The example of libopencm3#760; its serial is that of the catalogue. */
const DEFAULT_UNIQUE_ID = [0x002d0030, 0x3334510b, 0x32313533] as const;

/** Values of the RDP option byte; every other one means level 1. */
const LEVEL_BYTES: Readonly<Record<ProtectionLevel, number>> = { 0: 0xaa, 1: 0xbb, 2: 0xcc };

/** @throws RangeError where contents lie outside the flash */
export function makeFlash(chip: ChipModel, options: ChipOptions): NorFlash {
  const flash = new NorFlash({
    banks: fitted(chip.banks, options.flashSize ?? Infinity),
    erasedValue: chip.erasedValue,
    alignment: chip.alignment,
    writeProtected: options.writeProtected ?? [],
    defects: flashDefects(options.faults ?? []),
  });
  for (const range of options.contents ?? []) flash.load(range.address, range.bytes);
  return flash;
}

export function makeMemory(chip: ChipModel, flash: NorFlash, options: ChipOptions): MemoryMap {
  const kilobytes = flash.size / 1024;
  const uniqueId = Uint32Array.from(options.uniqueId ?? DEFAULT_UNIQUE_ID);
  return new MemoryMap(
    [{ kind: 'flash', start: flash.start, size: chip.addressableFlash }, ...chip.regions],
    [
      ...patch(chip.flashSizeRegister, [kilobytes & 0xff, kilobytes >>> 8]),
      ...patch(chip.uniqueIdRegister, new Uint8Array(uniqueId.buffer)),
      ...patch(chip.bootloaderId?.address, bootloaderIdBytes(chip.bootloaderId?.value ?? 0)),
      ...(chip.optionWords ?? []).flatMap(([address, word]) => patch(address, littleEndian(word))),
      ...patch(chip.sectorProtectionWord, littleEndian(writableSectors(chip, options.writeProtected ?? []))),
      ...patch(chip.protectionByte, [LEVEL_BYTES[options.protection ?? 0]]),
    ],
  );
}

/** The level the option bytes ask for; undefined on a chip whose protection is not an option byte. */
export function protectionOf(chip: ChipModel, memory: MemoryMap): ProtectionLevel | undefined {
  const region = chip.protectionByte === undefined ? undefined : memory.find(chip.protectionByte);
  if (chip.protectionByte === undefined || !region) return undefined;
  const byte = memory.read(region, chip.protectionByte, 1)[0];
  if (byte === LEVEL_BYTES[0]) return 0;
  return byte === LEVEL_BYTES[2] ? 2 : 1;
}

export function writeProtectionByte(chip: ChipModel, memory: MemoryMap, level: ProtectionLevel): void {
  const region = chip.protectionByte === undefined ? undefined : memory.find(chip.protectionByte);
  if (chip.protectionByte === undefined || !region) return;
  memory.write(region, chip.protectionByte, Uint8Array.of(LEVEL_BYTES[level]));
}

const RAM_START = 0x1000_0000;
const RAM_END = 0x4000_0000;

/** Whether a vector table stands at `address`: stack in RAM, reset handler in flash with the Thumb bit (ARMv7-M B1.5.3). */
export function startsApplication(flash: NorFlash, address: number): boolean {
  if (address < flash.start || address + 8 > flash.end) return false;
  const vectors = new DataView(flash.read(address, 8).buffer);
  const stack = vectors.getUint32(0, true);
  const reset = vectors.getUint32(4, true);
  const stackInRam = stack >= RAM_START && stack < RAM_END;
  return stackInRam && (reset & 1) === 1 && reset >= flash.start && reset < flash.end;
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

function patch(address: number | undefined, bytes: ArrayLike<number>): Patch[] {
  return address === undefined ? [] : [{ address, bytes: Uint8Array.from(bytes) }];
}

function littleEndian(word: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(word).buffer);
}

/** The option word with a bit for each sector; those of the protected ones are 0. */
function writableSectors(chip: ChipModel, writeProtected: readonly number[]): number {
  const factory = chip.optionWords?.find(([address]) => address === chip.sectorProtectionWord)?.[1];
  return writeProtected.reduce((bits, sector) => bits & ~(1 << sector), factory ?? ALL_WRITABLE) >>> 0;
}

const ALL_WRITABLE = 0x0000_0fff;

function bootloaderIdBytes(value: number): number[] {
  return value > 0xff ? [value & 0xff, value >>> 8] : [value];
}
