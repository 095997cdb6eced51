/** `stepwise bundle`: one file with everything support needs, and nothing that is nobody's business. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { assemble, bundleName, contentsOf, type Draft } from '../../../diagnostics/bundle/draft.ts';
import type { LeftOut } from '../../../../shared/bundle.ts';
import { sha256 } from '../../../diagnostics/bundle/manifest.ts';
import { pack } from '../../../diagnostics/bundle/pack.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import { findingsIn } from '../../../services/bundle/device-findings.ts';
import { computerSecrets } from '../../../services/bundle/computer-secrets.ts';
import { drawBundle } from '../../../services/bundle/draw.ts';
import { systemWords } from '../../../services/bundle/system-words.ts';
import { lookHere } from '../../../services/host-look.ts';
import { collecting } from '../arguments.ts';
import { lookBriefly } from '../brief-look.ts';
import { isCandidate } from '../choose-devices.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { expectWritable, writeOutput } from '../output-file.ts';
import { kilobytes } from '../quantities.ts';
import type { Run } from '../run.ts';
import { stateFolder } from '../state-folder.ts';
import { addBundleOpen } from './bundle-open.ts';
import { examples } from './examples.ts';

interface BundleOptions {
  readonly out?: string;
  readonly includeSerials?: boolean;
  readonly includeCrashDumps?: boolean;
  readonly without?: readonly string[];
}

/** Milliseconds for devices; less than a bundle waits for any of its sources. */
const DEVICE_PATIENCE = 700;

export function addBundle(program: Command, start: Start): void {
  const bundle = program
    .command('bundle')
    .summary('put everything support needs into one file')
    .description(
      'Makes one zip of what support needs: a page to read first, what happened to devices, what they are, what stands in ' +
        'the way on this computer, logs and USB transcripts. Names, addresses, passwords and serial numbers become ' +
        'pseudonyms, and no firmware is in it. Nothing is sent anywhere. It takes seconds, also while an update hangs.',
    )
    .option('--out <file>', 'where to (without it: a name with the time, here)')
    .option('--include-serials', 'leave serial numbers and unique IDs as they are')
    .option(
      '--include-crash-dumps',
      'with what crashed programs had in memory, which nobody can look through',
    )
    .option(
      '--without <name>',
      'leave this out: one of the names that are listed (repeatable)',
      collecting(String),
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise bundle', 'a file for support, in this folder'],
        ['stepwise bundle --out case-17.zip --include-serials', 'where support asked for the serial number'],
        ['stepwise bundle open case-17.zip', 'what support sees of it'],
      ]),
    )
    .action((options: BundleOptions, command: Command) =>
      start(command, LOOKING, (run) => makeBundle(run, options)),
    );
  addBundleOpen(bundle, start);
}

async function makeBundle(run: Run, options: BundleOptions): Promise<ExitCode> {
  const { surroundings, reporter } = run;
  const file = options.out ?? bundleName(surroundings.today());
  await expectWritable(run, file);
  const draft = await drawn(run, options.includeSerials ?? false);
  const entries = assemble(draft, unwantedOf(draft, options));
  const bytes = await pack(entries, draft.taken);
  await writeOutput(file, bytes);
  const listed = entries.map(({ name, bytes: content }) => ({
    name,
    size: content.length,
    sha256: sha256(content),
  }));
  const { size } = await stat(file);
  reporter.say([
    `✓ Written to ${file}: ${kilobytes(size)}.`,
    '',
    '# In it',
    ...fieldLines(
      listed.map((entry) => [entry.name, [kilobytes(entry.size)]]),
      reporter.width,
    ),
    ...leftOutLines(draft.leftOut, reporter.width),
    '',
    ...reminders(options),
  ]);
  const { includeSerials } = draft;
  reporter.document({
    file,
    size,
    sha256: sha256(bytes),
    serials: includeSerials ? 'included' : 'hashed',
    entries: listed,
    contents: contentsOf(draft).map(({ name, size: before }) => ({ name, size: before })),
    leftOut: draft.leftOut,
  });
  return ExitCode.ok;
}

async function drawn(run: Run, includeSerials: boolean): Promise<Draft> {
  const { surroundings } = run;
  const { environment, homeFolder, version, platform, clock, today } = surroundings;
  const devices = devicesOf(run);
  const state = stateFolder(surroundings);
  return drawBundle(
    {
      stateFolder: state,
      clock,
      today,
      secrets: computerSecrets(environment, homeFolder),
      program: {
        name: 'Stepwise',
        version,
        host: 'command-line',
        platform,
        system: systemWords(),
        versions: { node: process.versions.node },
        demo: run.options.virtual !== undefined,
      },
      sections: {
        devices: async () => [...(await devices)],
        findings: async () => findingsIn(await devices),
        host: async () => {
          const { bus, computer } = await run.usb();
          const here = { bus, computer, stateFolder: state, resourcesFolder: surroundings.resourcesFolder };
          return [...(await lookHere(here, await devices))];
        },
      },
    },
    includeSerials,
  );
}

async function devicesOf(run: Run) {
  const { bus, clock } = await run.usb();
  return lookBriefly(bus, clock, (device) => isCandidate(device, run.options), DEVICE_PATIENCE);
}

/** @throws usage for a name that is not among the contents */
function unwantedOf(
  draft: Draft,
  { without = [], includeCrashDumps = false }: BundleOptions,
): ReadonlySet<string> {
  const contents = contentsOf(draft);
  const unknown = without.find((name) => contents.every((content) => content.name !== name));
  if (unknown !== undefined) {
    const names = contents.map(({ name }) => name).join(', ');
    throw new StepwiseError('usage', {
      problem: `There is no ${unknown} to be left out. There are: ${names}.`,
    });
  }
  const notTicked = contents.filter(({ ticked }) => !ticked && !includeCrashDumps).map(({ name }) => name);
  return new Set([...without, ...notTicked]);
}

function leftOutLines(leftOut: readonly LeftOut[], width: number): readonly string[] {
  if (leftOut.length === 0) return [];
  const reasons = leftOut.map(
    ({ name, why, detail }) => [name, [detail === undefined ? why : `${why}: ${detail}`]] as const,
  );
  return ['', '# Not in it', ...fieldLines(reasons, width)];
}

function reminders({ includeSerials }: BundleOptions): readonly string[] {
  return [
    includeSerials
      ? 'Names, addresses and passwords are pseudonyms in it; serial numbers are as they are.'
      : 'Names, addresses, passwords and serial numbers are pseudonyms in it.',
    '→ Look through it before you send it: `index.html` comes first.',
  ];
}
