/**
 * The software bill of materials of a package, in CycloneDX 1.6: what is really inside. The parts by others are those of
 * licences.json, which was written when the screens were built; Electron is around them. npm's own bill leaves out what the
 * main side shares with tools of development.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const parts = z.array(z.object({ name: z.string(), version: z.string(), licence: z.string() }));
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

interface Application {
  readonly name: string;
  readonly version: string;
  readonly maker: string;
  readonly licence: string;
}

/** Without a number and a time of its own: the same sources give the same file. */
export async function billOfMaterials(application: Application): Promise<string> {
  const { packages } = lock.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
  const electron = packages['node_modules/electron'] ?? {};
  const inside = [
    ...parts.parse(JSON.parse(await readFile('dist/src-renderer/licences.json', 'utf8'))),
    { name: 'electron', version: electron.version ?? '', licence: electron.license ?? '' },
  ];
  const integrityOf = (name: string, version: string) =>
    Object.entries(packages).find(
      ([path, each]) => path.endsWith(`node_modules/${name}`) && each.version === version,
    )?.[1].integrity;
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': application.name,
        name: application.name,
        version: application.version,
        supplier: { name: application.maker },
        licenses: [licence(application.licence)],
      },
    },
    components: inside.map(({ name, version, licence: terms }) => ({
      type: name === 'electron' ? 'framework' : 'library',
      'bom-ref': purl(name, version),
      name,
      version,
      purl: purl(name, version),
      licenses: [licence(terms)],
      hashes: hashes(integrityOf(name, version)),
    })),
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

const purl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** An SPDX identifier, or an expression of several. */
function licence(terms: string): object {
  return /^[A-Za-z0-9.+-]+$/.test(terms) ? { license: { id: terms } } : { expression: terms };
}

/** Of the archive in the registry, as the lock file has it in base64. */
function hashes(integrity: string | undefined): readonly object[] {
  const [, digest] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  return digest === undefined
    ? []
    : [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }];
}
