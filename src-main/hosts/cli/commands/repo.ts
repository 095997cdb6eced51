/** `stepwise repo`: the maker's side of signed updates. Without more words: how things stand, and what to do next. */
import type { Command } from 'commander';
import { readPublished, type Published } from '../../../catalog/publish/published.ts';
import { readSigning, type Signing } from '../../../catalog/publish/signing.ts';
import {
  changesBetween,
  publishedReleases,
  releases,
  type StagedChange,
} from '../../../catalog/publish/staged.ts';
import { roleNames } from '../../../catalog/publish/metadata.ts';
import { readSettings, type Settings } from '../../../catalog/publish/workspace.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { marked } from '../failure-lines.ts';
import { counted } from '../quantities.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { addRepoAdd } from './repo-add.ts';
import { addRepoAddApp } from './repo-add-app.ts';
import { addRepoChanges } from './repo-change.ts';
import { addRepoCheck } from './repo-check.ts';
import { addRepoInit } from './repo-init.ts';
import { addRepoKey } from './repo-key.ts';
import { workspaceOf, type RepoOptions } from './repo-options.ts';
import { addRepoRotate } from './repo-rotate.ts';
import { addRepoServe } from './repo-serve.ts';
import { addRepoSign } from './repo-sign.ts';
import { changeFacts, changeLines } from './repo-words.ts';

export function addRepo(program: Command, start: Start): void {
  const repo = program
    .command('repo')
    .option('--repo <folder>', 'where it is', '.')
    .hook('preAction', (_, started) => void started.setOptionValue('repo', repo.opts<RepoOptions>().repo))
    .summary('publish signed firmware')
    .description(
      'Makes and keeps a repository of signed firmware that any static web server can serve (The Update Framework). ' +
        'Without a command it says how the repository stands and what to do next. docs/publishing.md explains all of it.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise repo init shop', 'a repository in the folder shop'],
        ['stepwise repo add app.dfu --version 1.4.2 --product airmeter --notes notes.md', 'stage a release'],
        ['stepwise repo sign', 'sign and publish what is staged'],
      ]),
    )
    .action((options: RepoOptions, command: Command) =>
      start(command, LOOKING, (run) => tellState(run, options)),
    );
  addRepoInit(repo, start);
  addRepoKey(repo, start);
  addRepoAdd(repo, start);
  addRepoAddApp(repo, start);
  addRepoChanges(repo, start);
  addRepoSign(repo, start);
  addRepoRotate(repo, start);
  addRepoCheck(repo, start);
  addRepoServe(repo, start);
}

async function tellState(run: Run, options: RepoOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  const settings = await readSettings(workspace);
  const published = await readPublished(workspace);
  const list = await releases(workspace, published);
  const changes = changesBetween(publishedReleases(published), list);
  const signing = await readSigning(workspace, 'signing');
  run.reporter.say([
    ...fieldLines(
      [
        ['Published', publishedLines(published)],
        ['Staged', changeLines(changes)],
        ['Keys', keyLines(settings)],
      ],
      run.reporter.width,
    ),
    ...marked('→ ', nextStep(settings, published, changes, signing), run.reporter.width),
  ]);
  run.reporter.document({
    published: published && {
      root: published.root.document.signed.version,
      targets: published.targets.document.signed.version,
      expires: expiries(published),
      releases: publishedReleases(published).map(({ path, custom }) => ({ path, release: custom })),
    },
    staged: changeFacts(changes),
    signing: signing !== undefined,
    roles: settings.roles,
  });
  return ExitCode.ok;
}

function publishedLines(published: Published | undefined): readonly string[] {
  if (!published) return ['nothing yet'];
  const list = publishedReleases(published);
  return [
    counted(list.length, 'release'),
    `signed for clients until ${expiries(published).timestamp.slice(0, 'YYYY-MM-DD'.length)}`,
  ];
}

function expiries({ root, targets, snapshot, timestamp }: Published) {
  return {
    root: root.document.signed.expires,
    targets: targets.document.signed.expires,
    snapshot: snapshot.document.signed.expires,
    timestamp: timestamp.document.signed.expires,
  };
}

function keyLines({ roles }: Settings): readonly string[] {
  return roleNames.map((role) => {
    const { keys, threshold } = roles[role];
    const names = keys.length === 0 ? 'no key yet' : keys.map(({ name }) => name).join(', ');
    return `${role}: ${names}${keys.length > 1 ? ` (${threshold} of ${keys.length} sign)` : ''}`;
  });
}

function nextStep(
  { roles }: Settings,
  published: Published | undefined,
  changes: readonly StagedChange[],
  signing: Signing | undefined,
): string {
  const lacking = roleNames.find((role) => roles[role].keys.length < roles[role].threshold);
  if (lacking)
    return `A key for ${lacking} is missing: \`stepwise repo key generate NAME --for ${lacking}\`.`;
  if (signing) return 'Signatures are being collected: whoever has a missing key runs `stepwise repo sign`.';
  if (changes.length > 0 || !published) return '`stepwise repo sign` signs and publishes it.';
  return 'Nothing to be done now. `stepwise repo sign --refresh` renews what expires first; `stepwise repo check` looks at all of it as a client.';
}
