/**
 * What the keys of the maker vouch for, as a value: the texts of the TUF documents that were believed, and the check
 * that whoever reads them again has to pass them through. TUF's own order holds (specification §5.3–5.6): each root is
 * signed by the one before it and by itself, the newest root says whose signatures count for the others, and each of
 * timestamp, snapshot and targets vouches for the version and hash of the next. Times are not looked at here: what has
 * expired is still what the maker said, and `expiry` tells until when it counts as news.
 */
import { Metadata, MetadataKind, type MetaFile, type Root, type Targets } from '@tufjs/models';
import { z } from 'zod';
import { isEntityTag } from './fetch.ts';

/** Texts as they were signed, byte for byte. */
export const trustedTexts = z
  .object({
    /** Newer than the root that ships with the application, oldest first, without a gap. */
    roots: z.array(z.string()).readonly(),
    timestamp: z.string().optional(),
    /** Entity tag the server gave for this timestamp. */
    timestampTag: z.string().optional(),
    snapshot: z.string().optional(),
    targets: z.string().optional(),
  })
  .readonly();
export type TrustedTexts = z.infer<typeof trustedTexts>;

export const NOTHING_TRUSTED: TrustedTexts = { roots: [] };

const DOCUMENTS = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

export interface Verified {
  /** Only what holds. */
  readonly texts: TrustedTexts;
  /** The newest root, which all others are signed under. */
  readonly root: string;
  /** 0 where there is none. */
  readonly timestampVersion: number;
  /** Timestamp, snapshot and targets are all there, and each is the one the other means. */
  readonly isComplete: boolean;
  readonly expiry: readonly Expiry[];
}

export interface Expiry {
  readonly name: DocumentName;
  /** ISO 8601, as the maker wrote it. */
  readonly since: string;
}

/**
 * @param shippedRoot of the application; believed without a question
 * @throws Error where it is none
 */
export function verifyTexts(shippedRoot: string, texts: TrustedTexts): Verified {
  const { root, text, roots } = newestRoot(shippedRoot, texts.roots);
  const timestamp = signedBy(root, () => Metadata.fromJSON(MetadataKind.Timestamp, json(texts.timestamp)));
  const snapshot = signedBy(root, () => {
    const document = Metadata.fromJSON(MetadataKind.Snapshot, json(texts.snapshot));
    return vouchedFor(timestamp?.signed.snapshotMeta, document, texts.snapshot);
  });
  const meant = snapshot?.signed.meta['targets.json'];
  const targets = signedBy(root, () => {
    const document = Metadata.fromJSON(MetadataKind.Targets, json(texts.targets));
    return vouchedFor(meant, document, texts.targets);
  });
  const { timestampTag } = texts;
  const documents = { root, timestamp, snapshot, targets };
  return {
    root: text,
    texts: {
      roots,
      ...(timestamp && { timestamp: texts.timestamp, ...(isEntityTag(timestampTag) && { timestampTag }) }),
      ...(snapshot && { snapshot: texts.snapshot }),
      ...(targets && { targets: texts.targets }),
    },
    timestampVersion: timestamp?.signed.version ?? 0,
    isComplete:
      timestamp?.signed.snapshotMeta.version === snapshot?.signed.version &&
      targets !== undefined &&
      meant?.version === targets.signed.version,
    expiry: DOCUMENTS.flatMap((name) => {
      const since = documents[name]?.signed.expires;
      return since === undefined ? [] : [{ name, since }];
    }),
  };
}

/** Undefined where there are none. Read anew each time, because nobody needs them for long and they are large. */
export function targetsIn({ texts }: Verified): Targets | undefined {
  if (texts.targets === undefined) return undefined;
  return Metadata.fromJSON(MetadataKind.Targets, json(texts.targets)).signed;
}

/** The first that has expired at `time`. A date that is none is over: signed nonsense must not be good for ever. */
export function expiredAt({ expiry }: Verified, time: string): Expiry | undefined {
  const now = Date.parse(time);
  return expiry.find(({ since }) => !(Date.parse(since) > now));
}

/** Not verified. @throws Error where it is none */
export function rootOf(text: string): Metadata<Root> {
  return Metadata.fromJSON(MetadataKind.Root, json(text));
}

interface NewestRoot {
  readonly root: Metadata<Root>;
  readonly text: string;
  /** Those of the chain that are newer than the shipped one. */
  readonly roots: readonly string[];
}

function newestRoot(shipped: string, chain: readonly string[]): NewestRoot {
  let root = rootOf(shipped);
  root.verifyDelegate(MetadataKind.Root, root);
  const roots: string[] = [];
  for (const text of chain) {
    const next = attempt(() => rootOf(text));
    // An application that was updated since ships some of them itself.
    if (next && roots.length === 0 && next.signed.version <= root.signed.version) continue;
    const before = root;
    const holds =
      next?.signed.version === root.signed.version + 1 &&
      signedBy(before, () => next) !== undefined &&
      signedBy(next, () => next) !== undefined;
    if (!holds) break;
    root = next;
    roots.push(text);
  }
  return { root, text: roots.at(-1) ?? shipped, roots };
}

type AnyDocument = Parameters<Metadata<Root>['verifyDelegate']>[1];

/** Undefined where the document cannot be read, or too few of the keys that count have signed it. */
function signedBy<D extends AnyDocument>(root: Metadata<Root>, read: () => D | undefined): D | undefined {
  return attempt(() => {
    const document = read();
    if (document) root.verifyDelegate(document.signed.type, document);
    return document;
  });
}

/**
 * Undefined where it is newer than what vouches for it, or another one of the same version. An older one is what was
 * believed before: after an update that was not finished it is still the newest there is.
 */
function vouchedFor<D extends AnyDocument>(
  meant: MetaFile | undefined,
  document: D,
  text = '',
): D | undefined {
  if (!meant) return document;
  if (document.signed.version === meant.version) meant.verify(Buffer.from(text));
  return document.signed.version <= meant.version ? document : undefined;
}

type JsonObject = Parameters<typeof Root.fromJSON>[0];

function json(text = ''): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError('not an object');
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** These texts come from a disk or a network: whatever is wrong with them, they do not hold, and that is all. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
