import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BareTufClient } from '../../../test/rig/bare-tuf-client.ts';
import { MortalFiles, PowerLoss } from '../../../test/rig/mortal-files.ts';
import type { Release } from '../../../shared/release.ts';
import { signerFromSeed, type Signer } from './ed25519.ts';
import { roleNames, sha256, type RoleName } from './metadata.ts';
import { readPublished } from './published.ts';
import { signStaged, type FindSigner, type SignRequest } from './sign.ts';
import {
  changesBetween,
  keepFile,
  publishedReleases,
  releases,
  stage,
  type StagedRelease,
} from './staged.ts';
import { emptySettings, readSettings, writeSettings, type Settings, type Workspace } from './workspace.ts';

const NOW = '2026-03-01T00:00:00Z';
const FOLDER = '/repository';
const later = (days: number) => new Date(Date.parse(NOW) + days * 86_400_000).toISOString();

/** A key of each name, the same in every test. */
const signers = new Map<string, Signer>();
function signer(name: string): Signer {
  const made = signers.get(name) ?? signerFromSeed(Buffer.from(sha256(Buffer.from(name)), 'hex'));
  signers.set(name, made);
  return made;
}
const stored = (name: string) => ({ name, point: signer(name).key.point });
const having =
  (...names: readonly string[]): FindSigner =>
  ({ id }) =>
    Promise.resolve(names.map(signer).find(({ key }) => key.id === id));

function settings(
  changes: Partial<Record<RoleName, readonly [names: readonly string[], threshold: number]>>,
): Settings {
  const empty = emptySettings();
  const entries = roleNames.map((role) => {
    const [names, threshold] = changes[role] ?? [[role], 1];
    return [role, { ...empty.roles[role], keys: names.map(stored), threshold }] as const;
  });
  return { ...empty, roles: Object.fromEntries(entries) as unknown as Settings['roles'] };
}

function release(version: string, changes: Partial<Release> = {}): Release {
  return {
    schema: 1,
    name: `Airmeter ${version}`,
    version,
    channel: 'stable',
    released: '2026-01-31T12:00:00Z',
    notes: { en: 'Better.\nAnd faster.' },
    fits: { products: ['airmeter'], chips: [0x450] },
    format: 'dfuse',
    policy: { vectorTableLast: false, preserve: [], downgrade: false, start: 'leave' },
    rollout: 100,
    ...changes,
  };
}

const firmware = (version: string) => Buffer.from(`firmware ${version}`);
const listed = (version: string, changes: Partial<Release> = {}): StagedRelease => ({
  path: `airmeter/airmeter-${version}.dfu`,
  length: firmware(version).length,
  sha256: sha256(firmware(version)),
  custom: release(version, changes),
});

async function add(workspace: Workspace, version: string): Promise<void> {
  const list = await releases(workspace, await readPublished(workspace));
  await keepFile(workspace, listed(version), firmware(version));
  await stage(workspace, [...list, listed(version)]);
}

const ALL = ['root', 'targets', 'snapshot', 'timestamp'];
let files: MortalFiles;
let workspace: Workspace;
const signNow = (names: readonly string[] = ALL, request: Partial<SignRequest> = {}) =>
  signStaged(workspace, having(...names), { now: NOW, ...request });
const lookupIn = (where: MortalFiles) => (path: string) => where.content.get(join(FOLDER, 'public', path));
const root = (version = 1) => lookupIn(files)(`metadata/${version}.root.json`) ?? new Uint8Array();
const inPublic = (path: string) => lookupIn(files)(path);

const clients: BareTufClient[] = [];
function client(): BareTufClient {
  const made = new BareTufClient(root());
  clients.push(made);
  return made;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(NOW) });
  files = new MortalFiles();
  workspace = { files, folder: FOLDER };
  await writeSettings(workspace, settings({}));
  await add(workspace, '1.0.0');
});
afterEach(() => {
  vi.useRealTimers();
  for (const each of clients.splice(0)) each.dispose();
});

