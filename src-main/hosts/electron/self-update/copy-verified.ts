/** The last look at what is going to be installed. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { StepwiseError } from '../../../../shared/failure.ts';
import type { SignedFile } from '../../../catalog/signed-file.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Lets everything else go on meanwhile. @throws not-trusted where these are not the bytes that were signed; host-file */
export async function verifyFile(path: string, signed: SignedFile): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
    }
  } catch (cause) {
    throw unusable(path, cause);
  }
  expectSigned(hash, length, signed);
}

/**
 * Check and use in one: what is hashed is what is written, to a file that was not there before. Synchronous, because
 * it happens while the program ends.
 * @param to a new file; it stays there only with the bytes that were signed
 * @param mode its rights
 * @throws not-trusted where they are others; host-file
 */
export function copyVerified(from: string, to: string, signed: SignedFile, mode: number): void {
  try {
    withFile(from, 'r', 0, (source) => withFile(to, 'wx', mode, (target) => copy(source, target, signed)));
  } catch (cause) {
    // What was there before is nobody's half copy.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) rmSync(to, { force: true });
    throw cause instanceof StepwiseError ? cause : unusable(to, cause);
  }
}

function copy(source: number, target: number, signed: SignedFile): void {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let length = 0;
  for (let count; length <= signed.bytes && (count = readSync(source, buffer)) > 0; length += count) {
    const chunk = buffer.subarray(0, count);
    hash.update(chunk);
    writeFileSync(target, chunk);
  }
  fsyncSync(target);
  expectSigned(hash, length, signed);
}

function expectSigned(hash: Hash, length: number, { target, bytes, sha256 }: SignedFile): void {
  if (length === bytes && hash.digest('hex') === sha256) return;
  throw new StepwiseError('not-trusted', {
    file: target,
    detail: 'what lies here to be installed is not what was signed',
  });
}

function withFile(path: string, flags: string, mode: number, work: (file: number) => void): void {
  const file = openSync(path, flags, mode);
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}

function unusable(path: string, cause: unknown): StepwiseError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation: 'install', detail }, { cause });
}
