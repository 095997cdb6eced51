/**
 * `npm run package`: the installers of this system, in `dist/packages`, with their bill of materials beside them.
 * electron-builder makes them from electron-builder.yml and the maker's product.json; docs/packaging.md tells more.
 */
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { isSigned } from './packaging/configuration.ts';
import { makePackages, type System } from './packaging/make.ts';

const { dir, os, arch, ...places } = z
  .object({
    dir: z.boolean(),
    os: z.enum(['linux', 'mac', 'win']),
    arch: z.string(),
    product: z.string(),
    output: z.string(),
    electron: z.string().optional(),
  })
  .parse(program().parse().opts());

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
await makePackages({
  ...places,
  os,
  ...(dir && { target: { kind: 'dir', arch } }),
  environment: process.env,
});
if (os !== 'linux' && !isSigned(os, process.env))
  process.stdout.write(
    `Not signed: ${os === 'mac' ? 'macOS' : 'Windows'} will warn whoever opens this. docs/packaging.md says how to sign.\n`,
  );

function program(): Command {
  return new Command('npm run package --')
    .description('Makes the installers, for the system it runs on.')
    .option('--dir', 'leave it a folder, for one processor: nothing is compressed', false)
    .addOption(
      new Option('--os <system>', 'for another system').choices(['linux', 'mac', 'win']).default(here()),
    )
    .addOption(
      new Option('--arch <processor>', 'with --dir')
        .choices(['x64', 'arm64', 'universal'])
        .default(process.arch),
    )
    .option('--product <folder>', 'where product.json is', 'resources')
    .option('--output <folder>', 'where the packages go', 'dist/packages')
    .option('--electron <folder>', "Electron's runtime, where it is not to be fetched");
}

function here(): System {
  if (process.platform === 'darwin') return 'mac';
  return process.platform === 'win32' ? 'win' : 'linux';
}
