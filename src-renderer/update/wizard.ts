/**
 * Where a person is on the way through an update. The union has a member for each place with exactly what is known
 * there; the reducer says how one leads to the next. What is asked of the main side follows from the place alone
 * (`question`), so that an answer nobody waits for any more changes nothing.
 */
import type { ConsentKind, Failure } from '../../shared/failure.ts';
import type { Firmware, Review } from '../../shared/firmware.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { MapSector } from '../parts/sector-map/state.ts';
import { plannedMap, wholeFlash } from './flash-map.ts';

/** Something that was asked for and comes, or does not. */
export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'there'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Connect {
  readonly step: 'connect';
  /** Port path of the device that was picked among several. */
  readonly picked?: string | undefined;
  /** The device that was worked with is gone. */
  readonly news: 'none' | 'unplugged';
  /** A file that waits for a device. */
  readonly opened?: Firmware | undefined;
}

export interface Choose {
  readonly step: 'choose';
  readonly path: string;
  readonly offer: Asked<readonly Firmware[]>;
  /** `id` of the firmware that was picked. */
  readonly picked?: string | undefined;
  /** How the device came to need firmware. */
  readonly news: 'none' | 'unlocked';
}

export interface Reviewing {
  readonly step: 'review';
  readonly path: string;
  readonly firmware: string;
  /** It is the one that is recommended: nothing newer is meant for this device. */
  readonly newest: boolean;
  /** Bytes beside the image. */
  readonly outside: 'keep' | 'discard';
  readonly review: Asked<Review>;
  readonly agreed: readonly ConsentKind[];
  readonly start: { readonly kind: 'not-yet' } | Asked<never>;
}

export interface Updating {
  readonly step: 'update';
  readonly path: string;
  readonly job: string;
  /** To do the same again, and to say what is on the device afterwards. */
  readonly firmware?: Installing | undefined;
  /** The flash before it began, to draw on; empty where it is not known. */
  readonly flash: readonly MapSector[];
}

export interface Installing extends Pick<Reviewing, 'newest'>, Pick<Firmware, 'version'> {
  readonly id: string;
}

export type Wizard = Connect | Choose | Reviewing | Updating;

export type WizardEvent =
  | { readonly type: 'picked-device'; readonly path: string }
  | { readonly type: 'device-chosen'; readonly path: string }
  /** The device is not there any more, or not in its bootloader. */
  | { readonly type: 'device-gone' }
  | { readonly type: 'offered'; readonly firmware: readonly Firmware[] }
  /** A file was opened. */
  | { readonly type: 'file-added'; readonly firmware: Firmware }
  | { readonly type: 'picked-firmware'; readonly id: string }
  | ({ readonly type: 'firmware-chosen'; readonly path: string; readonly id: string } & Partial<
      Pick<Reviewing, 'newest'>
    >)
  /** With this program, by a double click: nobody knows yet for which device. */
  | { readonly type: 'firmware-opened'; readonly firmware: Firmware }
  | { readonly type: 'reviewed'; readonly review: Review }
  | { readonly type: 'outside'; readonly outside: Reviewing['outside'] }
  | { readonly type: 'agreed'; readonly kind: ConsentKind }
  | { readonly type: 'disagreed'; readonly kind: ConsentKind }
  | { readonly type: 'start' }
  /** `identity`: of a device that was not reviewed here. */
  | {
      readonly type: 'job-begun';
      readonly path: string;
      readonly job: string;
      readonly identity?: DeviceIdentity | undefined;
    }
  /** What was asked for last did not come. */
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'ask-again' }
  | { readonly type: 'back' }
  /** The job is over; the same device and firmware, looked at anew. */
  | { readonly type: 'same-again' }
  /** The job was to unlock it, and that is done. */
  | { readonly type: 'unlocked' }
  | { readonly type: 'from-the-beginning' };

export const AT_THE_BEGINNING: Wizard = { step: 'connect', news: 'none' };
const ASKING = { kind: 'asking' } as const;

export function next(now: Wizard, event: WizardEvent): Wizard {
  switch (event.type) {
    case 'from-the-beginning':
      return AT_THE_BEGINNING;
    case 'device-chosen':
      return choose(event.path, now.step === 'connect' ? now.opened?.id : undefined);
    case 'firmware-chosen':
      return reviewOf(event.path, event.id, event.newest);
    case 'job-begun':
      return {
        step: 'update',
        path: event.path,
        job: event.job,
        flash: flashOf(now, event.identity),
        ...(now.step === 'review' && { firmware: installing(now) }),
      };
    default:
      return fromPlace(now, event);
  }
}

function fromPlace(now: Wizard, event: WizardEvent): Wizard {
  switch (now.step) {
    case 'connect':
      if (event.type === 'firmware-opened') return { ...now, opened: event.firmware };
      return event.type === 'picked-device' ? { ...now, picked: event.path } : now;
    case 'choose':
      return nextOfChoose(now, event);
    case 'review':
      return nextOfReview(now, event);
    case 'update':
      return nextOfUpdate(now, event);
  }
}

