/** `stepwise repo promote`, `rollout` and `withdraw`: who is offered a release that is there already. */
import { Argument, Option, type Command } from 'commander';
import { channel, type Channel } from '../../../../shared/settings.ts';
import { findRelease, withChanged, type Offer } from '../../../catalog/publish/change.ts';
import { readPublished } from '../../../catalog/publish/published.ts';
import { changesBetween, publishedReleases, releases, stage } from '../../../catalog/publish/staged.ts';
import { readSettings } from '../../../catalog/publish/workspace.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { parsePercent, rolloutOption } from './repo-add.ts';
import { parseText, texts, type Text } from './repo-fits.ts';
import { workspaceOf, type RepoOptions } from './repo-options.ts';
import { changeFacts, changeLines } from './repo-words.ts';

const RELEASE = 'a version, product/version (app/version), or the path of its file';

interface PromoteOptions extends RepoOptions {
  readonly to: Channel;
  readonly rollout?: number;
}

interface WithdrawOptions extends RepoOptions {
  readonly reason: readonly Text[];
}

export function addRepoChanges(repo: Command, start: Start): void {
  repo
    .command('promote')
    .summary('offer a release to another channel')
    .description('Stages it. With --rollout it reaches the new channel’s installations little by little.')
    .argument('<release>', RELEASE)
    .addOption(new Option('--to <channel>', 'to whom').choices(channel.options).default('stable'))
    .addOption(rolloutOption())
    .addHelpText('after', examples([['stepwise repo promote 1.4.2 --to stable --rollout 10%', '']]))
    .action((release: string, options: PromoteOptions, command: Command) =>
      start(command, LOOKING, (run) => {
        const { to, rollout } = options;
        return change(run, release, options, { channel: to, ...(rollout !== undefined && { rollout }) });
      }),
    );
  repo
    .command('rollout')
    .summary('offer a release to more installations, or to fewer')
    .description('Stages it. Whoever is offered a release at 10 % is offered it at 20 % as well.')
    .argument('<release>', RELEASE)
    .addArgument(new Argument('<percent>', 'such as 25%').argParser(parsePercent))
    .addHelpText('after', examples([['stepwise repo rollout 1.4.2 25%', '']]))
    .action((release: string, rollout: number, options: RepoOptions, command: Command) =>
      start(command, LOOKING, (run) => change(run, release, options, { rollout })),
    );
  repo
    .command('withdraw')
    .summary('offer a release to nobody any more, and say why')
    .description('Stages it. The release stays listed with its reason; what is on devices stays there.')
    .argument('<release>', RELEASE)
    .addOption(
      new Option('--reason <text>', 'what people are told; LANG=TEXT in other languages')
        .argParser(collecting(parseText))
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      examples([['stepwise repo withdraw 1.4.2 --reason "Loses its calibration. Use 1.4.3."', '']]),
    )
    .action((release: string, options: WithdrawOptions, command: Command) =>
      start(command, LOOKING, (run) =>
        change(run, release, options, { withdrawn: texts(options.reason, '--reason') }),
      ),
    );
}

async function change(run: Run, wanted: string, options: RepoOptions, changes: Offer): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  await readSettings(workspace);
  const published = await readPublished(workspace);
  const list = await releases(workspace, published);
  const changed = withChanged(list, findRelease(list, wanted), changes);
  await stage(workspace, changed);
  const staged = changesBetween(publishedReleases(published), changed);
  const { reporter } = run;
  reporter.say([
    '✓ Staged:',
    ...changeLines(staged).flatMap((line) => marked('  ', line, reporter.width)),
    '→ `stepwise repo sign` signs and publishes it.',
  ]);
  reporter.document({ staged: changeFacts(staged) });
  return ExitCode.ok;
}
