/** `stepwise bundle open FILE`: a bundle as support reads it, the summary first. */
import { lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { digestOf, type Tone } from '../../../diagnostics/bundle/digest.ts';
import { INDEX, MANIFEST, REPORT, jsonBytes, type Entry } from '../../../diagnostics/bundle/draft.ts';
import { LARGEST_OPENED, unpack, type Bundle } from '../../../diagnostics/bundle/unpack.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import type { Run } from '../run.ts';
import { wrap } from '../typography.ts';
import { examples } from './examples.ts';

interface OpenOptions {
  readonly extract?: string;
}

export function addBundleOpen(bundle: Command, start: Start): void {
  bundle
    .command('open <file>')
    .summary('show a bundle that somebody sent')
    .description(
      'Shows a bundle: what is wrong, how the last update went, the device, the computer, and then everything else. Every ' +
        'entry is checked against the manifest; a bundle that is damaged, or wants to do harm, is refused.',
    )
    .option('--extract <folder>', 'also write its entries into this folder, which is new or empty')
    .addHelpText(
      'after',
      examples([
        ['stepwise bundle open case-17.zip', 'read it'],
        ['stepwise bundle open case-17.zip --extract case-17', 'and have its logs and transcripts as files'],
      ]),
    )
    .action((file: string, options: OpenOptions, command: Command) =>
      start(command, LOOKING, (run) => openBundle(run, file, options)),
    );
}

async function openBundle(run: Run, file: string, { extract }: OpenOptions): Promise<ExitCode> {
  const bundle = await unpack(await contentOf(file));
  const { reporter } = run;
  reporter.say(linesOf(bundle, reporter.width));
  if (extract !== undefined) {
    await extracted(bundle, extract);
    reporter.say(['', `✓ ${bundle.entries.length + 1} files written to ${extract}.`]);
  }
  const { report, manifest } = bundle;
  reporter.document({
    report,
    entries: manifest.entries,
    leftOut: manifest.leftOut,
    ...(extract !== undefined && { extracted: resolve(extract) }),
  });
  return ExitCode.ok;
}

/** @throws host-file; bad-file before more is read than a bundle can have */
async function contentOf(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_OPENED)
      throw new StepwiseError('bad-file', {
        fault: 'too-large',
        detail: `it has ${size} bytes`,
        format: 'bundle',
      });
    return await readFile(file);
  } catch (error) {
    if (error instanceof StepwiseError) throw error;
    throw hostFile(file, 'read', error);
  }
}

const MARKS: Readonly<Record<Tone, string>> = { bad: '✗ ', doubtful: '! ', good: '✓ ', plain: '' };

function linesOf({ report, manifest, entries }: Bundle, width: number): readonly string[] {
  const files = entries
    .filter(({ name }) => name !== INDEX && name !== REPORT)
    .map(({ name, bytes }) => ({ name, size: bytes.length }));
  const { title, lead, chapters } = digestOf(report, files, manifest.leftOut);
  const lines = [
    `# ${title}`,
    ...wrap(lead, width),
    ...chapters.flatMap((chapter) => [
      '',
      `# ${chapter.title}`,
      ...(chapter.lead === undefined ? [] : wrap(chapter.lead, width)),
      ...fieldLines(
        chapter.items.map(({ label, text, tone }) => [label, [MARKS[tone] + text]]),
        width,
      ),
    ]),
  ];
  // Whoever wrote it may have known what a terminal does with which characters.
  return lines.map((line) => line.replace(/\p{C}/gu, '?'));
}

/** @throws usage where something is in the folder already; host-file */
async function extracted({ entries, manifest }: Bundle, folder: string): Promise<void> {
  const all: readonly Entry[] = [...entries, { name: MANIFEST, bytes: jsonBytes(manifest) }];
  try {
    await mkdir(folder, { recursive: true });
    // What is linked from an empty folder of ours leads nowhere else.
    if (!(await lstat(folder)).isDirectory() || (await readdir(folder)).length > 0)
      throw new StepwiseError('usage', { problem: `${folder} is not a new or empty folder.` });
    for (const { name, bytes } of all) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes, { flag: 'wx' });
    }
  } catch (error) {
    if (error instanceof StepwiseError) throw error;
    throw hostFile(folder, 'write', error);
  }
}

function hostFile(path: string, operation: string, cause: unknown): StepwiseError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation, detail }, { cause });
}
