/**
 * From what is staged to a new version that clients take: make the documents, collect signatures with the keys that are
 * at hand, and when none is missing, publish (publication.ts). Called again it goes on where it stood, whether a person
 * with another key calls it or the same one after the power came back.
 */
import { StepwiseError } from '../../../shared/failure.ts';
import type { PublicKey, Signer } from './ed25519.ts';
import {
  encode,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  roleNames,
  sha256,
  sign,
  type Document,
  type Referred,
  type RoleName,
  type Roles,
} from './metadata.ts';
import { finishPublication, publish } from './publication.ts';
import {
  areSameRoles,
  highestVersion,
  readPublished,
  rolesOf,
  type Kept,
  type Published,
} from './published.ts';
import { missingOn, readSigning, requirements, writeSigning } from './signing.ts';
import type { Missing, Signing, SigningKind } from './signing.ts';
import { isSameList, publishedReleases, releases, unstage, type StagedRelease } from './staged.ts';
import { readSettings, wantedRoles, type Settings, type Workspace } from './workspace.ts';

/** A key that can sign here; undefined where it is not at hand. */
export type FindSigner = (key: PublicKey) => Promise<Signer | undefined>;

export interface SignRequest {
  /** ISO 8601: from when the signatures count. */
  readonly now: string;
  /** Only snapshot and timestamp, before they expire. */
  readonly refresh?: boolean;
  /** Root and targets as well, though nothing of them changes. */
  readonly renew?: boolean;
}

export interface Signed {
  /** Files in `public/` that are new, in the order in which they are to be uploaded; none while signatures are missing. */
  readonly published: readonly string[];
  readonly missing: readonly Missing[];
}

const DAY = 86_400_000;

/** @throws usage, host-file, not-trusted */
export async function signStaged(
  workspace: Workspace,
  find: FindSigner,
  request: SignRequest,
): Promise<Signed> {
  const finished = await finishPublication(workspace);
  const task = await taskOf(workspace, request);
  if (!task.isDue) {
    await unstage(workspace);
    return { published: finished, missing: [] };
  }
  const { signing, missing } = await collect(workspace, await begun(workspace, task), task, once(find));
  if (missing.length > 0) return { published: finished, missing };
  const complete = { ...signing, isComplete: true };
  await writeSigning(workspace, task.kind, complete);
  const published = await publish(workspace, task.kind, complete);
  if (!request.refresh) await unstage(workspace);
  return { published: [...finished, ...published], missing };
}

// -- what is to be done --------------------------------------------------------------------------------------------------

interface Task {
  readonly kind: SigningKind;
  readonly request: SignRequest;
  readonly waiting: Signing | undefined;
  readonly settings: Settings;
  readonly published: Published | undefined;
  readonly releases: readonly StagedRelease[];
  readonly wanted: Roles;
  readonly before: Roles | undefined;
  readonly newRoot: boolean;
  readonly newTargets: boolean;
  readonly isDue: boolean;
}

async function taskOf(workspace: Workspace, request: SignRequest): Promise<Task> {
  const settings = await readSettings(workspace);
  const published = await readPublished(workspace);
  const before = published && rolesOf(published.root.document);
  const { refresh = false, renew = false } = request;
  if (refresh && !published)
    throw new StepwiseError('usage', { problem: 'Nothing is published yet that could be refreshed.' });
  // A refresh is by the keys that count now, whatever else is on its way.
  const wanted = refresh && before ? before : wantedRoles(settings);
  const list = refresh ? publishedReleases(published) : await releases(workspace, published);
  const kind = refresh ? 'refresh' : 'signing';
  // What somebody has begun to sign is signed to its end.
  const waiting = await readSigning(workspace, kind);
  const newRoot = renew || waiting?.root !== undefined || !before || !areSameRoles(before, wanted);
  const newTargets =
    renew ||
    waiting?.targets !== undefined ||
    !published ||
    !isSameList(publishedReleases(published), list) ||
    missingOn(published.targets.document, 'targets', requirements('targets', wanted, before, settings.lost))
      .length > 0;
  return {
    kind,
    request,
    waiting,
    settings,
    published,
    releases: list,
    wanted,
    before,
    newRoot,
    newTargets,
    isDue: newRoot || newTargets || refresh,
  };
}

