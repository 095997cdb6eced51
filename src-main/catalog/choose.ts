/**
 * Which release a device should get, and why it must not get the others. Decided here and not on a server: the maker
 * signs the rules with the firmware, and everybody who has them can see what they say. Pure: nothing is fetched.
 */
import { createHash } from 'node:crypto';
import type { FailureFacts } from '../../shared/failure.ts';
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { Release, ReleaseRule } from '../../shared/release.ts';
import type { Channel } from '../../shared/settings.ts';
import type { SignedFile } from './signed-file.ts';
import { compareVersions } from './versions.ts';

/** A release as the repository has it: what is signed of it, and not its bytes. */
export interface CatalogRelease extends SignedFile {
  readonly release: Release;
}

/** What is known of a device for which there may be a release. */
export interface Recipient {
  /** `id` of its product line. */
  readonly product: string | undefined;
  /** Absent while it runs its application: its hardware is not asked then, and not judged. */
  readonly identity?: DeviceIdentity | undefined;
  /** Of the firmware that is on it. */
  readonly version: string | undefined;
  /** The product lets its customers go back to older versions. */
  readonly mayDowngrade: boolean;
}

/** Who chooses. */
export interface Chooser {
  readonly channel: Channel;
  /** Of this application. */
  readonly appVersion: string;
  /** Oldest version of the application that may update devices, where the repository asks for one. */
  readonly oldestApp?: string | undefined;
  /** Drawn once for each installation and kept: it decides when its turn is in a staged roll-out. */
  readonly installation: string;
}

export interface Choice {
  readonly offered: CatalogRelease;
  /** Why this device must not get it. */
  readonly refusal?: FailureFacts['release-refused'];
  /** Others are offered it first. It is not recommended yet, but who asks for it gets it. */
  readonly early: boolean;
}

/** Who wants a channel gets what is more stable as well. */
export const CHANNELS_OF: Readonly<Record<Channel, readonly Channel[]>> = {
  stable: ['stable'],
  beta: ['stable', 'beta'],
  development: ['stable', 'beta', 'development'],
};

/**
 * The releases of the chooser's channel for this device's product: newest first, the refused ones behind the others.
 * The first is the one to recommend, if it is neither refused nor early.
 */
export function chooseReleases(
  releases: readonly CatalogRelease[],
  recipient: Recipient,
  chooser: Chooser,
): readonly Choice[] {
  const choices = releases
    .filter(({ release }) => CHANNELS_OF[chooser.channel].includes(release.channel))
    .filter(({ release }) => isForProduct(release, recipient.product))
    .toSorted((a, b) => compareVersions(b.release.version, a.release.version))
    .map((offered) => choiceOf(offered, recipient, chooser));
  const rank = ({ refusal, early }: Choice) => (refusal ? 2 : Number(early));
  const shown = choices.filter((choice) => {
    const builds = choices.filter(
      ({ offered }) => offered.release.version === choice.offered.release.version,
    );
    return buildsToShow(builds, recipient).includes(choice);
  });
  return shown.toSorted((a, b) => rank(a) - rank(b));
}

/** A version may come in several builds, for one chip each: those that fit, or one that stands for all. */
function buildsToShow(builds: readonly Choice[], { identity }: Recipient): readonly Choice[] {
  const fitting = builds.filter(({ refusal }) => !refusal);
  if (fitting.length > 0 && identity) return fitting;
  const forThisChip = builds.filter(({ refusal }) => refusal?.reason !== 'chip');
  return [...forThisChip, ...builds].slice(0, 1);
}

/** A maker with several products lists all of them together; of a device nobody can name all of them are shown. */
function isForProduct({ fits }: Release, product: string | undefined): boolean {
  return product === undefined || fits.products.includes(product);
}

function choiceOf(offered: CatalogRelease, recipient: Recipient, chooser: Chooser): Choice {
  const refusal = refusalOf(offered.release, recipient, chooser);
  return { offered, ...(refusal && { refusal }), early: !isTurnOf(chooser.installation, offered) };
}

