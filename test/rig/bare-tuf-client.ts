/** A TUF client with nothing of Stepwise in it: tuf-js as its makers deliver it, over files in memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
// Updater knows by this class that there is no newer root.
import { DownloadHTTPError } from 'tuf-js/dist/error.js';

/** What lies at `metadata/…` and `targets/…`. */
export type Lookup = (path: string) => Uint8Array | undefined;

const BASE = 'memory:/';

class MemoryFetcher extends BaseFetcher {
  readonly #lookup: Lookup;

  constructor(lookup: Lookup) {
    super();
    this.#lookup = lookup;
  }

  override fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const bytes = this.#lookup(decodeURI(url.slice(BASE.length + 1)));
    if (!bytes) return Promise.reject(new DownloadHTTPError(`there is no ${url}`, 404));
    const copy = new Uint8Array(bytes);
    return Promise.resolve(
      new ReadableStream({
        start(controller) {
          controller.enqueue(copy);
          controller.close();
        },
      }),
    );
  }
}

export class BareTufClient {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stepwise-tuf-'));

  /** @param root the first root of trust */
  constructor(root: Uint8Array) {
    writeFileSync(join(this.#folder, 'root.json'), root);
  }

  /** Remembers what it has accepted, as a client does between two starts. @throws Error */
  async refreshed(lookup: Lookup): Promise<Updater> {
    const updater = new Updater({
      metadataDir: this.#folder,
      targetDir: this.#folder,
      metadataBaseUrl: `${BASE}/metadata`,
      targetBaseUrl: `${BASE}/targets`,
      fetcher: new MemoryFetcher(lookup),
    });
    await updater.refresh();
    return updater;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
