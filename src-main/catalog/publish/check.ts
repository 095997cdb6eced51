/**
 * Looks at a repository with the client's own code: what it does not take, no customer's application takes. Beyond that
 * it tells what a maker has to see to: what runs out when, and files that nothing refers to.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StepwiseError } from '../../../shared/failure.ts';
import { fetchDocument, type Network } from '../fetch.ts';
import { look } from '../look.ts';
import { offeredIn, type Offered } from '../offered.ts';
import { releaseImage } from '../release-image.ts';
import { fileOf, isWhatWasSigned, type SignedFile } from '../signed-file.ts';
import { NOTHING_TRUSTED, targetsIn, verifyTexts, type DocumentName } from '../trusted-metadata.ts';
import { publicFolder, type Workspace } from './workspace.ts';

export interface CheckOptions {
  readonly network: Network;
  readonly url: string;
  /** The root that ships with the maker's application. */
  readonly root: Uint8Array;
  /** ISO 8601. */
  readonly now: string;
  readonly signal: AbortSignal;
}

export interface RunsOut {
  readonly name: DocumentName;
  /** ISO 8601. */
  readonly expires: string;
  readonly daysLeft: number;
  /** Signing should have renewed it by now. */
  readonly isDue: boolean;
}

export interface Checked extends Offered {
  readonly expiry: readonly RunsOut[];
  /** Targets that clients leave out, and why. */
  readonly leftOut: readonly { readonly target: string; readonly why: string }[];
}

const DAY = 86_400_000;
/** Days before the end at which it is time: people need longer than a job that runs every night. */
const DUE_DAYS: Readonly<Record<DocumentName, number>> = {
  root: 60,
  targets: 60,
  snapshot: 10,
  timestamp: 5,
};

/** @throws StepwiseError as a client fails: not-trusted, expired, offline, … */
export async function checkRepository(options: CheckOptions): Promise<Checked> {
  const { network, url, root, now, signal } = options;
  const shippedRoot = Buffer.from(root).toString();
  const start = believed(() => verifyTexts(shippedRoot, NOTHING_TRUSTED));
  const { verified, failure } = await look(start, {
    network,
    url,
    shippedRoot,
    today: now,
    completely: true,
    signal,
  });
  if (failure) throw failure;
  const targets = targetsIn(verified);
  if (!targets) throw new StepwiseError('not-trusted', { file: 'targets.json', detail: 'missing' });
  const leftOut: { target: string; why: string }[] = [];
  const offered = offeredIn(targets, (target, why) => leftOut.push({ target, why }));
  for (const each of offered.releases) releaseImage(each.release, await bytesOf(options, each));
  for (const each of offered.applications) {
    const sha512 = createHash('sha512')
      .update(await bytesOf(options, each))
      .digest('base64');
    if (sha512 !== each.release.sha512) throw untrue(each, 'its SHA-512 is not the signed one');
  }
  return { ...offered, leftOut, expiry: verified.expiry.map(({ name, since }) => runsOut(name, since, now)) };
}

/** Files in the public folder that no client asks for any more: they may be deleted. */
export async function unreferenced(
  workspace: Workspace,
  offered: readonly SignedFile[],
): Promise<readonly string[]> {
  const used = new Set(offered.map((each) => fileOf(each).join('/')));
  const targets = join(publicFolder(workspace), 'targets');
  const products = await workspace.files.list(targets);
  const files = await Promise.all(
    products.map(async (product) =>
      (await workspace.files.list(join(targets, product))).map((name) => `${product}/${name}`),
    ),
  );
  return files.flat().filter((path) => !used.has(path));
}

/** @throws not-trusted where they are not the signed ones */
async function bytesOf({ network, url, signal }: CheckOptions, file: SignedFile): Promise<Uint8Array> {
  const path = `${url}/targets/${fileOf(file).map(encodeURIComponent).join('/')}`;
  const { bytes } = await fetchDocument(network, path, file.bytes, { signal });
  if (!isWhatWasSigned(bytes, file)) throw untrue(file, 'its bytes are not the signed ones');
  return bytes;
}

function untrue({ target }: SignedFile, detail: string): StepwiseError {
  return new StepwiseError('not-trusted', { file: target, detail });
}

function runsOut(name: DocumentName, expires: string, now: string): RunsOut {
  const daysLeft = Math.floor((Date.parse(expires) - Date.parse(now)) / DAY);
  return { name, expires, daysLeft, isDue: daysLeft < DUE_DAYS[name] };
}

/** @throws not-trusted where the root is none */
function believed<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('not-trusted', { file: 'root.json', detail }, { cause });
  }
}
