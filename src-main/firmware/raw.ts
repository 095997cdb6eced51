/**
 * A raw file is memory as it is: no address, no checksum, no structure. The address has to come from somebody who
 * knows it, and gaps have to be filled when one is written.
 */
import { describeRange, rangeLength } from '../../shared/address.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { badFile } from './bad-file.ts';
import type { FileFormat } from './format.ts';
import { FirmwareImage } from './image.ts';

/** @throws bad-file (address-needed) */
export function readRaw(bytes: Uint8Array, address: number | undefined): FirmwareImage {
  return FirmwareImage.from([{ address: requireAddress(address, 'raw'), bytes }]);
}

/** @throws bad-file (address-needed) where nobody gave one */
export function requireAddress(address: number | undefined, format: FileFormat): number {
  if (address !== undefined) return address;
  throw badFile('address-needed', 'The file does not say at which address it belongs.', { format });
}

export interface RawOptions {
  /** Byte value for the gaps: the erased value of the chip. */
  readonly fill: number;
  /** Largest file to make, in bytes. */
  readonly maxSize: number;
}

/**
 * The image from its first to its last byte.
 * @throws bad-file (too-large) where the gaps would make more than `maxSize` bytes of it
 */
export function writeRaw(image: FirmwareImage, { fill, maxSize }: RawOptions): Uint8Array {
  const { span } = image;
  if (!span) return new Uint8Array();
  if (rangeLength(span) > maxSize) {
    throw new StepwiseError('bad-file', {
      fault: 'too-large',
      detail: `The image spans ${describeRange(span)}, a raw file of it would have ${rangeLength(span)} bytes.`,
      format: 'raw',
    });
  }
  const bytes = new Uint8Array(rangeLength(span)).fill(fill);
  for (const range of image.ranges) bytes.set(range.bytes, range.address - span.start);
  return bytes;
}
