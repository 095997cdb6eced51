/** `stepwise repo add-app FILE`: a version of the application itself for one system and processor, staged. */
import { Option, type Command } from 'commander';
import { APP_PACKAGES, appArch, appPlatform, type AppRelease } from '../../../../shared/release.ts';
import { channel } from '../../../../shared/settings.ts';
import { appTargetPath, readAppFile, type AppFile } from '../../../catalog/publish/app-file.ts';
import { readSettings } from '../../../catalog/publish/workspace.ts';
import { compareVersions } from '../../../catalog/versions.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { EVERYBODY, notesFrom, rolloutOption } from './repo-add.ts';
import { parseText, type Text } from './repo-fits.ts';
import { parseTime, usage, workspaceOf, type RepoOptions } from './repo-options.ts';
import { stageFile } from './repo-stage.ts';

interface AddAppOptions extends RepoOptions {
  readonly version: string;
  readonly notes: readonly Text[];
  readonly channel: AppRelease['channel'];
  readonly platform?: AppRelease['platform'];
  readonly arch: AppRelease['arch'];
  readonly minimum?: string;
  readonly name?: string;
  readonly as: string;
  readonly rollout: number;
  readonly released?: string;
}

export function addRepoAddApp(repo: Command, start: Start): void {
  repo
    .command('add-app <file>')
    .summary('stage a version of the application')
    .description(
      'Stages a file the application is installed from (.exe of NSIS, .zip for macOS, .AppImage, .deb, .rpm) for one ' +
        'system and processor. Installed applications take no update that is not signed here, whatever a server says. ' +
        'Nothing is published before `stepwise repo sign`.',
    )
    .optionsGroup('What it is:')
    .requiredOption('--version <version>', 'its version, such as 1.4.2 or 2.0.0-beta.1')
    .addOption(
      new Option('--arch <processor>', 'for which processor').choices(appArch.options).makeOptionMandatory(),
    )
    .addOption(
      new Option('--platform <system>', 'for which system; what the file is for, without it').choices(
        appPlatform.options,
      ),
    )
    .addOption(
      new Option('--notes <file>', 'what is new, in Markdown: FILE in English, LANG=FILE in others')
        .argParser(collecting(parseText))
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'what people see; the version without it')
    .option('--as <name>', 'beginning of its file name', 'app')
    .option('--released <time>', 'when; now without it', parseTime)
    .optionsGroup('Who is offered it:')
    .addOption(
      new Option('--channel <channel>', 'from which channel on')
        .choices(channel.options)
        .default('development'),
    )
    .addOption(rolloutOption().default(EVERYBODY))
    .option('--minimum <version>', 'older applications must take it before they update devices')
    .addHelpText(
      'after',
      examples([
        [
          'stepwise repo add-app Updater-1.4.0.exe --version 1.4.0 --platform win32 --arch x64 \\\n' +
            '      --channel stable --rollout 10% --notes notes.md',
          '',
        ],
        [
          'stepwise repo promote app/1.4.0 --to stable',
          'all files of a version are offered together from then on',
        ],
      ]),
    )
    .action((file: string, options: AddAppOptions, command: Command) =>
      start(command, LOOKING, (run) => addApp(run, file, options)),
    );
}

async function addApp(run: Run, path: string, options: AddAppOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  await readSettings(workspace);
  const file = await readAppFile(path);
  const custom = await describe(options, file, run.surroundings.today());
  const described = { path: appTargetPath(options.as, custom, file), bytes: file.bytes, custom };
  return stageFile(run, workspace, described, 'the application');
}

/** @throws usage */
async function describe(options: AddAppOptions, file: AppFile, today: string): Promise<AppRelease> {
  const { version, minimum, arch, platform = APP_PACKAGES[file.package] } = options;
  if (platform !== APP_PACKAGES[file.package])
    throw usage(
      `A file of the kind ${file.extension} is for ${APP_PACKAGES[file.package]}, not ${platform}.`,
    );
  if (minimum !== undefined && compareVersions(minimum, version) > 0)
    throw usage(`--minimum ${minimum} is newer than ${version}: nobody who takes it could update a device.`);
  return {
    kind: 'application',
    schema: 1,
    name: options.name ?? version,
    version,
    channel: options.channel,
    released: options.released ?? today,
    notes: await notesFrom(options.notes),
    platform,
    arch,
    package: file.package,
    sha512: file.sha512,
    rollout: options.rollout,
    ...(minimum !== undefined && { minimum }),
  };
}
