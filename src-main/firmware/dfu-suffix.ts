/**
 * The DFU suffix (DFU 1.1 appendix B): 16 bytes at the end of a firmware file which say for which product it is, with
 * a CRC over everything before it. Fields lie in the reverse of the descriptor's order, so that a reader can start at
 * the end of the file. A .dfu file of ST (UM0391) ends with the same suffix and marks it with another bcdDFU.
 */
import { crc32 } from 'node:zlib';
import { badFile } from './bad-file.ts';
import type { FileFormat } from './format.ts';
import type { ImageTarget } from './image.ts';
import { FirmwareImage } from './image.ts';
import { requireAddress } from './raw.ts';

export const SUFFIX_SIZE = 16;
/** bcdDFU of a raw file with a suffix. */
export const PLAIN_DFU = 0x0100;

/** In vendor, product and version: the file is for any. */
const ANY = 0xffff;
const SIGNATURE = 'UFD';
const CRC_SIZE = 4;

/** Offsets from the start of the suffix. */
const Field = {
  deviceVersion: 0,
  productId: 2,
  vendorId: 4,
  dfuVersion: 6,
  signature: 8,
  length: 11,
  crc: 12,
};

/** Whom a file is for; absent means any. */
export type SuffixTarget = Pick<ImageTarget, 'vendorId' | 'productId' | 'deviceVersion'>;

export interface SuffixedBody {
  /** Everything before the suffix. No copy. */
  readonly body: Uint8Array;
  readonly target: SuffixTarget;
}

/**
 * Splits the suffix from what is before it.
 * @param dfuVersion the bcdDFU it must have
 * @throws bad-file (truncated, unsupported, bad-checksum, inconsistent)
 */
export function splitSuffix(bytes: Uint8Array, dfuVersion: number, format: FileFormat): SuffixedBody {
  const start = bytes.length - SUFFIX_SIZE;
  const place = { format, offset: Math.max(start, 0) };
  if (start < 0) throw badFile('truncated', 'The file is too short for its DFU suffix.', place);
  const suffix = new DataView(bytes.buffer, bytes.byteOffset + start, SUFFIX_SIZE);
  const signature = Buffer.from(bytes.subarray(start + Field.signature, start + Field.length));
  if (signature.toString('latin1') !== SIGNATURE) {
    throw badFile('truncated', 'The DFU suffix is missing at the end of the file.', place);
  }
  if (suffix.getUint8(Field.length) !== SUFFIX_SIZE) {
    throw badFile('unsupported', `The DFU suffix is not ${SUFFIX_SIZE} bytes long.`, place);
  }
  if (suffix.getUint32(Field.crc, true) !== dfuCrc(bytes.subarray(0, -CRC_SIZE))) {
    throw badFile('bad-checksum', 'The content does not match the checksum in the DFU suffix.', place);
  }
  if (suffix.getUint16(Field.dfuVersion, true) !== dfuVersion) {
    throw badFile('inconsistent', 'The DFU suffix is for another kind of file than this one.', place);
  }
  const known = (name: keyof SuffixTarget) => {
    const value = suffix.getUint16(Field[name], true);
    return value !== ANY && { [name]: value };
  };
  return {
    body: bytes.subarray(0, start),
    target: { ...known('vendorId'), ...known('productId'), ...known('deviceVersion') },
  };
}

/** `body` with a suffix behind it. */
export function appendSuffix(body: Uint8Array, dfuVersion: number, target: SuffixTarget): Uint8Array {
  const bytes = new Uint8Array(body.length + SUFFIX_SIZE);
  const suffix = new DataView(bytes.buffer, body.length);
  bytes.set(body);
  bytes.set(Buffer.from(SIGNATURE, 'latin1'), body.length + Field.signature);
  suffix.setUint16(Field.deviceVersion, target.deviceVersion ?? ANY, true);
  suffix.setUint16(Field.productId, target.productId ?? ANY, true);
  suffix.setUint16(Field.vendorId, target.vendorId ?? ANY, true);
  suffix.setUint16(Field.dfuVersion, dfuVersion, true);
  suffix.setUint8(Field.length, SUFFIX_SIZE);
  suffix.setUint32(Field.crc, dfuCrc(bytes.subarray(0, -CRC_SIZE)), true);
  return bytes;
}

/** CRC-32/JAMCRC: the usual CRC-32 without its final inversion. */
export function dfuCrc(bytes: Uint8Array): number {
  return ~crc32(bytes) >>> 0;
}

/**
 * A raw file with a plain DFU suffix, as dfu-suffix makes it. It has no address inside.
 * @param address where its first byte belongs
 * @throws bad-file
 */
export function readSuffixedRaw(bytes: Uint8Array, address: number | undefined): FirmwareImage {
  const { body, target } = splitSuffix(bytes, PLAIN_DFU, 'dfu-suffix');
  return FirmwareImage.from([{ address: requireAddress(address, 'dfu-suffix'), bytes: body }], target);
}
