/**
 * Writes `licences.json` beside the screens when they are built: the parts by others that are in the bundle, and those
 * the main side needs, as they lie in node_modules. Nobody has to keep a list.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { z } from 'zod';
import type { Part } from '../shared/part.ts';

const lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) });
const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default('not stated'),
});

/** Of a module: `…/node_modules/@lucide/svelte/dist/icons/usb.js`; packages within packages count as well. */
const PACKAGE_OF_MODULE = /^.*?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//;

export function licences(): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle(_, bundle) {
      const bundled = Object.values(bundle)
        .flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []))
        .flatMap((module) => PACKAGE_OF_MODULE.exec(module.replaceAll('\\', '/'))?.[1] ?? []);
      const folders = [...new Set([...neededAtRunTime(), ...bundled])];
      const parts = folders.map(part).sort((a, b) => a.name.localeCompare(b.name, 'en'));
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(parts) });
    },
  };
}

function neededAtRunTime(): readonly string[] {
  const { packages } = lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const needed = Object.keys(packages).filter((folder) => folder !== '' && packages[folder]?.dev === false);
  // What is optional and was left out on this machine is not shipped from it.
  return needed.filter((folder) => existsSync(folder));
}

function part(folder: string): Part {
  const { name, version, license } = manifest.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  const text = file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, licence: license, ...(text !== undefined && { text }) };
}
