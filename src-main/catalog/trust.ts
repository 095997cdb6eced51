/**
 * One refresh: TUF's detailed client workflow (specification §5) from what is trusted to what is published now, gone
 * through by tuf-js. Its Updater keeps its files in a folder without care for a fall, so it gets a scratch folder, and
 * what it verified there is read back as a value, also where it stopped half-way: a newer root or timestamp that was
 * verified is a protection against older ones from then on.
 *
 * tuf-js reads the time from the computer and cannot be handed another. What it accepts is therefore judged once more by
 * `times`, which is the same time in real life and any other in a test: both have to agree, so neither can widen trust.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';
import { outdated, timeFault, type Times } from './clock-doubt.ts';
import type { Network } from './fetch.ts';
import { METADATA_LIMITS, RepositoryFetcher } from './repository-fetcher.ts';
import { makeScratch } from './scratch.ts';
import { verifyTexts, type DocumentName, type TrustedTexts, type Verified } from './trusted-metadata.ts';

export interface RefreshOptions {
  readonly network: Network;
  /** Of the repository, without a slash at its end. */
  readonly url: string;
  readonly shippedRoot: string;
  readonly before: Verified;
  /** The timestamp that is published now, and its entity tag. */
  readonly timestamp: string;
  readonly timestampTag?: string | undefined;
  readonly times: Times;
  readonly signal: AbortSignal;
}

export interface Refreshed {
  readonly verified: Verified;
  /** Why it stopped; what was verified up to there holds. */
  readonly failure?: StepwiseError;
}

/** Roots that may have been published while the application was not used; more than one each week of a year. */
const MOST_ROOTS = 64;

/** @throws host-file where there is no room for the scratch folder */
export async function refresh(options: RefreshOptions): Promise<Refreshed> {
  const { network, url, shippedRoot, before, timestamp, times, signal } = options;
  const scratch = await seededScratch(before);
  try {
    const fetcher = new RepositoryFetcher({ network, scratch, timestamp, signal });
    const failure = await goThrough(updater(scratch, url, fetcher), fetcher, scratch, times);
    const verified = verifyTexts(shippedRoot, await harvest(scratch, fetcher, options));
    if (failure) return { verified, failure };
    const fault = timeFault(verified, times);
    if (!fault) return { verified };
    // tuf-js took what is over by our time: of all that only the roots count, which may be over (§5.3.10).
    const { roots } = verified.texts;
    return { verified: verifyTexts(shippedRoot, { ...before.texts, roots }), failure: fault };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function updater(metadataDir: string, url: string, fetcher: RepositoryFetcher): Updater {
  return new Updater({
    metadataDir,
    metadataBaseUrl: `${url}/metadata`,
    fetcher,
    config: {
      maxRootRotations: MOST_ROOTS,
      rootMaxLength: METADATA_LIMITS.root,
      timestampMaxLength: METADATA_LIMITS.timestamp,
      snapshotMaxLength: METADATA_LIMITS.snapshot,
      targetsMaxLength: METADATA_LIMITS.targets,
    },
  });
}

async function goThrough(
  client: Updater,
  fetcher: RepositoryFetcher,
  scratch: string,
  times: Times,
): Promise<StepwiseError | undefined> {
  try {
    await client.refresh();
    return undefined;
  } catch (error) {
    return named(error, fetcher, scratch, times);
  }
}

// -- the scratch folder --------------------------------------------------------------------------------------------------

const SCRATCH_NAMES = ['root', 'timestamp', 'snapshot', 'targets'] as const;

/** @throws host-file */
async function seededScratch({ root, texts }: Verified): Promise<string> {
  try {
    const scratch = await makeScratch();
    const documents = { ...texts, root };
    for (const name of SCRATCH_NAMES) {
      const text = documents[name];
      if (text !== undefined) await writeFile(join(scratch, `${name}.json`), text);
    }
    return scratch;
  } catch (error) {
    throw unwritable(tmpdir(), error);
  }
}

async function readScratch(scratch: string, name: DocumentName): Promise<string | undefined> {
  try {
    return await readFile(join(scratch, `${name}.json`), 'utf8');
  } catch {
    return undefined;
  }
}

async function harvest(
  scratch: string,
  { roots }: RepositoryFetcher,
  { before, timestamp, timestampTag }: RefreshOptions,
): Promise<TrustedTexts> {
  const [root = '', newest, snapshot, targets] = await Promise.all(
    SCRATCH_NAMES.map((name) => readScratch(scratch, name)),
  );
  return {
    roots: [...before.texts.roots, ...roots.slice(0, roots.indexOf(root) + 1)],
    timestamp: newest,
    timestampTag: newest === timestamp ? timestampTag : undefined,
    snapshot,
    targets,
  };
}

// -- names ---------------------------------------------------------------------------------------------------------------

const EXPIRED = /(root|timestamp|snapshot|targets)\.json is expired/;
const expiring = z.object({ signed: z.object({ expires: z.string() }) });

/** tuf-js wraps some of its errors into the messages of others, so their classes do not tell. */
async function named(
  error: unknown,
  { failure, last }: RepositoryFetcher,
  scratch: string,
  times: Times,
): Promise<StepwiseError> {
  if (failure) return failure;
  const detail = error instanceof Error ? error.message : String(error);
  if (detail.includes('Failed to persist metadata')) return unwritable(scratch, error);
  const [, over] = EXPIRED.exec(detail) ?? [];
  const name = SCRATCH_NAMES.find((each) => each === over);
  if (!name) return new StepwiseError('not-trusted', { file: last.file, detail }, { cause: error });
  const text = last.file.endsWith(`${name}.json`) ? last.text : await readScratch(scratch, name);
  return outdated({ name, since: expiring.parse(JSON.parse(text ?? '')).signed.expires }, times);
}

function unwritable(path: string, cause: unknown): StepwiseError<'host-file'> {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation: 'write', detail }, { cause });
}
