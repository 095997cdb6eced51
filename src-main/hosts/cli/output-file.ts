/** Firmware files that Stepwise writes: the extension says which format. */
import { access, constants, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StepwiseError } from '../../../shared/failure.ts';
import { diskFiles, replaceFile } from '../../files/files.ts';
import { writeDfuse } from '../../firmware/dfuse-file.ts';
import { extensionOf } from '../../firmware/format.ts';
import type { FirmwareImage } from '../../firmware/image.ts';
import { writeIntelHex } from '../../firmware/intel-hex.ts';
import { writeRaw } from '../../firmware/raw.ts';
import { DEFAULT_MAX_SIZE } from '../../firmware/read.ts';
import { confirmed, expectAnswer, expectConsent } from './confirm.ts';
import type { Run } from './run.ts';

export type OutputFormat = 'bin' | 'hex' | 'dfu';

interface Encoding {
  /** For a raw file: what stands in the gaps. */
  readonly fill: number;
}

const WRITERS: Readonly<Record<OutputFormat, (image: FirmwareImage, encoding: Encoding) => Uint8Array>> = {
  bin: (image, { fill }) => writeRaw(image, { fill, maxSize: DEFAULT_MAX_SIZE }),
  hex: (image) => writeIntelHex(image),
  dfu: (image) => writeDfuse(image),
};

/** @throws usage for an extension that Stepwise does not write */
export function outputFormat(path: string): OutputFormat {
  const extension = extensionOf(path) ?? '';
  if (extension in WRITERS) return extension as OutputFormat;
  throw new StepwiseError('usage', {
    problem: `${path} ends in none of .bin, .hex and .dfu, so it is not clear what to write.`,
  });
}

/**
 * Everything that can stand in the way of writing a file, before the work that fills it.
 * @throws host-file, usage and cancelled where a file is there already and may not be replaced
 */
export async function expectWritable(run: Run, path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw hostFile(path, error);
  }
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  expectAnswer(run);
  expectConsent(await confirmed(run, `${path} is there already. Replace it?`));
}

/** @throws host-file */
export async function writeFirmware(path: string, image: FirmwareImage, encoding: Encoding): Promise<number> {
  const bytes = WRITERS[outputFormat(path)](image, encoding);
  await writeOutput(path, bytes);
  return bytes.length;
}

/** All of it or nothing: never half a file. What is no file, a pipe or a terminal, takes it as it comes. @throws host-file */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there && !there.isFile()) await writeFile(path, bytes);
    else await replaceFile(diskFiles, there ? await realpath(path) : path, bytes);
  } catch (error) {
    if (error instanceof StepwiseError) throw error;
    throw hostFile(path, error);
  }
}

function hostFile(path: string, cause: unknown): StepwiseError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation: 'write', detail }, { cause });
}
