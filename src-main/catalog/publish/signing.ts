/**
 * One new version of the repository on its way: documents that are collecting signatures. It is kept on disk, because the
 * people who sign sit at different computers, and because a computer may fall over while the result is being published:
 * documents that have every signature are published again until they all are.
 */
import { join } from 'node:path';
import {
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { z } from 'zod';
import type { PublicKey } from './ed25519.ts';
import { encode, signersAmong, type Document, type RoleKeys, type RoleName, type Roles } from './metadata.ts';
import { isSameRole } from './published.ts';
import { readJson, stagedFolder, writeJson, type Workspace } from './workspace.ts';

export interface Signing {
  /** What it was begun for; a signing that is for something else by now begins anew. */
  readonly purpose: string;
  /** Every signature is there: what remains is to publish it, whatever happens meanwhile. */
  readonly isComplete: boolean;
  readonly root?: Metadata<Root>;
  /** Absent where the published one stays. */
  readonly targets?: Metadata<Targets>;
  readonly snapshot?: Metadata<Snapshot>;
  readonly timestamp?: Metadata<Timestamp>;
}

/** A new version of everything waits for people; a fresh timestamp does not wait for them. */
export type SigningKind = 'signing' | 'refresh';

const json = z.record(z.string(), z.json());
const stored = z.object({
  purpose: z.string(),
  isComplete: z.boolean(),
  root: json.optional(),
  targets: json.optional(),
  snapshot: json.optional(),
  timestamp: json.optional(),
});

const pathOf = (workspace: Workspace, kind: SigningKind) => join(stagedFolder(workspace), `${kind}.json`);

export async function readSigning(workspace: Workspace, kind: SigningKind): Promise<Signing | undefined> {
  const found = await readJson(workspace, pathOf(workspace, kind), stored);
  if (!found) return undefined;
  const { root, targets, snapshot, timestamp } = found;
  return {
    purpose: found.purpose,
    isComplete: found.isComplete,
    ...(root && { root: Metadata.fromJSON(MetadataKind.Root, root) }),
    ...(targets && { targets: Metadata.fromJSON(MetadataKind.Targets, targets) }),
    ...(snapshot && { snapshot: Metadata.fromJSON(MetadataKind.Snapshot, snapshot) }),
    ...(timestamp && { timestamp: Metadata.fromJSON(MetadataKind.Timestamp, timestamp) }),
  };
}

export function writeSigning(workspace: Workspace, kind: SigningKind, signing: Signing): Promise<void> {
  const { purpose, isComplete, root, targets, snapshot, timestamp } = signing;
  const asJson = (document: Document | undefined): unknown =>
    document && JSON.parse(Buffer.from(encode(document)).toString());
  return writeJson(workspace, pathOf(workspace, kind), {
    purpose,
    isComplete,
    root: asJson(root),
    targets: asJson(targets),
    snapshot: asJson(snapshot),
    timestamp: asJson(timestamp),
  });
}

export function removeSigning(workspace: Workspace, kind: SigningKind): Promise<void> {
  return workspace.files.remove(pathOf(workspace, kind));
}

// -- whose signatures it takes -------------------------------------------------------------------------------------------

/**
 * While keys change, everything is signed so that it holds by the old root and by the new one: whichever of them a client
 * knows, whatever it fetches next fits. Only where too many old keys are lost for that, the new ones have to do; a new
 * root without the old root's signatures nobody would follow.
 */
export function requirements(
  role: RoleName,
  wanted: Roles,
  before: Roles | undefined,
  lost: readonly string[],
): readonly RoleKeys[] {
  const old = before?.[role];
  if (!old || isSameRole(old, wanted[role])) return [wanted[role]];
  const left = old.keys.filter(({ id }) => !lost.includes(id)).length;
  return left >= old.threshold || role === 'root' ? [wanted[role], old] : [wanted[role]];
}

/** Of one role: which keys could still sign, and how many of them must. */
export interface Missing {
  readonly role: RoleName;
  readonly signatures: number;
  readonly of: readonly PublicKey[];
}

export function missingOn(
  document: Document,
  role: RoleName,
  required: readonly RoleKeys[],
): readonly Missing[] {
  return required.flatMap(({ keys, threshold }) => {
    const ids = new Set(signersAmong(document, keys).map(({ id }) => id));
    const open = keys.filter(({ id }) => !ids.has(id));
    return ids.size >= threshold ? [] : [{ role, signatures: threshold - ids.size, of: open }];
  });
}