describe('signing what is staged', () => {
  it('makes a repository that another client takes', async () => {
    const { published, missing } = await signNow();
    expect(missing).toEqual([]);
    expect(published).toEqual([
      `targets/airmeter/${sha256(firmware('1.0.0'))}.airmeter-1.0.0.dfu`,
      'metadata/1.targets.json',
      'metadata/1.snapshot.json',
      'metadata/timestamp.json',
      'metadata/1.root.json',
    ]);
    const updater = await client().refreshed(inPublic);
    const target = await updater.getTargetInfo('airmeter/airmeter-1.0.0.dfu');
    expect(target?.custom).toMatchObject({ version: '1.0.0', notes: { en: 'Better.\nAnd faster.' } });
    if (target) await updater.downloadTarget(target);
  });

  it('is the same to the byte with the same keys, releases and time', async () => {
    await signNow();
    const first = new Map(files.content);
    files = new MortalFiles();
    workspace = { files, folder: FOLDER };
    await writeSettings(workspace, settings({}));
    await add(workspace, '1.0.0');
    await signNow();
    expect(new Map(files.content)).toEqual(first);
  });

  it('makes one new version of several changes, and leaves old ones where they are', async () => {
    await signNow();
    await add(workspace, '1.1.0');
    await add(workspace, '1.2.0');
    await signNow();
    const names = await files.list(join(FOLDER, 'public/metadata'));
    expect(names).toEqual([
      '1.root.json',
      '1.snapshot.json',
      '1.targets.json',
      '2.snapshot.json',
      '2.targets.json',
      'timestamp.json',
    ]);
    expect(publishedReleases(await readPublished(workspace))).toHaveLength(3);
  });

  it('does nothing where nothing is staged', async () => {
    await signNow();
    const before = new Map(files.content);
    expect(await signNow()).toEqual({ published: [], missing: [] });
    expect(new Map(files.content)).toEqual(before);
  });

  it('refuses firmware that was changed after it was added', async () => {
    const path = join(FOLDER, 'staged/targets/airmeter', `${listed('1.0.0').sha256}.airmeter-1.0.0.dfu`);
    expect(files.content.has(path)).toBe(true);
    files.content.set(path, Buffer.from('another one'));
    await expect(signNow()).rejects.toMatchObject({ failure: { code: 'host-file' } });
  });

  it('shows which releases it changes', () => {
    const before = [listed('1.0.0')];
    const after = [listed('1.0.0', { rollout: 10 }), listed('1.1.0')];
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(before, after)).toMatchObject([
      { before: { rollout: 100 }, after: { rollout: 10 } },
      { path: 'airmeter/airmeter-1.1.0.dfu', after: { version: '1.1.0' } },
    ]);
  });
});

describe('a threshold of two', () => {
  beforeEach(async () => {
    await writeSettings(workspace, settings({ root: [['r1', 'r2'], 2], targets: [['t1', 't2', 't3'], 2] }));
  });

  it('waits for the second person, who only adds a signature', async () => {
    const first = await signNow(['r1', 't1', 'snapshot', 'timestamp']);
    expect(first.published).toEqual([]);
    expect(first.missing).toMatchObject([
      { role: 'root', signatures: 1, of: [{ id: signer('r2').key.id }] },
      { role: 'targets', signatures: 1, of: ['t2', 't3'].map((name) => ({ id: signer(name).key.id })) },
    ]);
    expect(inPublic('metadata/timestamp.json')).toBeUndefined();
    const second = await signNow(['r2', 't3'], { now: later(1) });
    expect(second.missing).toMatchObject([{ role: 'snapshot', signatures: 1 }]);
    const third = await signNow(['snapshot', 'timestamp'], { now: later(1) });
    expect(third.missing).toEqual([]);
    await client().refreshed(inPublic);
  });

  it('begins anew where something else was staged meanwhile', async () => {
    await signNow(['r1', 't1']);
    await add(workspace, '1.1.0');
    const { missing } = await signNow(['r2', 't2', 'snapshot', 'timestamp']);
    expect(missing.map(({ role, signatures }) => [role, signatures])).toEqual([
      ['root', 1],
      ['targets', 1],
    ]);
  });

  it('lets a refresh pass in the meantime', async () => {
    await signNow(['r1', 'r2', 't1', 't2', 'snapshot', 'timestamp']);
    await add(workspace, '1.1.0');
    await signNow(['t1', 'snapshot', 'timestamp']);
    await signNow(['snapshot', 'timestamp'], { refresh: true });
    await signNow(['t2', 'snapshot', 'timestamp']);
    const published = await readPublished(workspace);
    expect(published?.timestamp.document.signed.version).toBe(3);
    expect(publishedReleases(published)).toHaveLength(2);
    await client().refreshed(inPublic);
  });
});

describe('a refresh', () => {
  it('needs the online keys alone, and signs nothing that is staged', async () => {
    await signNow();
    await add(workspace, '1.1.0');
    const { published } = await signNow(['snapshot', 'timestamp'], { refresh: true, now: later(10) });
    expect(published).toEqual(['metadata/2.snapshot.json', 'metadata/timestamp.json']);
    vi.setSystemTime(Date.parse(later(23)));
    const updater = await client().refreshed(inPublic);
    expect(await updater.getTargetInfo('airmeter/airmeter-1.1.0.dfu')).toBeUndefined();
    expect(await releases(workspace, await readPublished(workspace))).toHaveLength(2);
  });

  it('is nothing before there is anything', async () => {
    await expect(signNow(ALL, { refresh: true })).rejects.toMatchObject({ failure: { code: 'usage' } });
  });

  it('says which key is missing', async () => {
    await signNow();
    const { missing } = await signNow(['snapshot'], { refresh: true });
    expect(missing).toMatchObject([{ role: 'timestamp' }]);
  });
});

