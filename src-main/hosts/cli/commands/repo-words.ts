/** What is staged, signed and still missing, in lines for people and facts for programs. */
import type { Channel } from '../../../../shared/settings.ts';
import { isApplication, type AnyRelease } from '../../../../shared/release.ts';
import { namedKeys, type Settings } from '../../../catalog/publish/workspace.ts';
import type { Missing } from '../../../catalog/publish/signing.ts';
import type { StagedChange } from '../../../catalog/publish/staged.ts';
import { counted } from '../quantities.ts';

const CHANNELS: Readonly<Record<Channel, string>> = {
  stable: 'for everybody',
  beta: 'for those who want beta versions',
  development: 'for development only',
};

/** What signing agrees to: a line for each. */
export function changeLines(changes: readonly StagedChange[]): readonly string[] {
  return changes.map(({ path, before, after }) =>
    before ? `${path}: ${differences(before, after).join(', ')}` : `${path}: new, ${newWords(after)}`,
  );
}

function newWords(release: AnyRelease): string {
  const { name, channel, rollout } = release;
  const part = rollout === 100 ? '' : `, offered to ${rollout} %`;
  const whom = isApplication(release)
    ? `the application for ${release.platform}, ${release.arch}${release.minimum === undefined ? '' : `; older than ${release.minimum} must take it first`}`
    : `for ${release.fits.products.join(', ')}`;
  return `“${name}”, ${CHANNELS[channel]}${part}, ${whom}`;
}

function differences(before: AnyRelease, after: AnyRelease): readonly string[] {
  const told = [
    ...(before.channel === after.channel ? [] : [`${CHANNELS[after.channel]} from now on`]),
    ...(before.rollout === after.rollout
      ? []
      : [`offered to ${after.rollout} % instead of ${before.rollout} %`]),
    ...(before.withdrawn === undefined && after.withdrawn ? [`withdrawn: ${after.withdrawn.en}`] : []),
  ];
  return told.length > 0 ? told : ['described in another way'];
}

export function missingLines(missing: readonly Missing[], settings: Settings): readonly string[] {
  const names = new Map(namedKeys(settings).map(({ id, name }) => [id, name]));
  return missing.map(({ role, signatures, of }) => {
    const who = of.map(({ id }) => names.get(id) ?? `key ${id.slice(0, 8)}`).join(' or ');
    return `${role}: ${counted(signatures, 'signature')} by ${who}`;
  });
}

export function missingFacts(missing: readonly Missing[]) {
  return missing.map(({ role, signatures, of }) => ({ role, signatures, keys: of.map(({ id }) => id) }));
}

export function changeFacts(changes: readonly StagedChange[]) {
  return changes.map(({ path, before, after }) => ({ path, release: after, before: before ?? null }));
}
