/**
 * Firmware files that were fetched, under their SHA-256: what a file is called here never comes from the network. It is
 * bounded, and what was used least recently goes first; but the newest good release of each product stays, so that a
 * device can be updated where there is no network.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { CatalogRelease } from './choose.ts';
import { replaceFile, type Files } from '../files/files.ts';
import { isWhatWasSigned } from './signed-file.ts';
import { compareVersions } from './versions.ts';

/** Bytes of all files together; the releases of a product with many variants. */
const CAPACITY_BYTES = 128 * 1024 * 1024;
const USED = 'used.json';
const usedOrder = z.array(z.string());

export interface CacheOptions {
  readonly files: Files;
  readonly folder: string;
  /** Bytes. */
  readonly capacity?: number | undefined;
}

export class ReleaseCache {
  readonly #files: Files;
  readonly #folder: string;
  readonly #capacity: number;

  constructor({ files, folder, capacity = CAPACITY_BYTES }: CacheOptions) {
    this.#files = files;
    this.#folder = folder;
    this.#capacity = capacity;
  }

  /** It was fetched; its bytes are looked at when they are read. @throws host-file */
  async has(release: CatalogRelease): Promise<boolean> {
    return (await this.#files.size(this.#path(release))) === release.bytes;
  }

  /** The very bytes that were signed; undefined where they are not here. A damaged file is removed. @throws host-file */
  async read(release: CatalogRelease): Promise<Uint8Array | undefined> {
    const bytes = await this.#files.read(this.#path(release));
    if (!bytes) return undefined;
    if (isWhatWasSigned(bytes, release)) return bytes;
    await this.#files.remove(this.#path(release));
    return undefined;
  }

  /** Writes down that it was used last. @throws host-file */
  async used({ sha256 }: CatalogRelease): Promise<void> {
    const order = await this.#order();
    if (order.at(-1) === sha256) return;
    await this.#keepOrder([...order.filter((each) => each !== sha256), sha256]);
  }

  /**
   * Makes room until the bound holds. What is not offered any more goes first.
   * @param offered all releases there are
   * @throws host-file
   */
  async tidy(offered: readonly CatalogRelease[]): Promise<void> {
    const names = (await this.#files.list(this.#folder)).filter((name) => name !== USED);
    const order = await this.#order();
    const known = new Set(offered.map(({ sha256 }) => sha256));
    const keep = toKeep(offered.filter(({ sha256 }) => names.includes(sha256)));
    const rank = (name: string) => (known.has(hashOf(name)) ? order.indexOf(hashOf(name)) : -2);
    const sizes = new Map<string, number>();
    for (const name of names) sizes.set(name, (await this.#files.size(join(this.#folder, name))) ?? 0);
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const name of names.filter((each) => !keep.has(each)).toSorted((a, b) => rank(a) - rank(b))) {
      if (total <= this.#capacity) break;
      await this.#files.remove(join(this.#folder, name));
      total -= sizes.get(name) ?? 0;
    }
    if (order.some((hash) => !names.includes(hash)))
      await this.#keepOrder(order.filter((hash) => names.includes(hash)));
  }

  #path({ sha256 }: CatalogRelease): string {
    return join(this.#folder, sha256);
  }

  /** Hashes, last used last. */
  async #order(): Promise<readonly string[]> {
    const bytes = await this.#files.read(join(this.#folder, USED));
    try {
      return bytes ? usedOrder.parse(JSON.parse(Buffer.from(bytes).toString())) : [];
    } catch {
      return [];
    }
  }

  #keepOrder(order: readonly string[]): Promise<void> {
    return replaceFile(this.#files, join(this.#folder, USED), Buffer.from(JSON.stringify(order)));
  }
}

/** Of the file or of what belongs to it: `<hash>.part`. */
function hashOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}

/** The newest of each product and channel that was not withdrawn. */
function toKeep(here: readonly CatalogRelease[]): ReadonlySet<string> {
  const newest = new Map<string, CatalogRelease>();
  for (const each of here) {
    if (each.release.withdrawn) continue;
    for (const product of each.release.fits.products) {
      const line = `${product} ${each.release.channel}`;
      const rival = newest.get(line);
      if (!rival || compareVersions(rival.release.version, each.release.version) < 0) newest.set(line, each);
    }
  }
  return new Set([...newest.values()].map(({ sha256 }) => sha256));
}