describe('root and targets', () => {
  it('are renewed on demand alone: a release needs no root key', async () => {
    await signNow();
    expect((await signNow(ALL, { now: later(360) })).published).toEqual([]);
    const { published } = await signNow(ALL, { now: later(360), renew: true });
    expect(published).toEqual(expect.arrayContaining(['metadata/2.root.json', 'metadata/2.targets.json']));
    vi.setSystemTime(Date.parse(later(370)));
    await client().refreshed(inPublic);
  });
});

describe('a rotation', () => {
  it.each<[string, Parameters<typeof settings>[0], readonly string[]]>([
    [
      'of all keys',
      { root: [['r2'], 1], targets: [['t2'], 1], snapshot: [['s2'], 1], timestamp: [['m2'], 1] },
      ['r2', 't2', 's2', 'm2'],
    ],
    ['to two root keys of three', { root: [['root', 'r2', 'r3'], 2] }, ['r2', 'r3']],
  ])('%s is followed by a client of the first root', async (_name, changes, fresh) => {
    await signNow();
    const old = client();
    await old.refreshed(inPublic);
    await writeSettings(workspace, settings(changes));
    expect((await signNow([...ALL, ...fresh])).published.at(-1)).toBe('metadata/2.root.json');
    await old.refreshed(inPublic);
    await add(workspace, '1.1.0');
    await signNow([...fresh, 'targets', 'snapshot', 'timestamp']);
    await old.refreshed(inPublic);
    await client().refreshed(inPublic);
  });

  it('after which the old online keys are worth nothing', async () => {
    await signNow();
    await writeSettings(workspace, settings({ timestamp: [['m2'], 1] }));
    await signNow([...ALL, 'm2']);
    const { missing } = await signNow(ALL, { refresh: true });
    expect(missing).toMatchObject([{ role: 'timestamp', of: [{ id: signer('m2').key.id }] }]);
  });

  it('of the root wants the old keys as well as the new ones', async () => {
    await signNow();
    await writeSettings(workspace, settings({ root: [['r2'], 1] }));
    const { missing } = await signNow(['r2', 'targets', 'snapshot', 'timestamp']);
    expect(missing).toMatchObject([{ role: 'root', of: [{ id: signer('root').key.id }] }]);
  });

  it('does without an old key that is lost, where it is none of the root', async () => {
    await signNow();
    const wanted = settings({ timestamp: [['m2'], 1] });
    await writeSettings(workspace, { ...wanted, lost: [signer('timestamp').key.id] });
    const { missing } = await signNow(['root', 'targets', 'snapshot', 'm2']);
    expect(missing).toEqual([]);
    await client().refreshed(inPublic);
  });
});

describe('a computer that stops at any step', () => {
  const rotated = settings({
    root: [['r2'], 1],
    targets: [['t2'], 1],
    snapshot: [['s2'], 1],
    timestamp: [['m2'], 1],
  });
  const everyone = [...ALL, 'r2', 't2', 's2', 'm2'];

  it.each<[string, Partial<SignRequest>, Settings | undefined]>([
    ['of signing', {}, undefined],
    ['of a refresh', { refresh: true }, undefined],
    ['of a rotation', {}, rotated],
  ])('%s leaves what clients take, and the next signature ends the work', async (_name, request, changed) => {
    await signNow();
    await add(workspace, '1.1.0');
    if (changed) await writeSettings(workspace, changed);
    const before = new Map(files.content);
    const whole = new MortalFiles(before);
    await signStaged({ ...workspace, files: whole }, having(...everyone), { now: NOW, ...request });
    expect(whole.steps).toBeGreaterThan(8);

    for (let step = 1; step <= whole.steps; step++) {
      const dying = new MortalFiles(before, step);
      const work = signStaged({ ...workspace, files: dying }, having(...everyone), { now: NOW, ...request });
      await expect(work).rejects.toThrow(PowerLoss);
      const follower = client();
      await follower.refreshed(lookupIn(dying));

      const healed = new MortalFiles(dying.content);
      await signStaged({ ...workspace, files: healed }, having(...everyone), { now: later(1), ...request });
      await follower.refreshed(lookupIn(healed));
      const published = await readPublished({ ...workspace, files: healed });
      expect(publishedReleases(published)).toHaveLength(request.refresh ? 1 : 2);
      expect([...healed.content.keys()].filter((path) => path.endsWith('.new'))).toEqual([]);
      expect((await readSettings({ ...workspace, files: healed })).roles).toEqual(
        (changed ?? settings({})).roles,
      );
    }
  });
});