function flashOf(now: Wizard, identity: DeviceIdentity | undefined): readonly MapSector[] {
  if (now.step === 'review' && now.review.kind === 'there') return plannedMap(now.review.value);
  return identity ? wholeFlash(identity) : [];
}

function installing({ firmware: id, newest, review }: Reviewing): Installing {
  const version = review.kind === 'there' ? review.value.firmware.version : undefined;
  return { id, newest, version };
}

function choose(path: string, picked?: string, news: Choose['news'] = 'none'): Choose {
  return { step: 'choose', path, offer: ASKING, picked, news };
}

function reviewOf(path: string, firmware: string, newest = false): Reviewing {
  return {
    step: 'review',
    path,
    firmware,
    newest,
    outside: 'keep',
    review: ASKING,
    agreed: [],
    start: { kind: 'not-yet' },
  };
}

function nextOfChoose(now: Choose, event: WizardEvent): Wizard {
  switch (event.type) {
    case 'offered':
      return { ...now, offer: { kind: 'there', value: event.firmware } };
    case 'refused':
      return { ...now, offer: { kind: 'failed', failure: event.failure } };
    case 'ask-again':
      return { ...now, offer: ASKING };
    case 'file-added':
    case 'firmware-opened':
      // The list says whether this device may get it.
      return { ...now, offer: ASKING, picked: event.firmware.id };
    case 'picked-firmware':
      return { ...now, picked: event.id };
    case 'device-gone':
      return { step: 'connect', news: 'unplugged' };
    case 'back':
      return AT_THE_BEGINNING;
    default:
      return now;
  }
}

function nextOfReview(now: Reviewing, event: WizardEvent): Wizard {
  switch (event.type) {
    case 'reviewed':
      return { ...now, review: { kind: 'there', value: event.review } };
    case 'refused':
      return now.start.kind === 'asking'
        ? { ...now, start: { kind: 'failed', failure: event.failure } }
        : { ...now, review: { kind: 'failed', failure: event.failure } };
    case 'ask-again':
      return reviewOf(now.path, now.firmware, now.newest);
    case 'outside':
      return { ...reviewOf(now.path, now.firmware, now.newest), outside: event.outside };
    case 'agreed':
      return { ...now, agreed: [...now.agreed.filter((kind) => kind !== event.kind), event.kind] };
    case 'disagreed':
      return { ...now, agreed: now.agreed.filter((kind) => kind !== event.kind) };
    case 'start':
      return missingConsents(now).length === 0 ? { ...now, start: ASKING } : now;
    case 'device-gone':
      // The job that was just begun holds the device already.
      return now.start.kind === 'asking' ? now : { step: 'connect', news: 'unplugged' };
    case 'firmware-opened':
      return now.start.kind === 'asking' ? now : choose(now.path, event.firmware.id);
    case 'back':
      return choose(now.path, now.firmware);
    default:
      return now;
  }
}

function nextOfUpdate(now: Updating, event: WizardEvent): Wizard {
  const { path, firmware } = now;
  switch (event.type) {
    case 'same-again':
      return firmware ? reviewOf(path, firmware.id, firmware.newest) : choose(path);
    case 'unlocked':
      return choose(path, undefined, 'unlocked');
    case 'back':
      return choose(path, firmware?.id);
    default:
      return now;
  }
}

/** What the person still has to agree to before this update. */
export function missingConsents({
  review,
  agreed,
}: Pick<Reviewing, 'review' | 'agreed'>): readonly ConsentKind[] {
  if (review.kind !== 'there') return [];
  return review.value.consents.map(({ kind }) => kind).filter((kind) => !agreed.includes(kind));
}

export function mayStart(now: Reviewing): now is Reviewing & { readonly review: { readonly kind: 'there' } } {
  return now.review.kind === 'there' && now.start.kind !== 'asking' && missingConsents(now).length === 0;
}

/** What is to be asked of the main side where the person is. */
export type Question =
  | { readonly ask: 'firmware'; readonly path: string }
  | { readonly ask: 'review'; readonly of: Reviewing }
  | { readonly ask: 'start'; readonly of: Reviewing };

export function question(now: Wizard): Question | undefined {
  if (now.step === 'choose' && now.offer.kind === 'asking') return { ask: 'firmware', path: now.path };
  if (now.step !== 'review') return undefined;
  if (now.review.kind === 'asking') return { ask: 'review', of: now };
  return now.start.kind === 'asking' ? { ask: 'start', of: now } : undefined;
}

/** The firmware that is picked in what is offered: the person's, else the recommended one, else the only one. */
export function pickedFirmware({ offer, picked }: Choose): Firmware | undefined {
  if (offer.kind !== 'there') return undefined;
  const allowed = offer.value.filter(({ refusal }) => refusal === undefined);
  return (
    allowed.find(({ id }) => id === picked) ??
    allowed.find(({ recommended }) => recommended) ??
    (allowed.length === 1 ? allowed[0] : undefined)
  );
}
