/**
 * The switch to a new version. Each file appears whole, under a name that no other content ever had; nothing refers to it
 * until timestamp.json does, which is replaced in one step. A new root comes after that: everything it vouches for was
 * signed for it and for the root before. So a client that looks between any two steps finds a repository that holds.
 */
import { join } from 'node:path';
import { replaceFile } from '../../files/files.ts';
import { encode, type Document } from './metadata.ts';
import { readSigning, removeSigning, type Signing, type SigningKind } from './signing.ts';
import { hashedPath, publishFile, releasesIn } from './staged.ts';
import { metadataFolder, type Workspace } from './workspace.ts';

/**
 * Done again after a fall it ends the same. @returns files in `public/`, in the order in which they are to be uploaded
 * @throws host-file
 */
export async function publish(
  workspace: Workspace,
  kind: SigningKind,
  signing: Signing,
): Promise<readonly string[]> {
  const { files } = workspace;
  const folder = metadataFolder(workspace);
  const there = await files.list(folder);
  const write = async (name: string, document: Document | undefined) => {
    if (!document) return [];
    const isThere = name !== TIMESTAMP && there.includes(name);
    if (!isThere) await replaceFile(files, join(folder, name), encode(document));
    return [`metadata/${name}`];
  };

  const firmware: string[] = [];
  for (const release of releasesIn(signing.targets))
    if (await publishFile(workspace, release)) firmware.push(`targets/${hashedPath(release)}`);
  const { root, targets, snapshot, timestamp } = signing;
  const written = [
    ...firmware,
    ...(await write(numbered(targets), targets)),
    ...(await write(numbered(snapshot), snapshot)),
    ...(await write(TIMESTAMP, timestamp)),
    ...(await write(numbered(root), root)),
  ];
  await removeSigning(workspace, kind);
  for (const half of there.filter((name) => name.endsWith('.new'))) await files.remove(join(folder, half));
  return written;
}

/** What was signed by everybody and not quite published when the computer stopped. */
export async function finishPublication(workspace: Workspace): Promise<readonly string[]> {
  const written: string[] = [];
  for (const kind of ['signing', 'refresh'] as const) {
    const signing = await readSigning(workspace, kind);
    if (signing?.isComplete) written.push(...(await publish(workspace, kind, signing)));
  }
  return written;
}

const TIMESTAMP = 'timestamp.json';

function numbered(document: Document | undefined): string {
  return document ? `${document.signed.version}.${document.signed.type}.json` : '';
}
