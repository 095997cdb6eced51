/** `stepwise repo init`: a repository with a key for each role, ready for its first release. */
import { Option, InvalidArgumentError, type Command } from 'commander';
import { roleNames, type RoleName } from '../../../catalog/publish/metadata.ts';
import {
  DEFAULT_DAYS,
  emptySettings,
  settingsPath,
  writeSettings,
  type Settings,
} from '../../../catalog/publish/workspace.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import {
  keyFolderOf,
  newPassphrase,
  parseRole,
  usage,
  workspaceOf,
  type RepoOptions,
} from './repo-options.ts';

interface InitOptions extends RepoOptions {
  readonly withoutKeys?: boolean;
  readonly days?: readonly (readonly [RoleName, number])[];
}

/** Keys that a person keeps; the others sign from a machine. */
const OFFLINE: readonly RoleName[] = ['root', 'targets'];

export function addRepoInit(repo: Command, start: Start): void {
  repo
    .command('init')
    .summary('begin a repository')
    .description(
      'Begins a repository in a folder, with a key for each role: root and targets behind a pass phrase, snapshot and ' +
        'timestamp without one, for a machine that signs every night.',
    )
    .argument('[folder]', 'where; here without it')
    .option('--keys <folder>', 'where keys are kept; FOLDER/keys without it')
    .option('--passphrase-file <file>', 'its first line is the pass phrase; so is STEPWISE_PASSPHRASE')
    .option('--without-keys', 'make no keys: they come from several people or from hardware')
    .addOption(
      new Option('--days <role=days>', 'how long signatures hold; may be given more than once').argParser(
        collecting(parseDays),
      ),
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise repo init shop', ''],
        ['stepwise repo init shop --without-keys --days targets=180', ''],
      ]),
    )
    .action((folder: string | undefined, options: InitOptions, command: Command) =>
      start(command, LOOKING, (run) => init(run, { ...options, repo: folder ?? options.repo })),
    );
}

function parseDays(text: string): readonly [RoleName, number] {
  const [, role = '', days = ''] = /^(\w+)=([1-9]\d{0,3})$/.exec(text) ?? [];
  if (days === '') throw new InvalidArgumentError('Days are given as timestamp=14.');
  return [parseRole(role), Number(days)];
}

async function init(run: Run, options: InitOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  if (await workspace.files.size(settingsPath(workspace)))
    throw usage(`There is a repository in ${options.repo} already.`);
  const days = { ...DEFAULT_DAYS, ...Object.fromEntries(options.days ?? []) };
  const empty = emptySettings(days);
  const settings = options.withoutKeys ? empty : await withFirstKeys(run, options, empty);
  await writeSettings(workspace, settings);
  const next = options.withoutKeys
    ? '`stepwise repo key generate NAME --for ROLE` makes a key, for each of root, targets, snapshot and timestamp.'
    : '`stepwise repo add FILE` stages a first release. Keep a copy of the keys of root and targets where no computer reaches it.';
  run.reporter.say([`✓ Begun in ${options.repo}.`, ...marked('→ ', next, run.reporter.width)]);
  run.reporter.document({ repository: options.repo, roles: settings.roles });
  return ExitCode.ok;
}

async function withFirstKeys(run: Run, options: RepoOptions, settings: Settings): Promise<Settings> {
  const folder = keyFolderOf(options);
  const passphrase = await newPassphrase(run, options, 'the keys of root and targets');
  const entries: [RoleName, Settings['roles'][RoleName]][] = [];
  for (const role of roleNames) {
    const { name, point } = await folder.generate(role, OFFLINE.includes(role) ? passphrase : undefined);
    entries.push([role, { ...settings.roles[role], keys: [{ name, point }] }]);
  }
  return { ...settings, roles: { ...settings.roles, ...Object.fromEntries(entries) } };
}
