/** `stepwise repo key`: keys, and for which role each of them counts. */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { publicKeyFrom, readPublicKey, type NamedKey } from '../../../catalog/publish/key-folder.ts';
import type { RoleName } from '../../../catalog/publish/metadata.ts';
import { readSettings, writeSettings, type Settings } from '../../../catalog/publish/workspace.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import {
  addKeyOptions,
  keyFolderOf,
  newPassphrase,
  parseRole,
  usage,
  workspaceOf,
  type RepoOptions,
} from './repo-options.ts';

interface KeyOptions extends RepoOptions {
  readonly for?: readonly RoleName[];
  readonly threshold?: string;
  readonly withoutPassphrase?: boolean;
  readonly public?: string;
}

export function addRepoKey(repo: Command, start: Start): void {
  const key = repo
    .command('key')
    .summary('make keys, and say for what they count')
    .description('Keys of people and machines. For which role a key counts is part of the next signature.');
  keyCommand(key, 'generate <name>')
    .summary('make a new key')
    .description(
      'Makes an Ed25519 key: NAME.private.json, which stays with whoever signs with it, and NAME.public.json, which ' +
        'may be given to anybody.',
    )
    .option('--without-passphrase', 'for a machine that signs without a person')
    .addHelpText('after', examples([['stepwise repo key generate backup --for root', '']]))
    .action((name: string, options: KeyOptions, command: Command) =>
      start(command, LOOKING, (run) => generate(run, name, options)),
    );
  keyCommand(key, 'add <file>')
    .summary('let a key count that somebody else made')
    .description('Takes a NAME.public.json. The private part stays where it is.')
    .addHelpText(
      'after',
      examples([['stepwise repo key add partner.public.json --for targets --threshold 2', '']]),
    )
    .action((file: string, options: KeyOptions, command: Command) =>
      start(command, LOOKING, async (run) => told(run, await readPublicKey(file), options)),
    );
  keyCommand(key, 'external <name> <command...>')
    .summary('a key in hardware or with a key service')
    .description(
      'A key that signs by running a command: it is given the bytes on its standard input and gives the signature on ' +
        'its standard output. Put -- before the command.',
    )
    .requiredOption('--public <key>', 'its public part: 64 hexadecimal digits, or a PEM file')
    .addHelpText(
      'after',
      examples([['stepwise repo key external token --public token.pem --for root -- sign-with-token', '']]),
    )
    .action((name: string, words: string[], options: KeyOptions, command: Command) =>
      start(command, LOOKING, (run) => external(run, name, words, options)),
    );
}

function keyCommand(key: Command, nameAndArguments: string): Command {
  return addKeyOptions(key.command(nameAndArguments))
    .addOption(
      new Option('--for <role>', 'counts for this role; may be given more than once').argParser(
        collecting(parseRole),
      ),
    )
    .option('--threshold <number>', 'how many keys of the role must sign from now on');
}

async function generate(run: Run, name: string, options: KeyOptions): Promise<ExitCode> {
  const passphrase = options.withoutPassphrase
    ? undefined
    : await newPassphrase(run, options, `the key ${name}`);
  return told(run, await keyFolderOf(options).generate(name, passphrase), options);
}

async function external(
  run: Run,
  name: string,
  words: readonly string[],
  options: KeyOptions,
): Promise<ExitCode> {
  const given = options.public ?? '';
  const key = publicKeyFrom(await readFile(given, 'utf8').catch(() => given));
  return told(run, await keyFolderOf(options).addCommand(name, key, words), options);
}

async function told(run: Run, key: NamedKey, options: KeyOptions): Promise<ExitCode> {
  const { for: roles = [] } = options;
  if (roles.length > 0) {
    const workspace = workspaceOf(options);
    const settings = roles.reduce(
      (all, role) => withKey(all, role, key, options.threshold),
      await readSettings(workspace),
    );
    await writeSettings(workspace, settings);
  }
  const { reporter } = run;
  const counts = roles.length > 0 ? ` It counts for ${roles.join(', ')} with the next signature.` : '';
  reporter.say(marked('✓ ', `Key ${key.name}, ${key.id.slice(0, 16)}…${counts}`, reporter.width));
  reporter.document({ key: { name: key.name, id: key.id, public: key.point }, roles });
  return ExitCode.ok;
}

/** @throws usage where the key counts already, or the threshold is none */
export function withKey(settings: Settings, role: RoleName, key: NamedKey, threshold?: string): Settings {
  const before = settings.roles[role];
  if (before.keys.some(({ point }) => point === key.point))
    throw usage(`The key ${key.name} counts for ${role} already.`);
  const keys = [...before.keys, { name: key.name, point: key.point }];
  const changed = { ...before, keys, threshold: thresholdOf(threshold) ?? before.threshold };
  return { ...settings, roles: { ...settings.roles, [role]: changed } };
}

/** @throws usage */
export function thresholdOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(text)) throw usage('--threshold is a number of keys, such as 2.');
  return Number(text);
}
