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
  const shown = <T extends { readonly picture?: string | undefined }>(named: T): Promise<T> =>
    inPlace(named, 'picture', folder);
  const [{ logo }, { logoOnDark }, products] = await Promise.all([
    inPlace(product, 'logo', folder),
    inPlace(product, 'logoOnDark', folder),
    Promise.all(
      product.products.map(async (line) => {
        const [pictured, enter] = await Promise.all([shown(line), Promise.all(line.enter.map(shown))]);
        return { ...pictured, enter };
      }),
    ),
  ]);
  return { ...product, logo, logoOnDark, products };
}

async function inPlace<K extends string, T extends Readonly<Partial<Record<K, string | undefined>>>>(
  named: T,
  key: K,
  folder: string,
): Promise<T> {
  const name = named[key];
  return name === undefined ? named : { ...named, [key]: await dataAddress(folder, name) };
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
