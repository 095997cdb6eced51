/**
 * The releases as the next signature will have them. Changing them changes no byte of what is published; the firmware
 * files of releases that are not signed yet wait beside the list, where nobody downloads them.
 */
import { basename, dirname, join } from 'node:path';
import type { Metadata, Targets } from '@tufjs/models';
import { z } from 'zod';
import { StepwiseError } from '../../../shared/failure.ts';
import { appRelease, release, type AnyRelease } from '../../../shared/release.ts';
import { replaceFile } from '../../files/files.ts';
import { encode, makeTargets, sha256 } from './metadata.ts';
import type { Published } from './published.ts';
import { publicFolder, readJson, stagedFolder, writeJson, type Workspace } from './workspace.ts';

const stagedRelease = z
  .object({ path: z.string(), length: z.int(), sha256: z.string(), custom: z.union([appRelease, release]) })
  .readonly();
/** A release with its file, as targets describes it. */
export type StagedRelease = z.infer<typeof stagedRelease>;

const listPath = (workspace: Workspace) => join(stagedFolder(workspace), 'releases.json');
const waitingPath = (workspace: Workspace, target: StagedRelease) =>
  join(stagedFolder(workspace), 'targets', hashedPath(target));
const publicPath = (workspace: Workspace, target: StagedRelease) =>
  join(publicFolder(workspace), 'targets', hashedPath(target));

/** Where a client looks for the file: the hash stands before its name (TUF specification §6.2). */
export function hashedPath({ path, sha256: hash }: Pick<StagedRelease, 'path' | 'sha256'>): string {
  return `${dirname(path)}/${hash}.${basename(path)}`;
}

/** @throws not-trusted where a target is no release */
export function releasesIn(targets: Metadata<Targets> | undefined): readonly StagedRelease[] {
  return Object.values(targets?.signed.targets ?? {}).map(({ path, length, hashes, custom }) => {
    const parsed = stagedRelease.safeParse({ path, length, sha256: hashes.sha256, custom });
    if (parsed.success) return parsed.data;
    const detail = `${path} is no release: ${z.prettifyError(parsed.error)}`;
    throw new StepwiseError('not-trusted', { file: 'targets.json', detail });
  });
}

export function publishedReleases(published: Published | undefined): readonly StagedRelease[] {
  return releasesIn(published?.targets.document);
}

/** The list with what is staged; the published one where nothing is. */
export async function releases(
  workspace: Workspace,
  published: Published | undefined,
): Promise<readonly StagedRelease[]> {
  const staged = await readJson(workspace, listPath(workspace), z.array(stagedRelease));
  return staged ?? publishedReleases(published);
}

export function stage(workspace: Workspace, list: readonly StagedRelease[]): Promise<void> {
  const inOrder = list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return writeJson(workspace, listPath(workspace), inOrder);
}

export function unstage({ files, folder }: Workspace): Promise<void> {
  return files.remove(listPath({ files, folder }));
}

export function isSameList(a: readonly StagedRelease[], b: readonly StagedRelease[]): boolean {
  const edition = { version: 1, expires: '2000-01-01T00:00:00Z' };
  const bytes = (list: readonly StagedRelease[]) => encode(makeTargets({ ...edition, targets: list }));
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

export function keepFile(workspace: Workspace, target: StagedRelease, bytes: Uint8Array): Promise<void> {
  return replaceFile(workspace.files, waitingPath(workspace, target), bytes);
}

/**
 * Brings the file to where it is downloaded. @returns false where it is there already
 * @throws host-file where it is not to be had, or was changed
 */
export async function publishFile(workspace: Workspace, target: StagedRelease): Promise<boolean> {
  const { files } = workspace;
  const [from, to] = [waitingPath(workspace, target), publicPath(workspace, target)];
  const bytes = await files.read(from);
  if (bytes && sha256(bytes) === target.sha256) {
    await replaceFile(files, to, bytes);
    await files.remove(from);
    return true;
  }
  if ((await files.size(to)) === target.length) return false;
  const detail = `the file of ${target.path} is not there, or was changed since it was added`;
  throw new StepwiseError('host-file', { path: from, operation: 'read', detail });
}

/** What somebody who signs agrees to, a line for each release that changes. */
export interface StagedChange {
  readonly path: string;
  readonly before?: AnyRelease;
  readonly after: AnyRelease;
}

export function changesBetween(
  before: readonly StagedRelease[],
  after: readonly StagedRelease[],
): readonly StagedChange[] {
  const old = new Map(before.map((each) => [each.path, each]));
  return after.flatMap((each) => {
    const was = old.get(each.path);
    if (was && isSameList([was], [each])) return [];
    return [{ path: each.path, after: each.custom, ...(was && { before: was.custom }) }];
  });
}
