/** From a maker's folder and what was built to packages: icons, `resources/` as it ships, electron-builder, bill of materials. */
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Arch, archFromString, build, type Configuration, Platform } from 'electron-builder';
import { z } from 'zod';
import { parsedProduct } from '../../src-main/services/product.ts';
import { type Environment, isSigned, makersConfiguration } from './configuration.ts';
import { drawIcons } from './icons.ts';
import { billOfMaterials } from './sbom.ts';

const PLATFORMS = { linux: Platform.LINUX, mac: Platform.MAC, win: Platform.WINDOWS };
export type System = keyof typeof PLATFORMS;

export interface Order {
  readonly os: System;
  /** What is made, for which processor; all that electron-builder.yml lists where it is absent. */
  readonly target?: { readonly kind: string; readonly arch: string };
  /** The maker's folder, with product.json. */
  readonly product: string;
  /** Where the packages go. */
  readonly output: string;
  /** A folder with Electron's runtime; it is fetched where there is none. */
  readonly electron?: string | undefined;
  readonly environment: Environment;
  readonly configuration?: Configuration;
}

/** In the project's folder. @throws host-file where the maker's file is wrong, and what electron-builder throws */
export async function makePackages(order: Order): Promise<void> {
  if (
    order.environment['STEPWISE_SIGNED'] === 'required' &&
    order.os !== 'linux' &&
    !isSigned(order.os, order.environment)
  )
    throw new Error('STEPWISE_SIGNED=required, and there is nothing to sign with');
  const product = await parsedProduct(order.product);
  const { packaging } = product;
  if (packaging === undefined) throw new Error(`${order.product}/product.json has no "packaging"`);
  await stageResources(order);
  await stageIcons(join(order.product, packaging.icon));

  const platform = PLATFORMS[order.os];
  const { target, electron } = order;
  const makers = makersConfiguration(product, packaging, order.environment);
  await build({
    targets: target
      ? platform.createTarget(target.kind, archFromString(target.arch))
      : new Map([[platform, new Map<Arch, string[]>()]]),
    config: {
      ...makers,
      ...order.configuration,
      win: { ...makers.win, ...order.configuration?.win },
      directories: { output: order.output },
      ...(electron !== undefined && { electronDist: resolve(electron) }),
    },
    publish: 'never',
  });

  const { version, license } = z
    .object({ version: z.string(), license: z.string() })
    .parse(JSON.parse(await readFile('package.json', 'utf8')));
  const bill = await billOfMaterials({
    name: product.name,
    version,
    maker: product.maker,
    licence: license,
  });
  await writeFile(join(order.output, `sbom-${order.os}.cdx.json`), bill);
}

/** `resources/` of the package: what the application itself brings there, and the maker's folder. */
async function stageResources({ product, os }: Order): Promise<void> {
  const staged = 'dist/product';
  const notes = /\.(schema\.json|md)$/;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  await copyFile('resources/70-stepwise.rules', join(staged, '70-stepwise.rules'));
  await cp(product, staged, {
    recursive: true,
    // Only Windows needs drivers.
    filter: (path) => !notes.test(path) && (os === 'win' || basename(path) !== 'drivers'),
  });
}

async function stageIcons(icon: string): Promise<void> {
  await rm('dist/icons', { recursive: true, force: true });
  await drawIcons(icon, 'dist/icons');
  await copyFile(icon, 'dist/icons/icon.svg');
}
