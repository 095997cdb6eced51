/** resources/product.json: whose application this is. It is the maker's file, so what is wrong with it is said clearly. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';
import { product as schema, type Product } from '../../shared/product.ts';
import { withPictures } from './product-pictures.ts';
import type { Surroundings } from './surroundings.ts';

export interface Branding {
  readonly product: Product;
  /** SVG. */
  readonly logo: string | undefined;
}

/** The product, made to fit the virtual devices where there are any. @throws host-file */
export async function productHere({
  resourcesFolder,
  demo,
}: Pick<Surroundings, 'resourcesFolder' | 'demo'>): Promise<Branding> {
  const branding = await readProduct(resourcesFolder);
  if (!demo) return branding;
  const products = branding.product.products.map((line) => ({ ...line, application: demo.application }));
  return { ...branding, product: { ...branding.product, products } };
}

/** With its pictures in place of their names. @throws host-file with every fault of the file */
export async function readProduct(folder: string): Promise<Branding> {
  const path = join(folder, 'product.json');
  const text = await readText(path);
  const parsed = schema.safeParse(json(path, text));
  if (!parsed.success) throw fault(path, z.prettifyError(parsed.error), parsed.error);
  const product = parsed.data;
  const ids = product.products.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw fault(path, `two products have the id ${twice}`);
  // No way out of the folder: the name is the maker's, but it is shown to nobody who could judge it.
  const logo = product.logo === undefined ? undefined : await readText(join(folder, basename(product.logo)));
  return { product: await withPictures(product, folder), logo };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fault(path, error instanceof Error ? error.message : String(error), error);
  }
}

function json(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(path, `this is no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function fault(path: string, detail: string, cause?: unknown): StepwiseError {
  return new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
}
