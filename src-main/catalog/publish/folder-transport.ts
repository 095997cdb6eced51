/** A published folder as if it were behind the network, so that the client's own code looks at it. */
import { join } from 'node:path';
import type { Files } from '../../files/files.ts';
import type { Transport } from '../transport.ts';

/** Stands for the folder; nothing is ever asked of this address. */
export const FOLDER_URL = 'http://localhost';

export function folderTransport(files: Files, folder: string): Transport {
  return {
    async get(url) {
      const bytes = await files.read(join(folder, decodeURIComponent(new URL(url).pathname)));
      return { status: bytes ? 200 : 404, headers: {}, body: once(bytes) };
    },
  };
}

async function* once(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes) yield await Promise.resolve(bytes);
}
