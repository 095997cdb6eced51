/**
 * What tuf-js downloads with. It remembers what tuf-js makes strings of: which failure it was, and of which file. And
 * it adds the one step of the specification tuf-js leaves out (§5.3.11): when a newer root takes the key of the
 * timestamp or of the snapshot away, the trusted timestamp and snapshot go with it. Whoever had that key could have
 * raised their versions without end, and nothing the maker signs with the new one would ever be newer.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata, Root } from '@tufjs/models';
import type { Fetcher } from 'tuf-js';
// Updater knows by this class, and by nothing else, that there is no newer root.
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { fetchDocument, type Network } from './fetch.ts';
import { rootOf } from './trusted-metadata.ts';

/** Bytes, whatever the document that refers to it says. */
export const METADATA_LIMITS = {
  root: 65_536,
  timestamp: 16_384,
  snapshot: 65_536,
  targets: 4_194_304,
} as const;

export interface RepositoryFetcherOptions {
  readonly network: Network;
  /** The scratch folder of the Updater. */
  readonly scratch: string;
  /** Fetched a moment ago; good as long as no newer root comes. */
  readonly timestamp: string;
  readonly signal: AbortSignal;
}

export class RepositoryFetcher implements Fetcher {
  readonly #options: RepositoryFetcherOptions;
  readonly #roots: string[] = [];
  #timestamp: string | undefined;
  #trustedRoot: Metadata<Root> | undefined;
  #file = '';
  #text = '';
  #failure: StepwiseError | undefined;

  constructor(options: RepositoryFetcherOptions) {
    this.#options = options;
    this.#timestamp = options.timestamp;
  }

  /** Newer ones, in the order they came; not verified. */
  get roots(): readonly string[] {
    return this.#roots;
  }

  /** Of the last file that was asked for; empty where it did not come. */
  get last(): { readonly file: string; readonly text: string } {
    return { file: this.#file, text: this.#text };
  }

  /** Why there was nothing to verify. */
  get failure(): StepwiseError | undefined {
    return this.#failure;
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const file = url.slice(url.lastIndexOf('/') + 1);
    const role = roleOf(file);
    this.#file = file;
    this.#text = '';
    try {
      if (role === 'root') await this.#forgetRotated();
      this.#text =
        (role === 'timestamp' ? this.#timestamp : undefined) ??
        (await this.#download(url, Math.min(maxLength, METADATA_LIMITS[role])));
    } catch (error) {
      const status = isFailure(error, 'server-refused') ? error.facts.status : undefined;
      if (role === 'root' && (status === 403 || status === 404))
        throw new DownloadHTTPError('no newer root', status);
      if (error instanceof StepwiseError) this.#failure = error;
      throw error;
    }
    if (role === 'root') {
      this.#roots.push(this.#text);
      // It may be from before the keys were changed.
      this.#timestamp = undefined;
    }
    return Buffer.from(this.#text);
  }

  downloadFile(url: string): Promise<never> {
    throw new StepwiseError('internal', { detail: `targets are not downloaded here: ${url}` });
  }

  async #download(url: string, limit: number): Promise<string> {
    const { network, signal } = this.#options;
    const { bytes } = await fetchDocument(network, url, limit, { signal });
    return documentText(bytes, this.#file);
  }

  /** Asked for a root, tuf-js has verified the one before and written it down. */
  async #forgetRotated(): Promise<void> {
    const { scratch } = this.#options;
    const root = rootOf(await readFile(join(scratch, 'root.json'), 'utf8'));
    const before = this.#trustedRoot;
    this.#trustedRoot = root;
    const isRevoked = (role: 'timestamp' | 'snapshot') =>
      before?.signed.roles[role]?.keyIDs.some((id) => !root.signed.roles[role]?.keyIDs.includes(id));
    if (!isRevoked('timestamp') && !isRevoked('snapshot')) return;
    await rm(join(scratch, 'timestamp.json'), { force: true });
    await rm(join(scratch, 'snapshot.json'), { force: true });
  }
}

function roleOf(file: string): keyof typeof METADATA_LIMITS {
  if (file.endsWith('root.json')) return 'root';
  if (file.endsWith('timestamp.json')) return 'timestamp';
  return file.endsWith('snapshot.json') ? 'snapshot' : 'targets';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws not-trusted where it is no text: its bytes could not be kept as they were signed */
export function documentText(bytes: Uint8Array, file: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new StepwiseError('not-trusted', { file, detail: 'it is not UTF-8' }, { cause });
  }
}
