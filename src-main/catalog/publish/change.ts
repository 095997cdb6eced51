/** What a maker does to the list of releases: each function makes a new list, and nothing is signed by it. */
import { z } from 'zod';
import { StepwiseError } from '../../../shared/failure.ts';
import { appRelease, isApplication, release, type AnyRelease } from '../../../shared/release.ts';
import { isSameList, type StagedRelease } from './staged.ts';

/** @throws usage where another file is already released under this path */
export function withAdded(
  list: readonly StagedRelease[],
  added: StagedRelease,
  published: readonly StagedRelease[],
): readonly StagedRelease[] {
  const old = published.find(({ path }) => path === added.path);
  if (old && !isSameList([old], [added]))
    throw usage(
      `${added.path} is published already, and what is published is never replaced. Give the new firmware a new version, or another file name with --as.`,
    );
  return [...list.filter(({ path }) => path !== added.path), { ...added, custom: checked(added.custom) }];
}

/** What may change of a release that is there already: who is offered it. */
export type Offer = Partial<Pick<AnyRelease, 'channel' | 'rollout' | 'withdrawn'>>;

/**
 * One release of firmware, or all files of a version of the application: they are offered together.
 * @param wanted path of the target, `product/version`, or a version alone
 * @throws usage
 */
export function findRelease(list: readonly StagedRelease[], wanted: string): readonly StagedRelease[] {
  const names = ({ path, custom }: StagedRelease) => [
    path,
    `${path.split('/')[0] ?? ''}/${custom.version}`,
    custom.version,
  ];
  const found = list.filter((each) => names(each).includes(wanted));
  const isOneApplication = found.every(({ custom }) => isApplication(custom));
  if (found.length === 1 || (found.length > 1 && isOneApplication)) return found;
  const choice = (found.length > 1 ? found : list).map(({ path }) => path).join(', ');
  throw usage(
    found.length > 1
      ? `There are several releases ${wanted}: ${choice}.`
      : `There is no release ${wanted}. There are: ${choice === '' ? 'none yet' : choice}.`,
  );
}

export function withChanged(
  list: readonly StagedRelease[],
  chosen: readonly StagedRelease[],
  changes: Offer,
): readonly StagedRelease[] {
  const paths = new Set(chosen.map(({ path }) => path));
  return list.map((each) =>
    paths.has(each.path) ? { ...each, custom: checked({ ...each.custom, ...changes }) } : each,
  );
}

/** As a client will read it. @throws usage */
export function checked(custom: AnyRelease): AnyRelease {
  const parsed = isApplication(custom) ? appRelease.safeParse(custom) : release.safeParse(custom);
  if (parsed.success) return parsed.data;
  throw usage(`This makes no release: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`);
}

function usage(problem: string): StepwiseError {
  return new StepwiseError('usage', { problem });
}
