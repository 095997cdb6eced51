/**
 * From a file to an image. The content decides what the file is; its extension is a claim that must agree, because a
 * file that is not what its name says was mixed up somewhere on its way. Nothing is parsed before its size is known to
 * be sane.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { badFile } from './bad-file.ts';
import { readSuffixedRaw } from './dfu-suffix.ts';
import { readDfuse } from './dfuse-file.ts';
import { readElf } from './elf.ts';
import type { FileFormat } from './format.ts';
import { extensionOf, FORMAT_NAMES, formatsOfExtension, recogniseFormat } from './format.ts';
import type { FirmwareImage } from './image.ts';
import { readIntelHex } from './intel-hex.ts';
import { readRaw } from './raw.ts';
import { readSRecord } from './s-record.ts';

/** No STM32 has more internal flash than this; a text file of it has three times the size of what is in it. */
export const DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

export interface ReadOptions {
  /** Name of the file, for its extension. */
  readonly fileName?: string;
  /** Where the first byte of a raw file belongs. Files that carry addresses do not need it, and ignore it. */
  readonly address?: number;
  /** Largest file to accept, in bytes; DEFAULT_MAX_SIZE if absent. */
  readonly maxSize?: number;
}

export interface FirmwareFile {
  readonly image: FirmwareImage;
  readonly format: FileFormat;
}

type Reader = (bytes: Uint8Array, address: number | undefined) => FirmwareImage;

const READERS: Readonly<Record<FileFormat, Reader>> = {
  dfuse: readDfuse,
  'dfu-suffix': readSuffixedRaw,
  'intel-hex': readIntelHex,
  's-record': readSRecord,
  elf: readElf,
  raw: readRaw,
};

/**
 * Reads a firmware file of any format. The image keeps views of `bytes`: they belong to it from now on.
 * @throws bad-file, and nothing else
 */
export function readImage(bytes: Uint8Array, options: ReadOptions = {}): FirmwareFile {
  checkSize(bytes.length, options);
  const format = formatOf(bytes, options);
  // A plain view: a Buffer's slice() would share memory where that of a Uint8Array copies.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const image = READERS[format](plain, options.address);
  if (image.size === 0 && image.otherTargets.every((other) => other.ranges.length === 0)) {
    throw badFile('empty', 'The file is well-formed, but there is nothing in it to write.', { format });
  }
  return { image, format };
}

/**
 * Reads a firmware file from disk; one that is too large is not even opened.
 * @throws bad-file, and nothing else
 */
export async function readImageFile(
  path: string,
  options: Omit<ReadOptions, 'fileName'> = {},
): Promise<FirmwareFile> {
  const bytes = await readBytes(path, options);
  return readImage(bytes, { ...options, fileName: basename(path) });
}

async function readBytes(path: string, options: ReadOptions): Promise<Uint8Array> {
  const found = await stat(path).catch(unreadable);
  if (found.isDirectory()) throw badFile('unreadable', 'This is a folder, not a file.');
  // A pipe or a device would keep the reader waiting.
  if (!found.isFile()) throw badFile('unreadable', 'This is no regular file.');
  checkSize(found.size, options);
  return await readFile(path).catch(unreadable);
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no file of this name.',
  ENOTDIR: 'There is no file of this name.',
  EACCES: 'This account may not read the file.',
  EPERM: 'This account may not read the file.',
  EISDIR: 'This is a folder, not a file.',
};

function unreadable(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  throw badFile('unreadable', SYSTEM_REASONS[code] ?? `The file cannot be read (${code}).`, {}, cause);
}

function checkSize(size: number, { maxSize = DEFAULT_MAX_SIZE }: ReadOptions): void {
  if (size > maxSize) {
    throw badFile('too-large', `The file has ${size} bytes, more than the ${maxSize} accepted for firmware.`);
  }
  if (size === 0) throw badFile('empty', 'The file is empty.');
}

function formatOf(bytes: Uint8Array, { fileName = '', address }: ReadOptions): FileFormat {
  const recognised = recogniseFormat(bytes);
  if (recognised === 'git-lfs-pointer') {
    throw badFile(
      recognised,
      'This is only a Git LFS pointer to the firmware: the file itself was not fetched.',
    );
  }
  if (recognised === 'html-page') {
    throw badFile(recognised, 'This is a web page: the download link led to a page, not to the firmware.');
  }
  const extension = extensionOf(fileName);
  const claimed = extension === undefined ? undefined : formatsOfExtension(extension);
  const format = recognised ?? 'raw';
  if (claimed) {
    if (claimed.includes(format)) return format;
    throw badFile(
      'extension-mismatch',
      `The file is named .${extension ?? ''}, but its content is ${FORMAT_NAMES[format]}.`,
    );
  }
  if (recognised === undefined && address === undefined) {
    throw badFile('unknown-format', 'The content is of no known firmware format.');
  }
  return format;
}
