/** A firmware file on its way into the repository: is it what is said of it, and would it go into internal flash? */
import { readFile } from 'node:fs/promises';
import { describeRange } from '../../../shared/address.ts';
import { StepwiseError } from '../../../shared/failure.ts';
import type { Release } from '../../../shared/release.ts';
import { FLASH_START } from '../../dfuse/layout.ts';
import type { FirmwareImage } from '../../firmware/image.ts';
import { readImageFile } from '../../firmware/read.ts';

/** Internal flash of the largest STM32 with ST's DFU bootloader: the U5's 4 MB (RM0456). */
const LARGEST_FLASH = 4 * 1024 * 1024;

const EXTENSIONS: Readonly<Record<Release['format'], string>> = {
  dfuse: 'dfu',
  'intel-hex': 'hex',
  's-record': 's19',
  elf: 'elf',
  raw: 'bin',
};

export interface ReleaseFile {
  readonly bytes: Uint8Array;
  readonly format: Release['format'];
  readonly image: FirmwareImage;
}

export interface Claims {
  readonly format?: Release['format'];
  /** Of the first byte of a raw file. */
  readonly address?: number;
  /** Bytes of flash the release needs. */
  readonly flashSize?: number;
}

/** @throws bad-file, usage for an address where there is no place for one */
export async function readReleaseFile(path: string, claims: Claims): Promise<ReleaseFile> {
  const { address, flashSize = LARGEST_FLASH } = claims;
  const file = await readImageFile(path, address === undefined ? {} : { address });
  const format = file.format === 'dfu-suffix' ? 'raw' : file.format;
  if (claims.format !== undefined && claims.format !== format)
    throw inconsistent(`The file is said to be ${claims.format}, and it is ${format}.`);
  if (address !== undefined && format !== 'raw')
    throw new StepwiseError('usage', {
      problem: `--address is for raw files; a file in ${format} has its own.`,
    });
  expectInFlash(file.image, flashSize);
  return { bytes: await readFile(path), format, image: file.image };
}

/** Name of the target; the version stands in it, so that no other version ever takes its place. */
export function targetPath(
  product: string,
  stem: string,
  version: string,
  format: Release['format'],
): string {
  return `${product}/${stem}-${version}.${EXTENSIONS[format]}`;
}

/** @throws bad-file */
function expectInFlash({ ranges, otherTargets }: FirmwareImage, flashSize: number): void {
  const flash = { start: FLASH_START, end: FLASH_START + flashSize };
  const [other] = otherTargets;
  if (other)
    throw inconsistent(
      `Besides firmware there is data for ${other.name ?? `alternate setting ${other.alternate}`} in it. Option bytes, once wrong, can lock a device for ever: they are not released.`,
    );
  for (const { address, bytes } of ranges) {
    const range = { start: address, end: address + bytes.length };
    if (range.start < flash.start || range.end > flash.end)
      throw inconsistent(`${describeRange(range)} is not in internal flash, ${describeRange(flash)}.`);
  }
}

function inconsistent(detail: string): StepwiseError {
  return new StepwiseError('bad-file', { fault: 'inconsistent', detail });
}