/** The same for whoever signs on, another one as soon as something else is to be signed. */
function purposeOf({ published, releases: list, wanted, newRoot, newTargets, settings }: Task): string {
  const edition = { version: 1, expires: '2000-01-01T00:00:00Z' };
  const content = [makeTargets({ ...edition, targets: list }), makeRoot({ ...edition, roles: wanted })];
  const versions = [published?.root, published?.targets].map((kept) => kept?.document.signed.version ?? 0);
  const days = roleNames.map((role) => settings.roles[role].days);
  const hashes = content.map((document) => sha256(encode(document)));
  return sha256(Buffer.from(JSON.stringify([hashes, versions, days, newRoot, newTargets])));
}

async function begun(workspace: Workspace, task: Task): Promise<Signing> {
  const { published, request, settings, wanted, waiting } = task;
  const purpose = purposeOf(task);
  if (waiting?.purpose === purpose) return waiting;
  const rootVersion = (published?.root.document.signed.version ?? 0) + 1;
  const targetsVersion = (await highestVersion(workspace, 'targets')) + 1;
  const expires = (role: RoleName) => expiryOf(role, settings, request);
  return {
    purpose,
    isComplete: false,
    ...(task.newRoot && {
      root: makeRoot({ version: rootVersion, expires: expires('root'), roles: wanted }),
    }),
    ...(task.newTargets && {
      targets: makeTargets({
        version: targetsVersion,
        expires: expires('targets'),
        targets: task.releases,
      }),
    }),
  };
}

function expiryOf(role: RoleName, { roles }: Settings, { now }: SignRequest): string {
  return new Date(Date.parse(now) + roles[role].days * DAY).toISOString();
}

// -- signatures ----------------------------------------------------------------------------------------------------------

interface Collected {
  readonly signing: Signing;
  readonly missing: readonly Missing[];
}

/** What is signed is kept at once. Snapshot is made when targets has every signature, timestamp when snapshot has. */
async function collect(
  workspace: Workspace,
  begin: Signing,
  task: Task,
  find: FindSigner,
): Promise<Collected> {
  let signing = begin;
  const gathered = async (role: RoleName): Promise<readonly Missing[]> => {
    const document = signing[role];
    if (!document) return [];
    const missing = await gather(document, role, task, find);
    await writeSigning(workspace, task.kind, signing);
    return missing;
  };
  const above = [...(await gathered('root')), ...(await gathered('targets'))];
  if (above.length > 0) return { signing, missing: above };

  const { snapshot: waiting, timestamp: last, ...kept } = begin;
  const expires = (role: RoleName) => expiryOf(role, task.settings, task.request);
  const version = (await highestVersion(workspace, 'snapshot')) + 1;
  // A refresh may have overtaken it meanwhile.
  const isStill = waiting?.signed.version === version;
  const snapshot = isStill
    ? waiting
    : makeSnapshot({
        version,
        expires: expires('snapshot'),
        targets: referred(begin.targets, task.published?.targets),
      });
  signing = { ...kept, snapshot };
  const missing = await gathered('snapshot');
  if (missing.length > 0) return { signing, missing };

  const timestamp = makeTimestamp({
    version: (task.published?.timestamp.document.signed.version ?? 0) + 1,
    expires: expires('timestamp'),
    snapshot: referred(snapshot),
  });
  signing = { ...kept, snapshot, timestamp: (isStill && last) || timestamp };
  return { signing, missing: await gathered('timestamp') };
}

function referred(document: Document | undefined, kept?: Kept<Document>): Referred {
  if (document) return { version: document.signed.version, bytes: encode(document) };
  if (kept) return { version: kept.document.signed.version, bytes: kept.bytes };
  throw new Error('nothing to refer to');
}

/** Signs with as many keys as are needed and at hand. @returns what is still missing */
async function gather(
  document: Document,
  role: RoleName,
  { wanted, before, settings }: Task,
  find: FindSigner,
): Promise<readonly Missing[]> {
  const required = requirements(role, wanted, before, settings.lost);
  const unavailable = new Set<string>();
  for (;;) {
    const missing = missingOn(document, role, required);
    const candidate = missing.flatMap((each) => each.of).find(({ id }) => !unavailable.has(id));
    if (!candidate) return missing;
    const signer = await find(candidate);
    if (signer) await sign(document, [signer]);
    unavailable.add(candidate.id);
  }
}

/** Nobody is asked twice for the pass phrase of a key. */
function once(find: FindSigner): FindSigner {
  const found = new Map<string, Promise<Signer | undefined>>();
  return (key) => {
    const known = found.get(key.id) ?? find(key);
    found.set(key.id, known);
    return known;
  };
}
