/**
 * The bootloader ID is a byte near the end of the loader's own memory, 0xXY: X says which interfaces the loader speaks,
 * Y is the version among loaders with these interfaces. ST writes 0x90 as V9.0 and 0xD2 as V13.2, so a larger number is
 * not a newer loader: on H74x, V13.x came before V9.x. Newest families have 0xXXY in two bytes. It is neither the
 * DFU protocol version (bcdDevice) nor the version the UART loader reports. Source: AN2606 §4.2 and table 3.
 */
import type { Family } from './family.ts';

export type LoaderInterface = 'USART' | 'CAN' | 'DFU' | 'I2C' | 'SPI' | 'I3C';

export interface LoaderVersion {
  /** `V9.0`. */
  readonly name: string;
  /** Absent for codes whose meaning ST has not published here. */
  readonly interfaces?: readonly LoaderInterface[];
}

/** By X. 14 and above exist on families with an I3C; what 16 to 18 stand for was not found. */
const INTERFACES: Readonly<Record<number, readonly LoaderInterface[]>> = {
  1: ['USART'],
  2: ['USART'],
  3: ['USART', 'CAN', 'DFU'],
  4: ['USART', 'DFU'],
  5: ['USART', 'I2C'],
  6: ['I2C'],
  7: ['USART', 'CAN', 'DFU', 'I2C'],
  8: ['I2C', 'SPI'],
  9: ['USART', 'CAN', 'DFU', 'I2C', 'SPI'],
  10: ['USART', 'DFU', 'I2C'],
  11: ['USART', 'I2C', 'SPI'],
  12: ['USART', 'SPI'],
  13: ['USART', 'DFU', 'I2C', 'SPI'],
  14: ['USART', 'CAN', 'DFU', 'I2C', 'SPI', 'I3C'],
  15: ['USART', 'DFU', 'I2C', 'I3C'],
};

const MAX_BYTE = 0xff;

/** Bytes to read at a family's `bootloaderId.address`: AN3156 allows no upload of a single one. */
export const BOOTLOADER_ID_BYTES = 2;

/**
 * The ID in what was read at the family's address. On families with a one-byte ID the second byte means nothing.
 * Undefined where nothing but blank memory was read.
 */
export function bootloaderIdIn(family: Family, bytes: Uint8Array): number | undefined {
  const [low = 0, high = 0] = bytes;
  const wide = family.knownBootloaderIds.some((id) => id > MAX_BYTE);
  const id = wide ? low | (high << 8) : low;
  const blank = wide ? 0xffff : MAX_BYTE;
  return id === 0 || id === blank ? undefined : id;
}

/** What an ID says: `V9.0` and the interfaces. */
export function loaderVersion(bootloaderId: number): LoaderVersion {
  const code = bootloaderId >>> 4;
  const interfaces = INTERFACES[code];
  return { name: `V${code}.${bootloaderId & 0xf}`, ...(interfaces && { interfaces }) };
}

/** F105 and F107 have no ID: the 32-bit word of code at 0x1FFF_B004 tells their loaders apart (AN2606, chapter F105). */
const F105_VERSIONS: Readonly<Record<number, string>> = {
  0x1fff_e945: 'V2.0',
  0x1fff_e9a1: 'V2.1',
};

/** Version of an F105 or F107 loader. V1.0 and V2.2 have words ST does not publish. */
export function f105LoaderVersion(word: number): string | undefined {
  return F105_VERSIONS[word >>> 0];
}
