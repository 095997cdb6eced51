/**
 * The four documents of a TUF repository (specification §4), made and signed. Pure: what goes in decides every byte that
 * comes out. root says whose keys count, targets describes the releases, snapshot and timestamp say which version is
 * current. Nothing here asks whether the keys are the right ones: that is for who publishes, and for a test to get wrong.
 */
import { createHash } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import {
  Key,
  Metadata,
  MetadataKind,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models';
import { z } from 'zod';
import { keyDocument, type PublicKey, type Signer } from './ed25519.ts';

export const roleNames = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type RoleName = (typeof roleNames)[number];

export interface RoleKeys {
  readonly keys: readonly PublicKey[];
  /** How many of them must sign. */
  readonly threshold: number;
}
export type Roles = Readonly<Record<RoleName, RoleKeys>>;

/** Common to all four. */
export interface Edition {
  readonly version: number;
  /** ISO 8601. */
  readonly expires: string;
}

/** A file that is described in targets. */
export interface Target {
  /** `<product>/<file name>`. */
  readonly path: string;
  readonly length: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Normally a `Release`. */
  readonly custom?: object;
}

/** A document that another one vouches for. */
export interface Referred {
  readonly version: number;
  readonly bytes: Uint8Array;
}

export type Document = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

const SPECIFICATION = '1.0.31';

export function makeRoot({ roles, ...edition }: Edition & { readonly roles: Roles }): Metadata<Root> {
  const empty = new Root({ ...common(edition), consistentSnapshot: true });
  const keys = Object.values(roles).flatMap((role) => role.keys);
  return Metadata.fromJSON(MetadataKind.Root, {
    signatures: [],
    signed: {
      ...empty.toJSON(),
      keys: Object.fromEntries(keys.map(({ id, point }) => [id, keyDocument(point)])),
      roles: Object.fromEntries(
        roleNames.map((role) => [
          role,
          { keyids: roles[role].keys.map(({ id }) => id), threshold: roles[role].threshold },
        ]),
      ),
    },
  });
}

export function makeTargets({
  targets,
  ...edition
}: Edition & { readonly targets: readonly Target[] }): Metadata<Targets> {
  const files = targets.map(({ path, length, sha256, custom }) =>
    TargetFile.fromJSON(path, { length, hashes: { sha256 }, ...(custom && { custom: plain(custom) }) }),
  );
  return new Metadata(
    new Targets({ ...common(edition), targets: Object.fromEntries(files.map((file) => [file.path, file])) }),
  );
}

export function makeSnapshot({
  targets,
  ...edition
}: Edition & { readonly targets: Referred }): Metadata<Snapshot> {
  return new Metadata(new Snapshot({ ...common(edition), meta: { 'targets.json': reference(targets) } }));
}

export function makeTimestamp({
  snapshot,
  ...edition
}: Edition & { readonly snapshot: Referred }): Metadata<Timestamp> {
  return new Metadata(new Timestamp({ ...common(edition), snapshotMeta: reference(snapshot) }));
}

/** Adds these signatures to those the document has. @returns the document */
export async function sign<D extends Document>(document: D, signers: readonly Signer[]): Promise<D> {
  const bytes = bytesToSign(document);
  for (const signer of signers) {
    const signature = Buffer.from(await signer.sign(bytes)).toString('hex');
    document.signatures[signer.key.id] = new Signature({ keyID: signer.key.id, sig: signature });
  }
  return document;
}

/** What a signature is made over: the canonical form of the signed part (TUF specification §4.2.1). */
export function bytesToSign(document: Document): Uint8Array {
  return Buffer.from(canonicalize(document.signed.toJSON()));
}

/** The file: members and signatures in alphabetical order. */
export function encode(document: Document): Uint8Array {
  const signatures = Object.values(document.signatures)
    .toSorted((a, b) => (a.keyID < b.keyID ? -1 : 1))
    .map((signature) => signature.toJSON());
  return Buffer.from(JSON.stringify(inOrder({ signatures, signed: document.signed.toJSON() })));
}

/** Those of `keys` whose signatures on the document are good. */
export function signersAmong(document: Document, keys: readonly PublicKey[]): readonly PublicKey[] {
  return keys.filter(({ id, point }) => {
    try {
      Key.fromJSON(id, keyDocument(point)).verifySignature(document);
      return true;
    } catch {
      return false;
    }
  });
}

function common({ version, expires }: Edition) {
  return { version, specVersion: SPECIFICATION, expires: wholeSeconds(expires) };
}

/** As the specification writes times (§4.2.1): `2027-01-31T12:00:00Z`. */
function wholeSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
}

function reference({ version, bytes }: Referred): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const jsonObject = z.record(z.string(), z.json());

/** Without members that are undefined, which canonical JSON does not know. */
function plain(custom: object): z.infer<typeof jsonObject> {
  return jsonObject.parse(JSON.parse(JSON.stringify(custom)));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}