// -- refusals ------------------------------------------------------------------------------------------------------------

type Refusal = FailureFacts['release-refused'];
type Reason = Omit<Refusal, 'version'>;

function refusalOf(release: Release, recipient: Recipient, chooser: Chooser): Refusal | undefined {
  const reason =
    withdrawal(release) ??
    tooOld(release, recipient, chooser) ??
    (recipient.identity && hardware(release, recipient.identity));
  return reason && { version: release.version, ...reason };
}

function withdrawal({ withdrawn }: Release): Reason | undefined {
  return withdrawn && { reason: 'withdrawn', why: withdrawn };
}

function tooOld(
  release: Release,
  { version, mayDowngrade }: Recipient,
  { appVersion, oldestApp }: Chooser,
): Reason | undefined {
  const { minimumApp, minimumFrom, policy } = release;
  const app = newerOf(minimumApp, oldestApp);
  if (app !== undefined && compareVersions(appVersion, app) < 0)
    return { reason: 'app-too-old', wanted: app, found: appVersion };
  // Of a device that does not tell its version nothing is known to be wrong: to refuse it would be a dead end.
  if (version === undefined) return undefined;
  if (minimumFrom !== undefined && compareVersions(version, minimumFrom) < 0)
    return { reason: 'firmware-too-old', wanted: minimumFrom, found: version };
  if (!(mayDowngrade && policy.downgrade) && compareVersions(release.version, version) < 0)
    return { reason: 'downgrade', found: version };
  return undefined;
}

function newerOf(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && compareVersions(a, b) < 0) ? b : a;
}

function hardware({ fits }: Release, identity: DeviceIdentity): Reason | undefined {
  const family = valueOf(identity.family);
  // Where it cannot be told which of several chips it is, the release has to be for all of them.
  const chips = family ? [family] : identity.candidates;
  if (fits.chips.length > 0 && !chips.every(({ deviceId }) => fits.chips.includes(deviceId)))
    return { reason: 'chip', wanted: fits.chips.map(hexadecimal).join(', '), found: identity.title };
  const size = valueOf(identity.flashSize);
  if (fits.flashSize !== undefined && size !== undefined && size < fits.flashSize)
    return { reason: 'flash-size', wanted: kilobytes(fits.flashSize), found: kilobytes(size) };
  return (
    broken('stepping', fits.steppings, valueOf(identity.stepping), String) ??
    broken('bootloader', fits.bootloaders, valueOf(identity.bootloaderId), (id) => hexadecimal(Number(id)))
  );
}

/** Where there is a rule, what cannot be read does not keep it: the maker knows why there is one. */
function broken(
  reason: 'stepping' | 'bootloader',
  rule: ReleaseRule | undefined,
  value: string | number | undefined,
  written: (value: string | number) => string,
): Reason | undefined {
  if (!rule) return undefined;
  const values: readonly (string | number)[] = rule.values;
  if (value !== undefined && values.includes(value) === (rule.rule === 'only')) return undefined;
  return {
    reason,
    why: rule.reason,
    ...(rule.rule === 'only' && { wanted: values.map(written).join(', ') }),
    ...(value !== undefined && { found: written(value) }),
  };
}

/** As ST's documents write device IDs and bootloader IDs: `0x450`, `0x90`. */
function hexadecimal(id: number): string {
  return `0x${id.toString(16).toUpperCase()}`;
}

function kilobytes(bytes: number): string {
  return `${Math.floor(bytes / 1024)} KB`;
}

// -- staged roll-out -----------------------------------------------------------------------------------------------------

/**
 * The same installation has another place in the queue for each release, and keeps it: whoever had a release at 10 %
 * has it at 20 %, and nobody is always the first.
 */
export function isTurnOf(
  installation: string,
  { target, release }: { readonly target: string; readonly release: Pick<Release, 'rollout'> },
): boolean {
  const digest = createHash('sha256').update(`${installation}\n${target}`).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100 < release.rollout;
}
