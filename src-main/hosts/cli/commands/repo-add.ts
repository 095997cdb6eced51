/** `stepwise repo add FILE`: a firmware file with everything that is to be signed of it, staged. */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AddressRange } from '../../../../shared/address.ts';
import { releaseFormat, type Release } from '../../../../shared/release.ts';
import { channel } from '../../../../shared/settings.ts';
import { readReleaseFile, targetPath, type ReleaseFile } from '../../../catalog/publish/release-file.ts';
import { readSettings } from '../../../catalog/publish/workspace.ts';
import {
  collecting,
  parseAddress,
  parseKilobytes,
  parseRange,
  parseUsbId,
  type UsbId,
} from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { byteCount } from '../quantities.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { hardware, parseText, ruleFrom, texts, type Rule, type Text } from './repo-fits.ts';
import { parseTime, usage, workspaceOf, type RepoOptions } from './repo-options.ts';
import { stageFile } from './repo-stage.ts';

interface AddOptions extends RepoOptions {
  readonly version: string;
  readonly product: readonly string[];
  readonly notes: readonly Text[];
  readonly channel: Release['channel'];
  readonly name?: string;
  readonly as?: string;
  readonly chip?: readonly number[];
  readonly onlyStepping?: readonly Rule[];
  readonly refuseStepping?: readonly Rule[];
  readonly onlyBootloader?: readonly Rule[];
  readonly refuseBootloader?: readonly Rule[];
  readonly flashSize?: number;
  readonly minimumApp?: string;
  readonly minimumFrom?: string;
  readonly format?: Release['format'];
  readonly address?: number;
  readonly vectorTableLast?: boolean;
  readonly preserve?: readonly AddressRange[];
  readonly allowDowngrade?: boolean;
  readonly start: 'leave' | 'replug';
  readonly rollout: number;
  readonly application?: UsbId;
  readonly released?: string;
}

export const EVERYBODY = 100;

export function addRepoAdd(repo: Command, start: Start): void {
  const words = (flags: string, what: string) =>
    new Option(flags, what).argParser(collecting((text) => text));
  const rules = (flags: string, what: string) => new Option(flags, what).argParser(collecting(ruleFrom));
  repo
    .command('add <file>')
    .summary('stage a release')
    .description(
      'Stages a firmware file (.dfu, .hex, .s19, .elf, .bin) with what is to be signed of it: for which devices it is, ' +
        'for which it is not and why, and how it is written. Nothing is published before `stepwise repo sign`.',
    )
    .optionsGroup('What it is:')
    .requiredOption('--version <version>', 'its version, such as 1.4.2 or 2.0.0-beta.1')
    .addOption(
      new Option('--notes <file>', 'what is new, in Markdown: FILE in English, LANG=FILE in others')
        .argParser(collecting(parseText))
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'what people see; product and version without it')
    .option('--as <name>', 'beginning of its file name; the product without it')
    .option('--released <time>', 'when; now without it', parseTime)
    .addOption(new Option('--format <format>', 'what the file must be').choices(releaseFormat.options))
    .addOption(new Option('--address <address>', 'where a raw file belongs').argParser(parseAddress))
    .optionsGroup('Who is offered it:')
    .addOption(
      new Option('--channel <channel>', 'from which channel on')
        .choices(channel.options)
        .default('development'),
    )
    .addOption(rolloutOption().default(EVERYBODY))
    .option('--minimum-from <version>', 'older firmware needs a release in between')
    .option('--minimum-app <version>', 'older applications do not know how to write it')
    .optionsGroup('Which hardware it fits:')
    .addOption(words('--product <id>', 'of product.json; may be given more than once').makeOptionMandatory())
    .addOption(new Option('--chip <id>', 'device ID, such as 0x450').argParser(collecting(parseChip)))
    .addOption(rules('--only-stepping <rule>', 'only these, such as "V,X=needs their ADC clock"'))
    .addOption(rules('--refuse-stepping <rule>', 'not these, such as "Y=old ADC clock"'))
    .addOption(rules('--only-bootloader <rule>', 'only these, such as "0x91,0x92=why"'))
    .addOption(rules('--refuse-bootloader <rule>', 'not these; "0x90=de:warum" adds German'))
    .addOption(new Option('--flash-size <kilobytes>', 'flash it needs').argParser(parseKilobytes))
    .optionsGroup('How it is written:')
    .option('--vector-table-last', 'half an update never starts')
    .addOption(
      new Option('--preserve <range>', 'never changed, such as 0x0807F000:4K').argParser(
        collecting(parseRange),
      ),
    )
    .option('--allow-downgrade', 'it may go over a newer version')
    .addOption(new Option('--start <how>', 'afterwards').choices(['leave', 'replug']).default('leave'))
    .addOption(
      new Option('--application <vid:pid>', 'how it shows itself on USB afterwards').argParser(parseUsbId),
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise repo add app.dfu --version 1.4.2 --product airmeter --notes notes.md', ''],
        [
          'stepwise repo add app.dfu --version 2.0.0 --product airmeter --chip 0x450 \\\n' +
            '      --refuse-stepping "V=measures wrongly: its ADC clock is another" \\\n' +
            '      --notes notes.md --notes de=notes.de.md --channel beta --rollout 10%',
          '',
        ],
      ]),
    )
    .action((file: string, options: AddOptions, command: Command) =>
      start(command, LOOKING, (run) => add(run, file, options)),
    );
}

