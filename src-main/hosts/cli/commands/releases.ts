/** `stepwise releases`: what the maker offers, and why some of it is not for this device. */
import type { Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { identify } from '../../../devices/identify.ts';
import type { Choice } from '../../../catalog/choose.ts';
import { isCandidate } from '../choose-devices.ts';
import { LOOKING, type Start } from '../command.ts';
import { deviceLine } from '../device-words.ts';
import { worstOf, type ExitCode } from '../exit-code.ts';
import { fieldLines, type Field } from '../fields.ts';
import { byteCount, moment } from '../quantities.ts';
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
import { wordsContext, wordsOf } from '../words/failures.ts';
import { examples } from './examples.ts';

export function addReleases(program: Command, start: Start): void {
  addReleaseOptions(program.command('releases'))
    .summary('which firmware the maker offers')
    .description(
      'Lists the signed releases of the maker: for each device that is plugged in, which one to take and why the others ' +
        'are not for it; without a device, all of them.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise releases', 'what there is for the device that is plugged in'],
        ['stepwise releases --channel beta --offline', 'what was known when it was last checked'],
      ]),
    )
    .action((options: ReleaseOptions, command: Command) =>
      start(command, LOOKING, (run) => listReleases(run, options)),
    );
}

async function listReleases(run: Run, options: ReleaseOptions): Promise<ExitCode> {
  const source = await openReleases(run, options);
  const { reporter } = run;
  const { bus } = await run.usb();
  const present = (await bus.list()).some((device) => isCandidate(device, run.options));
  reporter.say([`${source.product.maker} · ${freshness(source.catalog.state)}`, '']);
  if (!present) {
    const line = source.product.products.find(({ id }) => id === options.product);
    const choices = choicesFor(source, line);
    reporter.say(releaseLines(run, choices));
    reporter.document({ catalog: source.catalog.state, releases: choices.map(facts) });
    return worstOf([]);
  }
  const results = await run.collect(await run.devices(), (each) => releasesOf(run, source, each, options));
  for (const result of results) if ('value' in result) reporter.say(result.value.lines, result.device.path);
  const codes = tellFailures(run, results);
  reporter.document({
    catalog: source.catalog.state,
    devices: results.map((result) =>
      'value' in result ? result.value.facts : { path: result.device.path, failure: result.failure },
    ),
  });
  return worstOf(codes);
}

async function releasesOf(
  run: Run,
  source: ReleaseSource,
  { device, connect }: DeviceRun,
  options: ReleaseOptions,
) {
  const { identity, loader } = await identify(device, connect.clock);
  await loader.device.close();
  const line = lineFor(source.product, identity, options.product);
  const choices = choicesFor(source, line, identity);
  return {
    lines: [deviceLine(identity), ...releaseLines(run, choices)],
    facts: { path: device.path, product: line?.id ?? null, releases: choices.map(facts) },
  };
}

function releaseLines(run: Run, choices: readonly Choice[]): readonly string[] {
  if (choices.length === 0) return ['There is no release for it.'];
  return fieldLines(
    choices.map((choice, at) => field(run, choice, at === 0)),
    run.reporter.width,
  );
}

function field(run: Run, { offered, refusal, early }: Choice, isFirst: boolean): Field {
  const { name, version, channel, released } = offered.release;
  const mark = refusal ? '✗' : isFirst && !early ? '✓' : ' ';
  const what = [name, channel, moment(released), byteCount(offered.bytes)].join(' · ');
  if (!refusal) {
    const note =
      isFirst && !early ? ['the one to take'] : early ? ['offered to others first; --version takes it'] : [];
    return [`${mark} ${version}`, [what, ...note]];
  }
  const { title, why } = wordsOf(
    new StepwiseError('release-refused', refusal).failure,
    wordsContext(run.surroundings),
  );
  return [`${mark} ${version}`, [what, `${title}. ${why}`]];
}

function facts({ offered, refusal, early }: Choice) {
  const { release, bytes, sha256, target } = offered;
  return { target, bytes, sha256, release, early, refusal: refusal ?? null };
}
