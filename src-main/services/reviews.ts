/** What an update would do to a device, and what the person and the product have to agree to. Nothing is touched. */
import { rangeLength, type AddressRange } from '../../shared/address.ts';
import { StepwiseError, toFailure, type ConsentKind } from '../../shared/failure.ts';
import type { Consent, Firmware, Review } from '../../shared/firmware.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { JournalEntry } from '../flash/journal.ts';
import { imageHash } from '../flash/journal.ts';
import { makePlan, type Plan } from '../flash/plan.ts';
import { releasePolicy } from '../catalog/release-image.ts';
import { compareVersions } from '../catalog/versions.ts';
import type { Ready } from './device-registry.ts';
import type { ShelvedFirmware } from './firmware-shelf.ts';

export interface Proposal {
  readonly device: Ready;
  readonly firmware: ShelvedFirmware;
  /** Bytes beside the image may be lost. */
  readonly discardOutside: boolean;
  /** An update of this device that was interrupted. */
  readonly interrupted: JournalEntry | undefined;
}

/** How the application starts after an update: some loaders are known to crash where they should start it. */
export function startOf({ line, target }: Ready, { release }: ShelvedFirmware): Review['start'] {
  const unreliable = target.quirks.some(({ effect }) => effect.kind === 'leave-unreliable');
  const wanted = line?.policy.start === 'leave' && release?.policy.start !== 'replug';
  return wanted && !unreliable ? 'leave' : 'replug';
}

/** @throws plan-refused, read-protected, not-allowed */
export function review(proposal: Proposal): Review {
  const { device, firmware, interrupted } = proposal;
  const { identity, line, version } = device;
  const plan = planOf(proposal);
  const outside = plan.steps.flatMap((step) => step.outside);
  return {
    path: identity.path,
    identity,
    firmware: cardOf(firmware),
    ...(version !== undefined && { from: version }),
    bytes: plan.bytes,
    sectors: plan.steps.map(({ sector, bytes }) => ({ address: sector.address, size: sector.size, bytes })),
    kept: plan.policy.outside === 'preserve' ? outside : [],
    lost: plan.lost,
    expected: plan.expected,
    handled: plan.handled.map(({ name }) => name),
    consents: consentsFor(proposal, plan, line),
    continues: interrupted?.image === imageHash(firmware.image),
    start: startOf(device, firmware),
  };
}

/** The firmware as it is listed for a device: with the reason where the device must not get it. */
export function listed(proposal: Proposal): Firmware {
  const card = cardOf(proposal.firmware);
  try {
    planOf(proposal);
    return card;
  } catch (error) {
    return { ...card, refusal: toFailure(error) };
  }
}

export function cardOf({ card, image }: ShelvedFirmware): Firmware {
  return { ...card, bytes: image.size, recommended: false };
}

/** @throws consent-missing for the first that is asked for and not given */
export function checkConsents(wanted: readonly Consent[], given: readonly ConsentKind[]): void {
  const missing = wanted.find(({ kind }) => !given.includes(kind));
  if (missing) throw new StepwiseError('consent-missing', { what: missing.kind });
}

function planOf(proposal: Proposal): Plan {
  const { device, firmware, discardOutside } = proposal;
  const policy = device.line?.policy;
  if (!firmware.release && !policy?.files)
    throw new StepwiseError('not-allowed', { what: 'firmware from a file' });
  if (isDowngrade(proposal) && !policy?.downgrade)
    throw new StepwiseError('not-allowed', { what: 'an older version than the one on the device' });
  return makePlan(
    firmware.image,
    device.target,
    releasePolicy(device.line, firmware.release, discardOutside),
  );
}

function consentsFor(proposal: Proposal, plan: Plan, line: ProductLine | undefined): readonly Consent[] {
  const lost = plan.lost.reduce((sum, range: AddressRange) => sum + rangeLength(range), 0);
  return [
    ...(lost > 0 ? [{ kind: 'discard-outside', bytes: lost } as const] : []),
    ...(isDowngrade(proposal) && line?.policy.downgrade ? [{ kind: 'downgrade' } as const] : []),
    ...(!proposal.firmware.release ? [{ kind: 'unsigned' } as const] : []),
  ];
}

function isDowngrade({ device, firmware }: Proposal): boolean {
  const { version } = firmware.card;
  if (version === undefined || device.version === undefined) return false;
  return compareVersions(version, device.version) < 0;
}
