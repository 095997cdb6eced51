/** `stepwise repo rotate ROLE`: other keys for a role, and a root that says so. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { publicKey } from '../../../catalog/publish/ed25519.ts';
import { readPublicKey, type NamedKey } from '../../../catalog/publish/key-folder.ts';
import type { RoleName } from '../../../catalog/publish/metadata.ts';
import { readSettings, writeSettings, type Settings } from '../../../catalog/publish/workspace.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { thresholdOf, withKey } from './repo-key.ts';
import {
  addSigningOptions,
  keyFolderOf,
  newPassphrase,
  parseRole,
  usage,
  workspaceOf,
  type RepoOptions,
} from './repo-options.ts';
import { signAndTell } from './repo-sign.ts';

interface RotateOptions extends RepoOptions {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly lost?: readonly string[];
  readonly threshold?: string;
}

export function addRepoRotate(repo: Command, start: Start): void {
  const list = collecting((text) => text);
  addSigningOptions(repo.command('rotate'))
    .summary('give a role other keys')
    .description(
      'Without options it replaces the keys of a role by new ones. Then it signs: the new root by old and new keys, so ' +
        'that every client follows, and everything the change concerns.',
    )
    .argument('<role>', 'root, targets, snapshot or timestamp', parseRole)
    .option('--add <key>', 'a key of the key folder by name, or a NAME.public.json', list)
    .option('--remove <name>', 'a key that is not to count any more; it still signs this change', list)
    .option('--lost <name>', 'a key to remove that nobody has any more', list)
    .option('--threshold <number>', 'how many keys must sign from now on')
    .addHelpText(
      'after',
      examples([
        ['stepwise repo rotate timestamp', 'a new key in place of the old one'],
        ['stepwise repo rotate root --add backup --threshold 2', 'from now on two sign'],
        ['stepwise repo rotate snapshot --lost snapshot', 'the old key is gone'],
      ]),
    )
    .action((role: RoleName, options: RotateOptions, command: Command) =>
      start(command, LOOKING, (run) => rotate(run, role, options)),
    );
}

async function rotate(run: Run, role: RoleName, options: RotateOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  const before = await readSettings(workspace);
  const { add = [], remove = [], lost = [], threshold } = options;
  const isPlain = add.length + remove.length + lost.length === 0 && threshold === undefined;
  const gone = isPlain ? before.roles[role].keys.map(({ name }) => name) : [...remove, ...lost];
  const isReplaced = isPlain || (lost.length > 0 && add.length === 0);
  const fresh = isReplaced
    ? await successors(run, role, options, gone.length)
    : await Promise.all(add.map((each) => keyCalled(each, options)));
  const without = withoutKeys(before, role, gone, lost);
  const changed = fresh.reduce((settings, key) => withKey(settings, role, key), without);
  const count = thresholdOf(threshold) ?? before.roles[role].threshold;
  if (changed.roles[role].keys.length < count)
    throw usage(`Then ${role} would have ${changed.roles[role].keys.length} keys, and ${count} must sign.`);
  await writeSettings(workspace, {
    ...changed,
    roles: { ...changed.roles, [role]: { ...changed.roles[role], threshold: count } },
  });
  return signAndTell(run, options);
}

/** @throws usage where one of them is no key of the role */
function withoutKeys(
  settings: Settings,
  role: RoleName,
  gone: readonly string[],
  lost: readonly string[],
): Settings {
  const { keys } = settings.roles[role];
  const idOf = (name: string) => {
    const key = keys.find((each) => each.name === name);
    if (key) return publicKey(key.point).id;
    throw usage(`${role} has no key ${name}. It has: ${keys.map((each) => each.name).join(', ')}.`);
  };
  gone.forEach(idOf);
  const left = keys.filter(({ name }) => !gone.includes(name));
  return {
    ...settings,
    lost: [...settings.lost, ...lost.map(idOf)],
    roles: { ...settings.roles, [role]: { ...settings.roles[role], keys: left } },
  };
}

async function keyCalled(wanted: string, options: RepoOptions): Promise<NamedKey> {
  const isFile = await stat(wanted).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return readPublicKey(wanted);
  const key = (await keyFolderOf(options).list()).find(({ name }) => name === wanted);
  if (key) return key;
  throw usage(`There is no key ${wanted} here, and no such file. \`stepwise repo key generate\` makes one.`);
}

/** New keys that are kept as the old ones were: the ones of people behind a pass phrase. */
async function successors(
  run: Run,
  role: RoleName,
  options: RepoOptions,
  count: number,
): Promise<readonly NamedKey[]> {
  const folder = keyFolderOf(options);
  const isOffline = role === 'root' || role === 'targets';
  const passphrase = isOffline ? await newPassphrase(run, options, `the new keys of ${role}`) : undefined;
  const taken = new Set((await folder.list()).map(({ name }) => name));
  const made: NamedKey[] = [];
  for (let number = 2; made.length < count; number++) {
    const name = `${role}-${number}`;
    if (!taken.has(name)) made.push(await folder.generate(name, passphrase));
  }
  return made;
}
