/** resources/product.json: whose application this is. It is the maker's file, so what is wrong with it is said clearly. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StepwiseError } from '../../shared/failure.ts';
import { product as schema, type Product } from '../../shared/product.ts';
import { faultsIn } from './product-faults.ts';
import { withPictures } from './product-pictures.ts';
import type { Surroundings } from './surroundings.ts';

/** The product, made to fit the virtual devices where there are any. @throws host-file */
export async function productHere({
  resourcesFolder,
  demo,
}: Pick<Surroundings, 'resourcesFolder' | 'demo'>): Promise<Product> {
  const product = await readProduct(resourcesFolder);
  if (!demo) return product;
  // Virtual devices have ST's bootloaders, and an application of their own.
  const products = product.products.map((line) => ({
    ...line,
    bootloader: undefined,
    application: demo.application,
  }));
  return { ...product, products };
}

/** With its pictures in place of their names. @throws host-file with every fault of the file */
export async function readProduct(folder: string): Promise<Product> {
  return withPictures(await parsedProduct(folder), folder);
}

/** As it is written. @throws host-file with every fault of the file */
export async function parsedProduct(folder: string): Promise<Product> {
  const path = join(folder, 'product.json');
  const value = json(path, await readText(path));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fault(path, faultsIn(value, parsed.error, schema).join('\n'), parsed.error);
}

async function readText(path: string): Promise<string> {
  try {
    // Some editors begin a file with a mark that is no JSON.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
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