export function rolloutOption(): Option {
  return new Option('--rollout <percent>', 'part of the installations that are offered it').argParser(
    parsePercent,
  );
}

export function parsePercent(text: string): number {
  const [, digits] = /^(\d{1,3})\s*%?$/.exec(text) ?? [];
  const percent = Number(digits);
  if (digits === undefined || percent > EVERYBODY)
    throw new InvalidArgumentError('A part is a whole number from 0 to 100, such as 10%.');
  return percent;
}

function parseChip(text: string): number {
  const id = Number(text);
  if (!/^0x[0-9a-f]{1,3}$/i.test(text))
    throw new InvalidArgumentError('A chip is its device ID in hexadecimal, such as 0x450.');
  return id;
}

async function add(run: Run, path: string, options: AddOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  await readSettings(workspace);
  const { address, flashSize, format, version, product, as } = options;
  const [first = ''] = product;
  const file = await readReleaseFile(path, {
    ...(address !== undefined && { address }),
    ...(flashSize !== undefined && { flashSize }),
    ...(format !== undefined && { format }),
  });
  const described = {
    path: targetPath(first, as ?? first, version, file.format),
    bytes: file.bytes,
    custom: await describe(options, file, run.surroundings.today()),
  };
  return stageFile(run, workspace, described, `${byteCount(file.image.size)} of firmware`);
}

async function describe(options: AddOptions, { format }: ReleaseFile, today: string): Promise<Release> {
  const { version, product, address, application } = options;
  return {
    schema: 1,
    name: options.name ?? `${product.join(', ')} ${version}`,
    version,
    channel: options.channel,
    released: options.released ?? today,
    notes: await notesFrom(options.notes),
    fits: { ...hardware(options), products: product },
    format,
    policy: {
      vectorTableLast: options.vectorTableLast ?? false,
      preserve: options.preserve ?? [],
      downgrade: options.allowDowngrade ?? false,
      start: options.start,
    },
    rollout: options.rollout,
    ...(options.minimumApp !== undefined && { minimumApp: options.minimumApp }),
    ...(options.minimumFrom !== undefined && { minimumFrom: options.minimumFrom }),
    ...(address !== undefined && { address }),
    ...(application && { application }),
  };
}

/** @throws usage */
export async function notesFrom(named: readonly Text[]): Promise<Release['notes']> {
  const read = named.map(async ({ language, text: path }) => ({
    language,
    text: (
      await readFile(path, 'utf8').catch((cause: unknown) => {
        throw usage(`The notes ${path} cannot be read.`, cause);
      })
    ).trim(),
  }));
  return texts(await Promise.all(read), '--notes');
}
