/**
 * Releases that ship with the application, for a first start without a network: a folder laid out as the repository is
 * (TUF specification §6.2, consistent snapshots), and verified as if it had come from there. It may have expired by the
 * time somebody installs the application, as everything may that is used offline.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log/log.ts';
import type { CatalogRelease } from './choose.ts';
import type { Files } from '../files/files.ts';
import { fileOf } from './signed-file.ts';
import { verifyTexts, type TrustedTexts, type Verified } from './trusted-metadata.ts';

const versioned = z.object({ signed: z.object({ version: z.int() }) });
const vouching = z.object({
  signed: z.object({ meta: z.record(z.string(), z.object({ version: z.int() })) }),
});

/** Not verified yet; undefined where the folder is damaged. */
export async function bundledTexts(
  files: Files,
  folder: string,
  shippedRoot: string,
  log: Log,
): Promise<TrustedTexts | undefined> {
  try {
    return await readTexts(files, folder, shippedRoot);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.write('warn', 'catalog', `the releases that ship with the application are damaged: ${why}`);
    return undefined;
  }
}

async function readTexts(files: Files, folder: string, shippedRoot: string): Promise<TrustedTexts> {
  const read = async (name: string) => {
    const bytes = await files.read(join(folder, 'metadata', name));
    return bytes && Buffer.from(bytes).toString();
  };
  const roots: string[] = [];
  let { version } = versioned.parse(JSON.parse(shippedRoot)).signed;
  for (let root; (root = await read(`${++version}.root.json`));) roots.push(root);

  const timestamp = await read('timestamp.json');
  const snapshot = timestamp && (await read(`${versionIn(timestamp, 'snapshot.json')}.snapshot.json`));
  const targets = snapshot && (await read(`${versionIn(snapshot, 'targets.json')}.targets.json`));
  return {
    roots,
    ...(timestamp && { timestamp }),
    ...(snapshot && { snapshot }),
    ...(targets && { targets }),
  };
}

function versionIn(text: string, name: string): number {
  return vouching.parse(JSON.parse(text)).signed.meta[name]?.version ?? 0;
}

/** Where the file of this release would lie. */
export function bundledPath(folder: string, release: CatalogRelease): string {
  return join(folder, 'targets', ...fileOf(release));
}

/**
 * What to start with: the newer of both, under the newest root of both, so that keys which were taken away since the
 * application was built do not come back with it.
 */
export function verifyBoth(shippedRoot: string, kept: TrustedTexts, bundled: TrustedTexts): Verified {
  const roots = kept.roots.length < bundled.roots.length ? bundled.roots : kept.roots;
  const here = verifyTexts(shippedRoot, { ...kept, roots });
  const shipped = verifyTexts(shippedRoot, { ...bundled, roots });
  return shipped.isComplete && shipped.timestampVersion > here.timestampVersion
    ? shipped
    : verifyTexts(shippedRoot, { ...shipped.texts, ...here.texts });
}
