/** What the public folder says now, read as a client walks through it: from root and timestamp down to the releases. */
import { join } from 'node:path';
import {
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { StepwiseError } from '../../../shared/failure.ts';
import { publicKey } from './ed25519.ts';
import { roleNames, type RoleName, type Roles } from './metadata.ts';
import { metadataFolder, type Workspace } from './workspace.ts';

export interface Kept<D> {
  readonly document: D;
  readonly bytes: Uint8Array;
}

/** Nothing of it was verified: that is for `check`, with the client's own eyes. */
export interface Published {
  readonly root: Kept<Metadata<Root>>;
  readonly targets: Kept<Metadata<Targets>>;
  readonly snapshot: Kept<Metadata<Snapshot>>;
  readonly timestamp: Kept<Metadata<Timestamp>>;
}

/** Undefined before the first signature. @throws not-trusted where a file is missing or makes no sense */
export async function readPublished(workspace: Workspace): Promise<Published | undefined> {
  const newest = await highestVersion(workspace, 'root');
  if (newest === 0) return undefined;
  const root = await read(workspace, `${newest}.root.json`, (json) =>
    Metadata.fromJSON(MetadataKind.Root, json),
  );
  const timestamp = await read(workspace, 'timestamp.json', (json) =>
    Metadata.fromJSON(MetadataKind.Timestamp, json),
  );
  const snapshot = await read(
    workspace,
    `${timestamp.document.signed.snapshotMeta.version}.snapshot.json`,
    (json) => Metadata.fromJSON(MetadataKind.Snapshot, json),
  );
  const current = snapshot.document.signed.meta['targets.json']?.version ?? 0;
  const targets = await read(workspace, `${current}.targets.json`, (json) =>
    Metadata.fromJSON(MetadataKind.Targets, json),
  );
  return { root, targets, snapshot, timestamp };
}

export function rolesOf(root: Metadata<Root>): Roles {
  const of = (name: RoleName) => {
    const { keyIDs = [], threshold = 1 } = root.signed.roles[name] ?? {};
    const points = keyIDs.map((id) => root.signed.keys[id]?.keyVal.public ?? '');
    return { keys: points.map(publicKey), threshold };
  };
  return { root: of('root'), targets: of('targets'), snapshot: of('snapshot'), timestamp: of('timestamp') };
}

export function isSameRole(a: Roles[RoleName], b: Roles[RoleName]): boolean {
  const ids = ({ keys }: Roles[RoleName]) => keys.map(({ id }) => id).sort();
  return a.threshold === b.threshold && ids(a).join() === ids(b).join();
}

export function areSameRoles(a: Roles, b: Roles): boolean {
  return roleNames.every((role) => isSameRole(a[role], b[role]));
}

/** Whether or not anything refers to it: a version that was once written is never another one. 0 where there is none. */
export async function highestVersion(workspace: Workspace, role: RoleName): Promise<number> {
  const names = await workspace.files.list(metadataFolder(workspace));
  const ending = `.${role}.json`;
  const numbers = names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return Math.max(0, ...numbers.filter((number) => /^\d+$/.test(number)).map(Number));
}

type JsonObject = Parameters<typeof Metadata.fromJSON>[1];

async function read<D>(workspace: Workspace, name: string, parse: (json: JsonObject) => D): Promise<Kept<D>> {
  const bytes = await workspace.files.read(join(metadataFolder(workspace), name));
  if (!bytes) throw new StepwiseError('not-trusted', { file: name, detail: 'the file is missing' });
  try {
    return { bytes, document: parse(JSON.parse(Buffer.from(bytes).toString()) as JsonObject) };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('not-trusted', { file: name, detail }, { cause });
  }
}
