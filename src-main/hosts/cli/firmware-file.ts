/** A firmware file as somebody named it on the command line: what is in it, where it goes, and how to know it again. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describeRange, hex } from '../../../shared/address.ts';
import { isFailure } from '../../../shared/failure.ts';
import { FLASH_START } from '../../dfuse/layout.ts';
import type { FileFormat } from '../../firmware/format.ts';
import type { FirmwareImage } from '../../firmware/image.ts';
import { readImageFile } from '../../firmware/read.ts';
import type { FirmwareOptions } from './options.ts';
import { byteCount } from './quantities.ts';

export interface Firmware {
  readonly image: FirmwareImage;
  readonly format: FileFormat;
  /** Name of the file without its folder. */
  readonly name: string;
  /** Of the file, in hexadecimal digits: what `sha256sum` says. */
  readonly sha256: string;
  /** Where a raw file was put because nobody said where it belongs. */
  readonly assumedAddress?: number;
}

/** @throws bad-file */
export async function readFirmware(path: string, { address }: FirmwareOptions): Promise<Firmware> {
  const named = address === undefined ? {} : { address };
  const placed = await readImageFile(path, named)
    .then((file) => ({ ...file }))
    .catch(async (error: unknown) => {
      // Only a file that is known to be raw is put somewhere; what is not recognised at all stays refused.
      if (!isFailure(error, 'bad-file') || error.facts.fault !== 'address-needed') throw error;
      return { ...(await readImageFile(path, { address: FLASH_START })), assumedAddress: FLASH_START };
    });
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { ...placed, name: basename(path), sha256 };
}

const FORMATS: Readonly<Record<FileFormat, string>> = {
  dfuse: 'DfuSe',
  'dfu-suffix': 'raw with a DFU suffix',
  'intel-hex': 'Intel HEX',
  's-record': 'Motorola S-records',
  elf: 'ELF',
  raw: 'raw',
};

/** Enough of a hash to compare by eye. */
const SHOWN_HASH = 16;
const SHOWN_RANGES = 4;

/** Lines for people. */
export function firmwareLines({ name, format, image, sha256, assumedAddress }: Firmware): readonly string[] {
  const more = image.ranges.length - SHOWN_RANGES;
  return [
    name,
    [FORMATS[format], byteCount(image.size), `sha256 ${sha256.slice(0, SHOWN_HASH)}…`].join(' · '),
    ...image.ranges
      .slice(0, SHOWN_RANGES)
      .map(({ address, bytes }) => describeRange({ start: address, end: address + bytes.length })),
    ...(more > 0 ? [`and ${more} more ranges`] : []),
    ...(assumedAddress === undefined
      ? []
      : [
          `placed at ${hex(assumedAddress)}: a raw file does not say where it belongs, and --address was not given`,
        ]),
  ];
}

export function firmwareFacts({ name, format, image, sha256, assumedAddress }: Firmware) {
  return {
    name,
    format,
    bytes: image.size,
    sha256,
    ranges: image.ranges.map(({ address, bytes }) => ({ address, size: bytes.length })),
    ...(assumedAddress !== undefined && { assumedAddress }),
  };
}
