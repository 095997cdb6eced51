/**
 * A recording as a test of this project: a file for vitest, and beside it a folder with the recording and the files the
 * command was given. What it demands is what happens today; it is made only of a recording that is followed to its end.
 */
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { StepwiseError } from '../../../shared/failure.ts';
import type { ExitCode } from './exit-code.ts';
import type { ReplayRun } from './replay-run.ts';

const ENDING = '.test.ts';
const RECORDING = 'recording.jsonl';
/** What a generated test needs of the project. */
const WORLD = join('test', 'cli', 'fake-world.ts');

export interface TestPlace {
  /** Path of the test, `….test.ts`. */
  readonly out: string;
  /** The checkout it is to run in. */
  readonly project: string;
}

/**
 * @param exitCode what the command ends with against the recording
 * @throws host-file
 */
export async function writeRecordedTest(
  { out, project }: TestPlace,
  run: ReplayRun,
  exitCode: ExitCode,
): Promise<void> {
  const folder = out.slice(0, -ENDING.length);
  const copies = new Copies();
  const images = run.images.map((path) => copies.of(path));
  const args = await Promise.all(
    run.args.map(async (arg) => ((await isFile(arg)) ? copies.of(arg) : quoted(arg))),
  );
  const text = testText({
    title: `${basename(folder)}: ${run.args.map((arg) => basename(arg)).join(' ')}`,
    world: importPath(out, join(project, WORLD)),
    folder: basename(folder),
    args: [...images.flatMap((image) => [quoted('--image'), image]), quoted('--'), ...args],
    exitCode,
  });
  try {
    await mkdir(folder, { recursive: true });
    await copyFile(run.file, join(folder, RECORDING));
    for (const [from, name] of copies.names) await copyFile(from, join(folder, name));
    await writeFile(out, text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StepwiseError('host-file', { path: out, operation: 'write', detail }, { cause: error });
  }
}

/** The files a test has beside it, each under a name of its own. */
class Copies {
  readonly names = new Map<string, string>();

  /** @returns the expression by which the test finds it */
  of(path: string): string {
    const known = this.names.get(path);
    const name = known ?? this.#free(basename(path));
    this.names.set(path, name);
    return `here(${quoted(name)})`;
  }

  #free(name: string): string {
    const taken = new Set([RECORDING, ...this.names.values()]);
    return taken.has(name) ? this.#free(`other-${name}`) : name;
  }
}

interface TestText {
  readonly title: string;
  readonly world: string;
  readonly folder: string;
  readonly args: readonly string[];
  readonly exitCode: ExitCode;
}

function testText({ title, world, folder, args, exitCode }: TestText): string {
  return `import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FakeWorld } from ${quoted(world)};

const here = (name: string) => fileURLToPath(new URL(${quoted(`./${folder}/`)} + name, import.meta.url));

it(${quoted(title)}, async () => {
  const world = new FakeWorld();
  try {
    const exitCode = await world.run('replay', here(${quoted(RECORDING)}), ${args.join(', ')});
    expect(world.terminal.err.text).toContain('The recording was used to its end');
    expect(exitCode).toBe(${exitCode});
  } finally {
    world.dispose();
  }
});
`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function importPath(from: string, to: string): string {
  const path = relative(dirname(resolve(from)), to)
    .split(sep)
    .join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** In the checkout that `out` lies in, or else the one this command is given in. @throws usage where there is none */
export async function testPlace(out: string): Promise<TestPlace> {
  if (!out.endsWith(ENDING))
    throw new StepwiseError('usage', {
      problem: `The name of a test ends in ${ENDING}: --to-test x${ENDING}`,
    });
  for (const start of [dirname(resolve(out)), process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (await isFile(join(folder, WORLD))) return { out, project: folder };
      if (folder === dirname(folder)) break;
    }
  }
  const problem =
    'A test needs the sources of Stepwise around it: give --to-test a file in a checkout, or run it in one.';
  throw new StepwiseError('usage', { problem });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // A word of the command.
    return false;
  }
}
