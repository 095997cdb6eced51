import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appRelease, type AppRelease } from '../../shared/release.ts';
import { chooseReleases } from './choose.ts';
import {
  chooseApplication,
  oldestAllowed,
  type CatalogApplication,
  type Installation,
  type InstalledAs,
} from './choose-application.ts';

function offered(version: string, changes: Partial<AppRelease> = {}): CatalogApplication {
  const release = appRelease.parse({
    kind: 'application',
    schema: 1,
    name: version,
    version,
    channel: 'stable',
    released: '2026-01-01T00:00:00Z',
    notes: { en: '' },
    platform: 'linux',
    arch: 'x64',
    package: 'appimage',
    sha512: Buffer.alloc(64).toString('base64'),
    rollout: 100,
    ...changes,
  });
  return { target: `app/app-${version}-${release.platform}-${release.arch}`, release, bytes: 1, sha256: '' };
}

const HERE: Installation & InstalledAs = {
  version: '1.0.0',
  platform: 'linux',
  arch: 'x64',
  package: 'appimage',
  channel: 'stable',
  installation: 'here',
};

const chosen = (all: readonly CatalogApplication[], changes: Partial<typeof HERE> = {}) =>
  chooseApplication(all, { ...HERE, ...changes })?.release.version;

describe('the application chosen', () => {
  it('is the newest there is', () => {
    expect(chosen([offered('1.1.0'), offered('1.10.0'), offered('1.9.0')])).toBe('1.10.0');
  });

  it.each(['1.0.0', '0.9.0', '1.0.0-beta.1'])('is never the same or an older one: %s', (version) => {
    expect(chosen([offered(version)])).toBeUndefined();
  });

  it('is not an older one when somebody leaves the beta versions', () => {
    const all = [offered('1.1.0'), offered('1.2.0-beta.1', { channel: 'beta' })];
    expect(chosen(all, { version: '1.2.0-beta.1' })).toBeUndefined();
  });

  it.each([
    { platform: 'win32', package: 'nsis' },
    { arch: 'arm64' },
    { package: 'deb' },
    { channel: 'beta' },
    { rollout: 0 },
    { withdrawn: { en: 'It does not start.' } },
  ] as const)('is not one that is for others: %o', (changes) => {
    expect(chosen([offered('1.1.0', changes)])).toBeUndefined();
    expect(chosen([offered('1.1.0', changes), offered('1.0.1')])).toBe('1.0.1');
  });

  it('may be for both processors of a Mac', () => {
    const mac = { platform: 'darwin', package: 'zip' } as const;
    expect(chosen([offered('1.1.0', { ...mac, arch: 'universal' })], { ...mac, arch: 'arm64' })).toBe(
      '1.1.0',
    );
  });

  it('of beta versions is for those who want them', () => {
    expect(chosen([offered('1.1.0', { channel: 'beta' })], { channel: 'beta' })).toBe('1.1.0');
  });

  it('reaches the part it is for, and whoever had it at less has it at more', () => {
    const turn = (rollout: number, installation: string) =>
      chosen([offered('1.1.0', { rollout })], { installation }) !== undefined;
    const everybody = [...Array(2_000).keys()].map(String);
    const atTen = everybody.filter((each) => turn(10, each));
    expect(atTen.length).toBeGreaterThan(140);
    expect(atTen.length).toBeLessThan(260);
    expect(atTen.every((each) => turn(20, each))).toBe(true);
  });

  it('is newer than what is here, whatever is offered', () => {
    const versions = fc.stringMatching(/^[0-3]\.[0-3]\.[0-3](-[ab])?$/);
    fc.assert(
      fc.property(fc.array(versions), versions, (all, version) => {
        const found = chooseApplication(
          all.map((each) => offered(each)),
          { ...HERE, version },
        );
        if (found) expect(chosen([offered(found.release.version)], { version })).toBe(found.release.version);
        expect(found?.release.version).not.toBe(version);
      }),
    );
  });
});

describe('the oldest application that may update devices', () => {
  it('is the newest of those that are asked for', () => {
    const all = [offered('1.2.0', { minimum: '1.1.0' }), offered('1.3.0', { minimum: '1.0.5' })];
    expect(oldestAllowed(all, HERE)).toBe('1.1.0');
    expect(oldestAllowed([offered('1.2.0')], HERE)).toBeUndefined();
  });

  it.each([{ channel: 'beta' }, { withdrawn: { en: 'No.' } }, { rollout: 0 }] as const)(
    'is not asked for by a release that is offered to others, or to nobody: %o',
    (changes) => {
      expect(oldestAllowed([offered('1.2.0', { minimum: '1.2.0', ...changes })], HERE)).toBeUndefined();
    },
  );

  it('keeps an older one from every firmware', () => {
    const firmware = {
      target: 'airmeter/airmeter-2.0.0.dfu',
      bytes: 1,
      sha256: '',
      release: {
        schema: 1,
        name: '',
        version: '2.0.0',
        channel: 'stable',
        released: '',
        notes: { en: '' },
        fits: { products: ['airmeter'], chips: [] },
        format: 'dfuse',
        policy: { vectorTableLast: false, preserve: [], downgrade: false, start: 'leave' },
        rollout: 100,
      },
    } as const;
    const recipient = { product: 'airmeter', version: undefined, mayDowngrade: false };
    const refusal = (appVersion: string, minimumApp?: string) => {
      const release = { ...firmware.release, ...(minimumApp !== undefined && { minimumApp }) };
      const chooser = { channel: 'stable', appVersion, installation: '', oldestApp: '1.1.0' } as const;
      return chooseReleases([{ ...firmware, release }], recipient, chooser)[0]?.refusal;
    };
    expect(refusal('1.0.9')).toMatchObject({ reason: 'app-too-old', wanted: '1.1.0', found: '1.0.9' });
    expect(refusal('1.1.0')).toBeUndefined();
    expect(refusal('1.1.0', '1.2.0')).toMatchObject({ wanted: '1.2.0' });
    expect(refusal('1.0.0', '0.9.0')).toMatchObject({ wanted: '1.1.0' });
  });
});
