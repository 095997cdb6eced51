/** `stepwise update`: detect, choose, fetch, write, prove, in one command. */
import type { Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { withDevice } from '../../../update/connect.ts';
import type { CatalogRelease, Choice } from '../../../catalog/choose.ts';
import { releaseImage, releasePolicy } from '../../../catalog/release-image.ts';
import type { CommandManner, Start } from '../command.ts';
import { Assent, confirmed, expectAnswer } from '../confirm.ts';
import { worstOf, type ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { flashDevice, type FlashWork } from '../flash-work.ts';
import { byteCount } from '../quantities.ts';
import {
  addReleaseOptions,
  choicesFor,
  freshness,
  lineFor,
  openReleases,
  type ReleaseOptions,
  type ReleaseSource,
} from '../release-source.ts';
import { tellFailures } from '../results.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

const MANNER: CommandManner = { json: 'lines', undertaking: 'update' };

interface UpdateOptions extends ReleaseOptions {
  readonly version?: string;
  readonly leave?: boolean;
}

export function addUpdate(program: Command, start: Start): void {
  addReleaseOptions(program.command('update'))
    .summary('bring devices to the maker’s newest release, and prove it')
    .description(
      'Finds the device, asks the maker’s signed repository which release is for it, fetches and verifies that, writes it, ' +
        'and proves it by reading everything back.',
    )
    .option('--version <version>', 'this release and no other')
    .option('--leave', 'start the application afterwards')
    .addHelpText(
      'after',
      examples([
        ['stepwise update', 'the newest release for the device that is plugged in'],
        ['stepwise update --version 1.4.2', 'a certain one, also before its turn'],
        ['stepwise update --all --yes --json', 'a whole bench, for a script'],
      ]),
    )
    .action((options: UpdateOptions, command: Command) =>
      start(command, MANNER, (run) => updateDevices(run, options)),
    );
}

async function updateDevices(run: Run, options: UpdateOptions): Promise<ExitCode> {
  expectAnswer(run);
  const then = options.leave ? 'leave' : 'start-by-hand';
  return updateFrom(run, await openReleases(run, options), { ...options, then }, () =>
    confirmed(run, 'Go on?'),
  );
}

type Wish = Pick<UpdateOptions, 'product' | 'version'> & Pick<FlashWork, 'then'>;

/** @param ask once, when it is known of every device what would happen to it */
export async function updateFrom(
  run: Run,
  source: ReleaseSource,
  wish: Wish,
  ask: () => Promise<boolean>,
): Promise<ExitCode> {
  const devices = await run.devices();
  // Everything is here and verified before the first device is touched: nothing waits for the network then.
  const prepared = await run.collect(devices, (each) => prepare(run, source, each, wish));
  const codes = tellFailures(run, prepared);
  const ready = prepared.filter((each) => 'value' in each);
  const assent = new Assent(ready.length, ask);
  const flashed = ready.map(({ device, value }) =>
    run.perform([device], (each) => flashDevice(run, each, { ...value, assent })),
  );
  return worstOf([...codes, ...(await Promise.all(flashed))]);
}

async function prepare(
  run: Run,
  source: ReleaseSource,
  { device, connect }: DeviceRun,
  { product, version, then }: Wish,
): Promise<Omit<FlashWork, 'assent'>> {
  const { identity } = await withDevice(device, connect, ({ device: found }) => Promise.resolve(found));
  const line = lineFor(source.product, identity, product);
  const offered = chosen(choicesFor(source, line, identity), version);
  const { release, bytes, sha256 } = offered;
  const { reporter } = run;
  const what = [`${release.name} · ${release.channel} · ${byteCount(bytes)}`];
  const since = `signed by ${source.product.maker}, ${freshness(source.catalog.state)}`;
  reporter.say(fieldLines([['Release', [...what, since]]], reporter.width), device.path);
  reporter.event('release', { version: release.version, target: offered.target, bytes, sha256 }, device.path);
  const image = releaseImage(release, await source.catalog.fetch(offered.target, { signal: run.signal }));
  return {
    firmware: { image, name: release.name },
    policy: releasePolicy(line, release, false),
    forget: false,
    then,
  };
}

/** The one that was named, also before its turn; else the newest whose turn it is. @throws no-release, release-refused */
function chosen(choices: readonly Choice[], version: string | undefined): CatalogRelease {
  const [choice] = choices.filter(({ offered, early, refusal }) =>
    version === undefined ? !early && !refusal : offered.release.version === version,
  );
  if (choice?.refusal) throw new StepwiseError('release-refused', choice.refusal);
  if (choice) return choice.offered;
  const [refused] = choices;
  if (version === undefined && refused?.refusal) throw new StepwiseError('release-refused', refused.refusal);
  throw new StepwiseError('no-release', {
    wanted: version === undefined ? 'any version' : `version ${version}`,
  });
}
