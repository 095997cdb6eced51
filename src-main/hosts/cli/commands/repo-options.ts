/** What every command of a repository takes: where it is, whose keys, what time it is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { diskFiles } from '../../../files/files.ts';
import { KeyFolder } from '../../../catalog/publish/key-folder.ts';
import { roleNames, type RoleName } from '../../../catalog/publish/metadata.ts';
import type { FindSigner } from '../../../catalog/publish/sign.ts';
import type { Workspace } from '../../../catalog/publish/workspace.ts';
import type { Run } from '../run.ts';

export interface RepoOptions {
  /** Folder of the repository; every command has it from `stepwise repo`. */
  readonly repo: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
  /** ISO 8601. */
  readonly now?: string;
}

export function addKeyOptions(command: Command): Command {
  return command
    .option('--keys <folder>', 'the keys; REPO/keys without it')
    .option('--passphrase-file <file>', 'its first line opens the keys; so does STEPWISE_PASSPHRASE');
}

export function addSigningOptions(command: Command): Command {
  return addKeyOptions(command).addOption(
    new Option('--now <time>', 'sign as of this time: the same again gives the same bytes').argParser(
      parseTime,
    ),
  );
}

export function parseTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('A time is like 2026-01-31T12:00:00Z.');
  return new Date(time).toISOString();
}

export function parseRole(text: string): RoleName {
  const role = roleNames.find((each) => each === text);
  if (!role) throw new InvalidArgumentError(`A role is one of ${roleNames.join(', ')}.`);
  return role;
}

export function workspaceOf({ repo }: RepoOptions): Workspace {
  return { files: diskFiles, folder: repo };
}

export function keyFolderOf({ repo, keys }: RepoOptions): KeyFolder {
  return new KeyFolder(keys ?? join(repo, 'keys'));
}

// -- pass phrases --------------------------------------------------------------------------------------------------------

/** From the file or the environment; undefined where neither gives one. */
async function givenPassphrase(run: Run, { passphraseFile }: RepoOptions): Promise<string | undefined> {
  if (passphraseFile === undefined) return run.surroundings.environment.STEPWISE_PASSPHRASE;
  try {
    const [line = ''] = (await readFile(passphraseFile, 'utf8')).split(/\r?\n/, 1);
    return line;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path: passphraseFile, operation: 'read', detail }, { cause });
  }
}

/** Somebody who has not the pass phrase of a key presses Enter: then it is a key that is not here. */
export function signersOf(run: Run, options: RepoOptions): FindSigner {
  const folder = keyFolderOf(options);
  return (key) =>
    folder.signer(key, async (name) => {
      const given = await givenPassphrase(run, options);
      if (given !== undefined) return given;
      if (!run.surroundings.terminal.canAsk) return undefined;
      return (await asked(run, `Pass phrase of the key ${name} (Enter: not mine): `)) || undefined;
    });
}

const SHORTEST = 12;

/** For new keys; at a terminal it is asked for twice. @throws usage */
export async function newPassphrase(run: Run, options: RepoOptions, what: string): Promise<string> {
  const given = await givenPassphrase(run, options);
  if (given !== undefined) return longEnough(given);
  if (!run.surroundings.terminal.canAsk)
    throw usage(
      'There is no terminal to ask for a pass phrase in: give it with --passphrase-file FILE or STEPWISE_PASSPHRASE.',
    );
  const first = longEnough(await asked(run, `New pass phrase for ${what}: `));
  if ((await asked(run, 'Once more: ')) !== first) throw usage('The two pass phrases are not the same.');
  return first;
}

function longEnough(passphrase: string): string {
  if (passphrase.length >= SHORTEST) return passphrase;
  throw usage(`A pass phrase has at least ${SHORTEST} characters; several words are best.`);
}

async function asked(run: Run, question: string): Promise<string> {
  run.reporter.rest();
  const answer = await run.surroundings.terminal.askHidden(question, run.signal);
  if (answer === undefined) throw new StepwiseError('cancelled', { condition: 'untouched' });
  return answer;
}

export function usage(problem: string, cause?: unknown): StepwiseError<'usage'> {
  return new StepwiseError('usage', { problem }, { cause });
}
