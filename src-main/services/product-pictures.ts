/** The pictures product.json names, as the screens can show them: in themselves, so that nobody has to serve files. */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { StepwiseError } from '../../shared/failure.ts';
import type { Product } from '../../shared/product.ts';

/** Bytes of one picture. */
export const LARGEST_PICTURE = 256 * 1024;

const TYPES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png' };

/** @param folder that of product.json. @throws host-file for a picture that is missing, too large, or none */
export async function withPictures(product: Product, folder: string): Promise<Product> {
  const shown = async <T extends { readonly picture?: string | undefined }>(named: T): Promise<T> =>
    named.picture === undefined ? named : { ...named, picture: await dataAddress(folder, named.picture) };
  const products = product.products.map(async (line) => ({
    ...(await shown(line)),
    enter: await Promise.all(line.enter.map(shown)),
  }));
  return { ...product, products: await Promise.all(products) };
}

async function dataAddress(folder: string, name: string): Promise<string> {
  // No way out of the folder: the name is the maker's, but it is shown to nobody who could judge it.
  const path = join(folder, basename(name));
  const fault = (detail: string, cause?: unknown) =>
    new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
  const type = TYPES[extname(path).toLowerCase()];
  if (type === undefined) throw fault('a picture is an SVG or a PNG');
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fault(error instanceof Error ? error.message : String(error), error);
  });
  if (bytes.length > LARGEST_PICTURE) throw fault(`a picture has at most ${LARGEST_PICTURE} bytes`);
  return `data:${type};base64,${bytes.toString('base64')}`;
}
