/** The maker's repository, where the product has one, or that of virtual devices. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StepwiseError } from '../../shared/failure.ts';
import type { Product } from '../../shared/product.ts';
import { Catalog } from '../catalog/catalog.ts';
import { diskFiles } from '../files/files.ts';
import { memoryFiles } from '../files/memory-files.ts';
import type { Repository, Surroundings } from './surroundings.ts';

/** Releases that ship with the application lie here, laid out as in the repository. */
const BUNDLED = 'releases';

type Here = Pick<Surroundings, 'network' | 'resourcesFolder' | 'stateFolder' | 'today' | 'log'>;

/** @throws host-file where the root of trust cannot be read */
export async function catalogHere(
  { network, resourcesFolder, stateFolder, today, log }: Here,
  { catalog: place }: Product,
): Promise<Catalog | undefined> {
  if (!place) return undefined;
  const { url, root } = place;
  return Catalog.open({
    ...network,
    url,
    // No way out of the folder, as with pictures.
    root: await readRoot(join(resourcesFolder, basename(root))),
    folder: join(stateFolder, 'catalog', nameOf(url)),
    bundled: join(resourcesFolder, BUNDLED),
    files: diskFiles,
    today,
    log,
  });
}

/** Nothing of it stays: it ends with the program, and so do its keys. */
export function passingCatalog(
  { network, today, log }: Pick<Here, 'network' | 'today' | 'log'>,
  repository: Repository,
): Promise<Catalog> {
  return Catalog.open({
    ...network,
    ...repository,
    folder: 'catalog',
    files: memoryFiles(),
    today,
    log,
  });
}

/** What was believed of one repository says nothing of another one. */
function nameOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}

async function readRoot(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
  }
}
