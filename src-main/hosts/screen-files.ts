/**
 * The built screens, for the hosts that serve them: a closed list of files read when the program starts. What is not on
 * the list does not exist, so no path, however it is written, leads anywhere else.
 */
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface ScreenFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * What the screens may load and do: themselves and nothing else. Svelte sets styles of elements one by one through the
 * DOM, which needs no exception.
 * @param connect where they may connect to besides their own origin
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}

/** By path as it stands in an address: `/index.html`, `/assets/index-x.js`. @throws when the screens were not built */
export async function readScreenFiles(folder: string): Promise<ReadonlyMap<string, ScreenFile>> {
  return new Map(await filesIn(folder, '/'));
}

/** One folder at a time: in the archive of a package, Electron does not list folders within folders reliably. */
async function filesIn(folder: string, address: string): Promise<[string, ScreenFile][]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const read = async (name: string): Promise<[string, ScreenFile]> => [
    `${address}${name}`,
    {
      body: new Uint8Array(await readFile(join(folder, name))),
      type: TYPES[extname(name)] ?? 'application/octet-stream',
    },
  ];
  const found = entries.map((entry) =>
    entry.isDirectory()
      ? filesIn(join(folder, entry.name), `${address}${entry.name}/`)
      : read(entry.name).then((file) => [file]),
  );
  return (await Promise.all(found)).flat();
}
