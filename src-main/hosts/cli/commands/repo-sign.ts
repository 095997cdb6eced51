/** `stepwise repo sign`: what is staged becomes a new version, as soon as everybody has signed whose signature it takes. */
import type { Command } from 'commander';
import { finishPublication } from '../../../catalog/publish/publication.ts';
import { readPublished } from '../../../catalog/publish/published.ts';
import { signStaged, type Signed } from '../../../catalog/publish/sign.ts';
import { changesBetween, publishedReleases, releases } from '../../../catalog/publish/staged.ts';
import { readSettings } from '../../../catalog/publish/workspace.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { addSigningOptions, signersOf, workspaceOf, type RepoOptions } from './repo-options.ts';
import { changeFacts, changeLines, missingFacts, missingLines } from './repo-words.ts';

export interface SignOptions extends RepoOptions {
  readonly refresh?: boolean;
  readonly renew?: boolean;
}

export function addRepoSign(repo: Command, start: Start): void {
  addSigningOptions(repo.command('sign'))
    .summary('sign and publish what is staged')
    .description(
      'Signs what is staged with the keys that are here, says whose signatures are still missing, and publishes when ' +
        'none is. Where several people sign, each runs it with their own keys. After a fall it ends what was begun.',
    )
    .option('--refresh', 'only renew what expires first, with the online keys: for a job that runs every day')
    .option('--renew', 'renew root and targets as well, though nothing of them changes')
    .addHelpText(
      'after',
      examples([
        ['stepwise repo sign', ''],
        ['stepwise repo sign --keys /media/stick/keys', 'with keys from somewhere else'],
        ['stepwise repo sign --refresh', 'every day, by cron'],
      ]),
    )
    .action((options: SignOptions, command: Command) =>
      start(command, LOOKING, (run) => signAndTell(run, options)),
    );
}

/** @returns `differs` while signatures are missing: then nothing is published */
export async function signAndTell(run: Run, options: SignOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  const finished = await finishPublication(workspace);
  const published = await readPublished(workspace);
  const changes = options.refresh
    ? []
    : changesBetween(publishedReleases(published), await releases(workspace, published));
  run.reporter.say(changeLines(changes).flatMap((line) => marked('  ', line, run.reporter.width)));
  const result = await signStaged(workspace, signersOf(run, options), {
    now: options.now ?? run.surroundings.today(),
    ...(options.refresh && { refresh: true }),
    ...(options.renew && { renew: true }),
  });
  const signed = { ...result, published: [...finished, ...result.published] };
  run.reporter.say(signedLines(signed, missingLines(signed.missing, await readSettings(workspace)), run));
  run.reporter.document({
    changes: changeFacts(changes),
    published: signed.published,
    missing: missingFacts(signed.missing),
  });
  return signed.missing.length > 0 ? ExitCode.differs : ExitCode.ok;
}

function signedLines({ published, missing }: Signed, who: readonly string[], { reporter }: Run) {
  if (missing.length > 0)
    return [
      '✗ Not published yet. Signatures that are still missing:',
      ...who.flatMap((line) => marked('  ', line, reporter.width)),
      ...marked(
        '→ ',
        'What was signed is kept. Whoever has one of these keys runs `stepwise repo sign` in this folder.',
        reporter.width,
      ),
    ];
  if (published.length === 0) return ['✓ Nothing is staged, so there is nothing to sign.'];
  return [
    '✓ Published. In public/, to be uploaded in this order:',
    ...published.map((path) => `    ${path}`),
  ];
}
