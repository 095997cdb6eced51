/** A place on the bench, which is a port: what stands there, and what can be done with it now. */
import type { Device } from '../../shared/device.ts';
import type { ConsentKind, Failure } from '../../shared/failure.ts';
import type { Consent, Firmware, Review } from '../../shared/firmware.ts';
import { isOver } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';

/** What the chosen firmware means for one device. */
export type Prospect =
  | { readonly kind: 'asked' }
  | { readonly kind: 'reviewed'; readonly review: Review }
  | { readonly kind: 'refused'; readonly failure: Failure };

export type Seat =
  | { readonly kind: 'looking' }
  | { readonly kind: 'application' }
  | { readonly kind: 'unusable'; readonly failure: Failure }
  /** No firmware is chosen. */
  | { readonly kind: 'choose' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'consent'; readonly review: Review }
  | { readonly kind: 'ready'; readonly review: Review }
  | { readonly kind: 'starting' }
  | { readonly kind: 'working'; readonly job: Job }
  /** `again` where the device is still there and may be updated once more. */
  | { readonly kind: 'over'; readonly job: Job; readonly again: Review | undefined };

export interface Place {
  readonly device: Device | undefined;
  /** The last job here. */
  readonly job: Job | undefined;
  /** Since that job was over, the device was away: what is here now is another one, or comes anew. */
  readonly fresh: boolean;
  readonly starting: boolean;
  readonly prospect: Prospect | undefined;
  readonly agreed: ReadonlySet<ConsentKind>;
}

/** @returns undefined where there is nothing to tell of */
export function seatOf({ device, job, fresh, starting, prospect, agreed }: Place): Seat | undefined {
  if (job && !isOver(job)) return { kind: 'working', job };
  if (starting) return { kind: 'starting' };
  const review = prospect?.kind === 'reviewed' ? prospect.review : undefined;
  if (job && (!fresh || !device || device.state.kind === 'application'))
    return { kind: 'over', job, again: review && isAgreed(review, agreed) ? review : undefined };
  if (!device) return undefined;
  const { state } = device;
  switch (state.kind) {
    case 'looking':
    case 'application':
      return { kind: state.kind };
    // The job is not in the list yet, or not any more.
    case 'working':
      return { kind: 'starting' };
    case 'unusable':
      return { kind: 'unusable', failure: state.failure };
    case 'ready':
      if (!prospect) return { kind: 'choose' };
      if (!review) return prospect.kind === 'refused' ? prospect : { kind: 'asked' };
      return { kind: isAgreed(review, agreed) ? 'ready' : 'consent', review };
  }
}

function isAgreed({ consents }: Review, agreed: ReadonlySet<ConsentKind>): boolean {
  return consents.every(({ kind }) => agreed.has(kind));
}

/** What all these updates need the person's consent for: each kind once, with the bytes at stake on all devices. */
export function consentsOf(reviews: readonly Review[]): readonly Consent[] {
  const byKind = new Map<ConsentKind, Consent>();
  for (const { kind, bytes } of reviews.flatMap(({ consents }) => consents)) {
    const before = byKind.get(kind)?.bytes;
    const sum = bytes === undefined && before === undefined ? undefined : (before ?? 0) + (bytes ?? 0);
    byKind.set(kind, { kind, ...(sum !== undefined && { bytes: sum }) });
  }
  return [...byKind.values()];
}

/** The second port comes before the tenth. */
function byPort(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Ports at which something is, or of which a job tells. */
export function portsOf(...lists: readonly (readonly { readonly path: string }[])[]): readonly string[] {
  return [...new Set(lists.flat().map(({ path }) => path))].sort(byPort);
}

/** Each once, as it was listed last, in the order in which they came first. */
export function withoutDoubles(firmware: readonly Firmware[]): readonly Firmware[] {
  // A release may come in several builds, for one chip each: to the person it is one.
  const nameOf = ({ source, version, id }: Firmware) => (source === 'release' ? (version ?? id) : id);
  return [...new Map(firmware.map((each) => [nameOf(each), each])).values()];
}
