/**
 * The files of releases, wherever they are: fetched before, shipped with the application, or in the repository. Whoever
 * asks gets the bytes that were signed, looked at again at that moment, because these are the bytes that are flashed.
 */
import { join } from 'node:path';
import type { FetchProgress } from '../../shared/catalog.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { bundledPath } from './bundled.ts';
import { ReleaseCache } from './cache.ts';
import type { CatalogRelease } from './choose.ts';
import { download } from './download.ts';
import type { Network } from './fetch.ts';
import type { Files } from '../files/files.ts';
import { isWhatWasSigned, type SignedFile } from './signed-file.ts';

export interface ReleaseFilesOptions {
  readonly network: Network;
  readonly files: Files;
  /** Of the repository, without a slash at its end. */
  readonly url: string;
  /** For fetched files. */
  readonly folder: string;
  readonly bundled: string | undefined;
  /** Bytes of fetched files to keep. */
  readonly capacity: number | undefined;
  /** Ends every download. */
  readonly closing: AbortSignal;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
}

export class ReleaseFiles {
  readonly #options: ReleaseFilesOptions;
  readonly #cache: ReleaseCache;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #bringing = new Set<Promise<unknown>>();

  constructor(options: ReleaseFilesOptions) {
    this.#options = options;
    this.#cache = new ReleaseCache(options);
  }

  /** @throws host-file */
  async has(release: CatalogRelease): Promise<boolean> {
    const { files, bundled } = this.#options;
    if (await this.#cache.has(release)) return true;
    return bundled !== undefined && (await files.size(bundledPath(bundled, release))) === release.bytes;
  }

  /**
   * @param offered all releases there are; it decides which files are kept
   * @throws StepwiseError cancelled, host-file, and what prevented it from being fetched
   */
  async fetch(
    release: CatalogRelease,
    offered: readonly CatalogRelease[],
    { signal, onProgress }: FetchOptions,
  ): Promise<Uint8Array> {
    const here = await this.#here(release);
    if (here) return here;
    // One at a time: whoever waits for the same release finds it when it is his turn.
    const turn = this.#turn.then(async () => {
      throwIfCancelled(signal);
      return (await this.#here(release)) ?? (await this.#fetch(release, offered, signal, onProgress));
    });
    this.#turn = turn.catch(() => undefined);
    return unlessCancelled(turn, signal);
  }

  /**
   * To a place outside of the cache; nobody waits for it who wants firmware.
   * @throws StepwiseError cancelled, host-file, and what prevented it from being fetched
   */
  async bring(file: SignedFile, path: string, { signal, onProgress }: FetchOptions): Promise<void> {
    const bringing = this.#download(file, path, signal, onProgress);
    const settled = bringing.catch(() => undefined);
    this.#bringing.add(settled);
    try {
      await bringing;
    } finally {
      this.#bringing.delete(settled);
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all([this.#turn, ...this.#bringing]);
  }

  async #here(release: CatalogRelease): Promise<Uint8Array | undefined> {
    const fetched = await this.#cache.read(release);
    if (fetched) {
      await this.#cache.used(release);
      return fetched;
    }
    const { files, bundled } = this.#options;
    const shipped = bundled === undefined ? undefined : await files.read(bundledPath(bundled, release));
    return shipped && isWhatWasSigned(shipped, release) ? shipped : undefined;
  }

  async #fetch(
    release: CatalogRelease,
    offered: readonly CatalogRelease[],
    signal: AbortSignal | undefined,
    onProgress: FetchOptions['onProgress'],
  ): Promise<Uint8Array> {
    const { files, folder } = this.#options;
    await files.makeFolder(folder);
    const bytes = await this.#download(release, join(folder, release.sha256), signal, onProgress);
    await this.#cache.used(release);
    await this.#cache.tidy(offered);
    return bytes;
  }

  #download(
    file: SignedFile,
    path: string,
    signal: AbortSignal | undefined,
    onProgress: FetchOptions['onProgress'],
  ): Promise<Uint8Array> {
    const { network, files, url, closing } = this.#options;
    const both = signal ? AbortSignal.any([signal, closing]) : closing;
    return download({ network, files, url, file, path, signal: both, onProgress });
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StepwiseError('cancelled', { condition: 'untouched' });
}

/** The work goes on to its next safe end, but whoever has cancelled need not wait for it. */
export async function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfCancelled(signal);
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const cancel = () => reject(new StepwiseError('cancelled', { condition: 'untouched' }));
    signal.addEventListener('abort', cancel);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
  });
}
