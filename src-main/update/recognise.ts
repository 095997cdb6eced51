/** Which of the maker's releases flash holds, every byte of it: by comparing, or by the digest of the same bytes. */
import { createHash } from 'node:crypto';
import { StepwiseError } from '../../shared/failure.ts';
import type { KnownRelease } from '../catalog/known-images.ts';
import { retrying } from '../flash/recover.ts';
import type { Connected } from './connect.ts';
import { checkpoint, type JobOptions } from './job.ts';
import { readMemory, wholeFlash } from './read-job.ts';
import { holds } from './contents.ts';

export type KnownImage = KnownRelease;

/** @returns name and version of each that is there, in the order in which they were given */
export async function recognise(
  connected: Connected,
  known: readonly KnownImage[],
  options: JobOptions,
): Promise<readonly { readonly name: string; readonly version: string }[]> {
  const flash = wholeFlash(connected);
  const digests = new Digests(connected, options);
  const found: { name: string; version: string }[] = [];
  for (const each of known) {
    const { name, version } = each;
    checkpoint(options.signal);
    const range =
      each.kind === 'image' ? each.image.span : { start: each.address, end: each.address + each.bytes };
    if (!flash || !range || range.start < flash.start || range.end > flash.end) continue;
    const there =
      each.kind === 'image'
        ? await holdsAll(connected, each.image.ranges, options)
        : (await digests.of(range.start, each.bytes)) === each.sha256;
    if (there) found.push({ name, version });
  }
  return found;
}

function holdsAll(
  connected: Connected,
  runs: Parameters<typeof holds>[1],
  options: JobOptions,
): Promise<boolean> {
  return retrying(connected.connection, () => holds(connected, runs, options), {
    address: runs[0]?.address ?? 0,
    listener: options.listener,
    checkpoint: () => void checkpoint(options.signal),
  });
}

/** Reads no byte twice: raw releases begin at the same address, as a rule. */
class Digests {
  readonly #connected: Connected;
  readonly #options: JobOptions;
  readonly #read = new Map<number, Uint8Array>();

  constructor(connected: Connected, options: JobOptions) {
    this.#connected = connected;
    this.#options = options;
  }

  async of(address: number, length: number): Promise<string | undefined> {
    const bytes = await this.#bytes(address, length);
    return bytes && createHash('sha256').update(bytes).digest('hex');
  }

  async #bytes(address: number, length: number): Promise<Uint8Array | undefined> {
    const before = this.#read.get(address) ?? new Uint8Array();
    if (before.length >= length) return before.subarray(0, length);
    const from = address + before.length;
    try {
      const image = await readMemory(
        this.#connected,
        { start: from, end: address + length },
        { ...this.#options, listener: () => undefined },
      );
      const rest = image.slice(from, length - before.length) ?? new Uint8Array();
      const all = new Uint8Array(before.length + rest.length);
      all.set(before);
      all.set(rest, before.length);
      this.#read.set(address, all);
      return all;
    } catch (error) {
      // Part of it cannot be read: then it cannot be told, and that is no reason to end the survey.
      if (error instanceof StepwiseError && error.code === 'command-rejected') return undefined;
      throw error;
    }
  }
}
