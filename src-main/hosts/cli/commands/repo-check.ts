/** `stepwise repo check`: the repository as a client sees it, and what a maker has to see to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { isSecure } from '../../../../shared/product.ts';
import { checkRepository, unreferenced, type Checked } from '../../../catalog/publish/check.ts';
import { FOLDER_URL, folderTransport } from '../../../catalog/publish/folder-transport.ts';
import { readPublished } from '../../../catalog/publish/published.ts';
import { readSigning } from '../../../catalog/publish/signing.ts';
import { changesBetween, publishedReleases, releases } from '../../../catalog/publish/staged.ts';
import {
  metadataFolder,
  publicFolder,
  readSettings,
  type Workspace,
} from '../../../catalog/publish/workspace.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import { fieldLines } from '../fields.ts';
import { counted } from '../quantities.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { usage, workspaceOf, type RepoOptions } from './repo-options.ts';

interface CheckOptions extends RepoOptions {
  readonly root?: string;
}

export function addRepoCheck(repo: Command, start: Start): void {
  repo
    .command('check')
    .summary('look at a repository as a client does')
    .description(
      'Fetches and verifies everything with the code that customers’ applications have, from public/ or from where it ' +
        'was uploaded. Exit code 7 says that something has to be done, 10 that clients do not take it.',
    )
    .argument('[url]', 'where it was uploaded; public/ of the repository without it')
    .option('--root <file>', 'root.json of the application; 1.root.json without it')
    .addHelpText(
      'after',
      examples([
        ['stepwise repo check', ''],
        ['stepwise repo check https://updates.example.com/firmware', ''],
      ]),
    )
    .action((url: string | undefined, options: CheckOptions, command: Command) =>
      start(command, LOOKING, (run) => check(run, url, options)),
    );
}

async function check(run: Run, url: string | undefined, options: CheckOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  const { surroundings, signal } = run;
  if (url !== undefined && !(URL.canParse(url) && isSecure(url)))
    throw usage(`${url} is no address for a repository: https is asked for, except on this computer itself.`);
  const { network } = surroundings;
  const folder = folderTransport(workspace.files, publicFolder(workspace));
  const found = await checkRepository({
    network: url === undefined ? { ...network, transport: folder } : network,
    url: url?.replace(/\/+$/, '') ?? FOLDER_URL,
    root: await rootOf(options, workspace),
    now: surroundings.today(),
    signal,
  });
  const unused =
    url === undefined ? await unreferenced(workspace, [...found.releases, ...found.applications]) : [];
  const duties = [...dutiesOf(found), ...(url === undefined ? await stagedDuties(workspace) : [])];
  tell(run, found, unused, duties);
  return duties.length > 0 ? ExitCode.differs : ExitCode.ok;
}

/** @throws host-file */
async function rootOf({ root }: CheckOptions, workspace: Workspace): Promise<Uint8Array> {
  const path = root ?? join(metadataFolder(workspace), '1.root.json');
  try {
    return await readFile(path);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
  }
}

function dutiesOf({ expiry, leftOut }: Checked): readonly string[] {
  return [
    ...expiry
      .filter(({ isDue }) => isDue)
      .map(({ name, daysLeft }) => {
        const option = name === 'root' || name === 'targets' ? '--renew' : '--refresh';
        return `${name} runs out in ${counted(daysLeft, 'day')}: \`stepwise repo sign ${option}\`.`;
      }),
    ...leftOut.map(({ target, why }) => `Clients leave out ${target}: ${why}.`),
  ];
}

async function stagedDuties(workspace: Workspace): Promise<readonly string[]> {
  await readSettings(workspace);
  if (await readSigning(workspace, 'signing')) return ['A signature is not complete: `stepwise repo sign`.'];
  const published = await readPublished(workspace);
  const changes = changesBetween(publishedReleases(published), await releases(workspace, published));
  return changes.length === 0
    ? []
    : [`${counted(changes.length, 'change')} staged and not signed: \`stepwise repo sign\`.`];
}

function tell({ reporter }: Run, found: Checked, unused: readonly string[], duties: readonly string[]): void {
  const { expiry, releases: list, applications, leftOut } = found;
  reporter.say([
    '✓ Clients take it: every signature, length and hash is right.',
    ...fieldLines(
      [
        [
          'Releases',
          list.map(({ target, release }) => `${target} (${release.channel}, ${release.rollout} %)`),
        ],
        [
          'Application',
          applications.map(({ target, release }) => `${target} (${release.channel}, ${release.rollout} %)`),
        ],
        [
          'Good until',
          expiry.map(
            ({ name, expires, daysLeft }) =>
              `${expires.slice(0, 'YYYY-MM-DD'.length)} ${name}, ${counted(daysLeft, 'day')}`,
          ),
        ],
        ['Unused', unused.map((path) => `targets/${path} may be deleted`)],
      ],
      reporter.width,
    ),
    ...duties.flatMap((duty) => marked('→ ', duty, reporter.width)),
  ]);
  reporter.document({
    releases: list.map(({ target, release, bytes, sha256 }) => ({ target, bytes, sha256, release })),
    applications: applications.map(({ target, release, bytes, sha256 }) => ({
      target,
      bytes,
      sha256,
      release,
    })),
    leftOut,
    expiry,
    unreferenced: unused,
    duties,
  });
}
