/** A file with what is to be signed of it becomes part of what is staged: firmware, or a version of the application. */
import type { AppRelease, Release } from '../../../../shared/release.ts';
import { checked, withAdded } from '../../../catalog/publish/change.ts';
import { sha256 } from '../../../catalog/publish/metadata.ts';
import { readPublished } from '../../../catalog/publish/published.ts';
import { keepFile, publishedReleases, releases, stage } from '../../../catalog/publish/staged.ts';
import type { Workspace } from '../../../catalog/publish/workspace.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import { byteCount } from '../quantities.ts';
import type { Run } from '../run.ts';
import { usage } from './repo-options.ts';
import { changeLines } from './repo-words.ts';

export interface Described {
  /** In the repository. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly custom: Release | AppRelease;
}

/** @param what of it in words, before "in a file of" @throws usage, what the catalog refuses */
export async function stageFile(
  { reporter }: Run,
  workspace: Workspace,
  { path, bytes, custom }: Described,
  what: string,
): Promise<ExitCode> {
  expectPlainPath(path);
  const published = await readPublished(workspace);
  const target = { path, length: bytes.length, sha256: sha256(bytes), custom: checked(custom) };
  const list = withAdded(await releases(workspace, published), target, publishedReleases(published));
  await keepFile(workspace, target, bytes);
  await stage(workspace, list);
  reporter.say([
    `✓ Staged: ${what} in a file of ${byteCount(target.length)}.`,
    ...changeLines([{ path, after: target.custom }]).flatMap((line) => marked('  ', line, reporter.width)),
    '→ `stepwise repo sign` signs and publishes it.',
  ]);
  reporter.document({
    target: path,
    bytes: target.length,
    sha256: target.sha256,
    release: target.custom,
  });
  return ExitCode.ok;
}

/** Names that every file system and every web server takes as they are. @throws usage */
function expectPlainPath(path: string): void {
  if (!/^[a-z0-9][a-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(path))
    throw usage(`${path} is no name for a file: letters, digits, dots and dashes are.`);
}
