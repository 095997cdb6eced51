/**
 * One look at the repository. Mostly there is nothing new, and then it is one request of one small file: the timestamp
 * is there for exactly that (TUF specification §5.4), it is signed anew with every publication. The roots are looked at
 * only when it changed, or after a week, or when something is over: whoever takes a key away signs a timestamp too.
 */
import { timeFault } from './clock-doubt.ts';
import { fetchDocument, type Network } from './fetch.ts';
import { documentText, METADATA_LIMITS } from './repository-fetcher.ts';
import { refresh, type Refreshed } from './trust.ts';
import type { Verified } from './trusted-metadata.ts';

export interface LookOptions {
  readonly network: Network;
  /** Of the repository, without a slash at its end. */
  readonly url: string;
  readonly shippedRoot: string;
  /** Now; ISO 8601. */
  readonly today: string;
  /** Every step is to be gone through, whether there is news or not. */
  readonly completely: boolean;
  readonly signal: AbortSignal;
}

export interface Look extends Refreshed {
  /** Every step was gone through. */
  readonly wasComplete: boolean;
}

/** @throws StepwiseError where not even the timestamp came, or there is no room on the disk */
export async function look(before: Verified, options: LookOptions): Promise<Look> {
  const { network, url, shippedRoot, today, completely, signal } = options;
  const { timestamp: known, timestampTag } = before.texts;
  const { status, headers, bytes } = await fetchDocument(
    network,
    `${url}/metadata/timestamp.json`,
    METADATA_LIMITS.timestamp,
    { headers: known !== undefined && timestampTag ? { 'if-none-match': timestampTag } : {}, signal },
  );
  const timestamp = known !== undefined && status === 304 ? known : documentText(bytes, 'timestamp.json');
  const times = { today, told: headers['date'] };
  const isNews = timestamp !== known || !before.isComplete || timeFault(before, times) !== undefined;
  if (!isNews && !completely) return { verified: before, wasComplete: false };
  const refreshed = await refresh({
    network,
    url,
    shippedRoot,
    before,
    timestamp,
    timestampTag: status === 304 ? timestampTag : headers['etag'],
    times,
    signal,
  });
  return { ...refreshed, wasComplete: true };
}
