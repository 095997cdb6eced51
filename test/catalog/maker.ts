/** A maker with keys and a repository, for tests: it publishes as it should, or whatever it is told to. */
import { createHash } from 'node:crypto';
import type { AppRelease, Release } from '../../shared/release.ts';
import { signerFromSeed, type Signer } from '../../src-main/catalog/publish/ed25519.ts';
import {
  encode,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  sha256,
  sign,
  type RoleName,
  type Target,
} from '../../src-main/catalog/publish/metadata.ts';

/** After every `today` of a test that does not want it otherwise, and after the day it runs. */
export const LATER = '2099-01-01T00:00:00Z';

/** What is to be otherwise than it should. */
export interface Deviation {
  readonly versions?: Partial<Record<RoleName, number>>;
  readonly signers?: Partial<Record<RoleName, readonly Signer[]>>;
  readonly expires?: Partial<Record<RoleName, string>>;
}

export interface Keys {
  readonly signers: readonly Signer[];
  readonly threshold: number;
}

/** Always the same one for a number below 256. */
export function key(number: number): Signer {
  return signerFromSeed(new Uint8Array(32).fill(number));
}

/** One key, and it is enough. */
export function alone(number: number): Keys {
  return { signers: [key(number)], threshold: 1 };
}

/** What a maker does whose server was broken into. */
export function newOnlineKeys(maker: Maker): Promise<void> {
  return maker.publishRoot({ timestamp: alone(50), snapshot: alone(51) });
}

export class Maker {
  /** What is published, by path. */
  readonly files = new Map<string, Uint8Array>();
  readonly targets: Target[] = [];
  readonly versions: Record<RoleName, number> = { root: 0, targets: 0, snapshot: 0, timestamp: 0 };
  readonly roles: Record<RoleName, Keys> = {
    root: { signers: [key(1), key(2)], threshold: 2 },
    targets: { signers: [key(3)], threshold: 1 },
    snapshot: { signers: [key(4)], threshold: 1 },
    timestamp: { signers: [key(5)], threshold: 1 },
  };

  static async start(): Promise<Maker> {
    const maker = new Maker();
    await maker.publishRoot();
    await maker.publish();
    return maker;
  }

  /** As it is now, with all its keys: whoever has stolen them. */
  fork(): Maker {
    const copy = new Maker();
    for (const [path, bytes] of this.files) copy.files.set(path, bytes);
    copy.targets.push(...this.targets);
    Object.assign(copy.versions, this.versions);
    Object.assign(copy.roles, this.roles);
    return copy;
  }

  file(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (!bytes) throw new Error(`${path} is not published`);
    return bytes;
  }

  /** Signed by the keys of before as well, unless told otherwise. */
  async publishRoot(changes: Partial<Record<RoleName, Keys>> = {}, deviation: Deviation = {}): Promise<void> {
    const before = this.roles.root.signers;
    Object.assign(this.roles, changes);
    const version = deviation.versions?.root ?? this.versions.root + 1;
    this.versions.root = version;
    const keysOf = (role: RoleName) => {
      const { signers, threshold } = this.roles[role];
      return { keys: signers.map((signer) => signer.key), threshold };
    };
    const roles = {
      root: keysOf('root'),
      targets: keysOf('targets'),
      snapshot: keysOf('snapshot'),
      timestamp: keysOf('timestamp'),
    };
    const root = makeRoot({ version, expires: deviation.expires?.root ?? LATER, roles });
    await sign(root, deviation.signers?.root ?? [...before, ...this.roles.root.signers]);
    this.files.set(`metadata/${version}.root.json`, encode(root));
  }

  /** New targets, snapshot and timestamp. */
  async publish(deviation: Deviation = {}): Promise<void> {
    const targets = makeTargets({ ...this.#edition('targets', deviation), targets: this.targets });
    await sign(targets, this.#signers('targets', deviation));
    const bytes = encode(targets);
    this.files.set(`metadata/${this.versions.targets}.targets.json`, bytes);
    await this.publishSnapshot({ version: this.versions.targets, bytes }, deviation);
  }

  async publishSnapshot(
    referred: Parameters<typeof makeSnapshot>[0]['targets'],
    deviation: Deviation = {},
  ): Promise<void> {
    const snapshot = makeSnapshot({ ...this.#edition('snapshot', deviation), targets: referred });
    await sign(snapshot, this.#signers('snapshot', deviation));
    const bytes = encode(snapshot);
    this.files.set(`metadata/${this.versions.snapshot}.snapshot.json`, bytes);
    await this.publishTimestamp(deviation, { version: this.versions.snapshot, bytes });
  }

  async publishTimestamp(
    deviation: Deviation = {},
    referred = {
      version: this.versions.snapshot,
      bytes: this.file(`metadata/${this.versions.snapshot}.snapshot.json`),
    },
  ): Promise<void> {
    const timestamp = makeTimestamp({ ...this.#edition('timestamp', deviation), snapshot: referred });
    await sign(timestamp, this.#signers('timestamp', deviation));
    this.files.set('metadata/timestamp.json', encode(timestamp));
  }

  /** Adds a release and publishes. @returns its target path */
  async release(version: string, bytes: Uint8Array, changes: Partial<Release> = {}): Promise<string> {
    const path = `airmeter/airmeter-${version}.dfu`;
    this.add(
      { path, length: bytes.length, sha256: sha256(bytes), custom: releaseOf(version, changes) },
      bytes,
    );
    await this.publish();
    return path;
  }

  /** Adds a file of the application and publishes. @returns its target path */
  async application(version: string, bytes: Uint8Array, changes: Partial<AppRelease> = {}): Promise<string> {
    const custom = applicationOf(version, bytes, changes);
    const path = `app/updater-${version}-${custom.arch}.${EXTENSIONS[custom.package]}`;
    this.add({ path, length: bytes.length, sha256: sha256(bytes), custom }, bytes);
    await this.publish();
    return path;
  }

  /** Without publishing. */
  add(target: Target, bytes: Uint8Array): void {
    this.targets.push(target);
    const [product = '', name = ''] = target.path.split('/');
    this.files.set(`targets/${product}/${target.sha256}.${name}`, bytes);
  }

  #edition(role: RoleName, { versions, expires }: Deviation) {
    const version = versions?.[role] ?? this.versions[role] + 1;
    this.versions[role] = version;
    return { version, expires: expires?.[role] ?? LATER };
  }

  #signers(role: RoleName, { signers }: Deviation): readonly Signer[] {
    return signers?.[role] ?? this.roles[role].signers;
  }
}

export function releaseOf(version: string, changes: Partial<Release> = {}): Release {
  return {
    schema: 1,
    name: `Airmeter ${version}`,
    version,
    channel: 'stable',
    released: '2029-06-01T12:00:00Z',
    notes: { en: `What is new in ${version}.` },
    fits: { products: ['airmeter'], chips: [] },
    format: 'dfuse',
    policy: { vectorTableLast: true, preserve: [], downgrade: false, start: 'leave' },
    rollout: 100,
    ...changes,
  };
}

const EXTENSIONS = { nsis: 'exe', zip: 'zip', appimage: 'AppImage', deb: 'deb', rpm: 'rpm' } as const;

function applicationOf(version: string, bytes: Uint8Array, changes: Partial<AppRelease>): AppRelease {
  return {
    kind: 'application',
    schema: 1,
    name: version,
    version,
    channel: 'stable',
    released: '2029-06-01T12:00:00Z',
    notes: { en: `What is new in ${version}.` },
    platform: 'linux',
    arch: 'x64',
    package: 'appimage',
    sha512: createHash('sha512').update(bytes).digest('base64'),
    rollout: 100,
    ...changes,
  };
}
