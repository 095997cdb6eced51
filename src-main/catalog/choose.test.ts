import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown, type Fact } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { release as schema, type Release } from '../../shared/release.ts';
import { chooseReleases, isTurnOf, type CatalogRelease, type Chooser } from './choose.ts';

const H743 = { deviceId: 0x450, name: 'STM32H743' };
const F405 = { deviceId: 0x413, name: 'STM32F405' };
const REASON = { en: 'The converter is clocked in another way.' };

type Changes = Partial<Omit<Release, 'fits' | 'policy'>> & {
  readonly fits?: Partial<Release['fits']>;
  readonly policy?: Partial<Release['policy']>;
};

function offered(version: string, { fits, policy, ...changes }: Changes = {}): CatalogRelease {
  const release = schema.parse({
    schema: 1,
    name: `Airmeter ${version}`,
    version,
    channel: 'stable',
    released: '2026-01-01T00:00:00Z',
    notes: { en: '' },
    fits: { products: ['airmeter'], chips: [], ...fits },
    format: 'dfuse',
    policy: { vectorTableLast: false, preserve: [], downgrade: false, start: 'leave', ...policy },
    rollout: 100,
    ...changes,
  });
  return { target: `airmeter/airmeter-${version}.dfu`, release, bytes: 1, sha256: '' };
}

function device(
  facts: {
    chip?: typeof H743;
    stepping?: Fact<string>;
    bootloaderId?: Fact<number>;
    flashSize?: Fact<number>;
  } = {},
): DeviceIdentity {
  const { chip = H743, stepping = known('V', 'serial'), ...others } = facts;
  const nothing = unknown('not readable');
  return {
    title: chip.name,
    candidates: [chip],
    family: known(chip, 'bootloader ID'),
    stepping,
    bootloaderId: nothing,
    flashSize: nothing,
    ...others,
  } as unknown as DeviceIdentity;
}

const CHOOSER: Chooser = { channel: 'stable', appVersion: '1.0.0', installation: 'here' };

function choose(
  releases: readonly CatalogRelease[],
  { identity, version, ...chooser }: Partial<Chooser> & { identity?: DeviceIdentity; version?: string } = {},
) {
  const recipient = { product: 'airmeter', identity, version, mayDowngrade: true };
  return chooseReleases(releases, recipient, { ...CHOOSER, ...chooser });
}

const versionsOf = (choices: ReturnType<typeof choose>) =>
  choices.map((each) => each.offered.release.version);

describe('of what the repository has', () => {
  it('the newest comes first, by the rules of versions', () => {
    expect(versionsOf(choose([offered('1.9.0'), offered('1.10.0'), offered('1.10.0-rc.1')]))).toEqual([
      '1.10.0',
      '1.10.0-rc.1',
      '1.9.0',
    ]);
  });

  it.each([
    ['stable', ['1.0.0']],
    ['beta', ['2.0.0', '1.0.0']],
    ['development', ['3.0.0', '2.0.0', '1.0.0']],
  ] as const)('the channel %s has what is more stable as well', (channel, versions) => {
    const releases = [
      offered('1.0.0'),
      offered('2.0.0', { channel: 'beta' }),
      offered('3.0.0', { channel: 'development' }),
    ];
    expect(versionsOf(choose(releases, { channel }))).toEqual(versions);
  });

  it('other products are not shown, unless nobody knows which product it is', () => {
    const releases = [offered('1.0.0'), offered('2.0.0', { fits: { products: ['windmeter'] } })];
    expect(versionsOf(choose(releases))).toEqual(['1.0.0']);
    expect(
      versionsOf(
        chooseReleases(releases, { product: undefined, version: undefined, mayDowngrade: true }, CHOOSER),
      ),
    ).toEqual(['2.0.0', '1.0.0']);
  });
});

describe('a release is refused with its reason', () => {
  it.each<[string, Changes, Parameters<typeof choose>[1], object]>([
    ['withdrawn', { withdrawn: REASON }, {}, { reason: 'withdrawn', why: REASON }],
    ['for a newer application', { minimumApp: '1.0.1' }, {}, { reason: 'app-too-old', found: '1.0.0' }],
    [
      'with another release in between',
      { minimumFrom: '1.5.0' },
      { version: '1.4' },
      { reason: 'firmware-too-old', wanted: '1.5.0', found: '1.4' },
    ],
    ['older than what is there', {}, { version: '2.1' }, { reason: 'downgrade', found: '2.1' }],
    [
      'for another chip',
      { fits: { chips: [0x450] } },
      { identity: device({ chip: F405 }) },
      { reason: 'chip', wanted: '0x450', found: 'STM32F405' },
    ],
    [
      'not for revision V',
      { fits: { steppings: { rule: 'not', values: ['V'], reason: REASON } } },
      { identity: device() },
      { reason: 'stepping', why: REASON, found: 'V' },
    ],
    [
      'for revision Y alone',
      { fits: { steppings: { rule: 'only', values: ['Y'], reason: REASON } } },
      { identity: device() },
      { reason: 'stepping', why: REASON, wanted: 'Y', found: 'V' },
    ],
    [
      'not for a revision, where it cannot be read',
      { fits: { steppings: { rule: 'not', values: ['V'], reason: REASON } } },
      { identity: device({ stepping: unknown('not readable') }) },
      { reason: 'stepping', why: REASON },
    ],
    [
      'not for this bootloader',
      { fits: { bootloaders: { rule: 'not', values: [0x90], reason: REASON } } },
      { identity: device({ bootloaderId: known(0x90, 'read') }) },
      { reason: 'bootloader', found: '0x90' },
    ],
    [
      'for more flash',
      { fits: { flashSize: 0x20_0000 } },
      { identity: device({ flashSize: known(0x10_0000, 'read') }) },
      { reason: 'flash-size', wanted: '2048 KB', found: '1024 KB' },
    ],
  ])('%s', (_, changes, situation, refusal) => {
    const [choice] = choose([offered('2.0.0', changes)], situation);
    expect(choice?.refusal).toMatchObject({ version: '2.0.0', ...refusal });
  });

  it('but not where the same version has a build for this chip', () => {
    const builds = [0x413, 0x450].map((chip) => offered('2.0.0', { fits: { chips: [chip] } }));
    const choices = choose(builds, { identity: device() });
    expect(choices.map((each) => each.offered.release.fits.chips)).toEqual([[0x450]]);
  });

  it('and a version is listed once as long as the chip is not known', () => {
    const builds = [0x413, 0x450].map((chip) => offered('2.0.0', { fits: { chips: [chip] } }));
    expect(versionsOf(choose([...builds, offered('1.0.0')]))).toEqual(['2.0.0', '1.0.0']);
  });

  it('and comes behind the others, newer as it is', () => {
    const refused = offered('3.0.0', { withdrawn: REASON });
    expect(versionsOf(choose([refused, offered('1.0.0'), offered('2.0.0')]))).toEqual([
      '2.0.0',
      '1.0.0',
      '3.0.0',
    ]);
  });

  it('for one of several chips that it may be, of which it is for one alone', () => {
    const identity = { ...device(), family: unknown('locked'), candidates: [H743, F405] };
    const [choice] = choose([offered('2.0.0', { fits: { chips: [0x450] } })], { identity });
    expect(choice?.refusal).toMatchObject({ reason: 'chip', wanted: '0x450' });
    const [both] = choose([offered('2.0.0', { fits: { chips: [0x413, 0x450] } })], { identity });
    expect(both?.refusal).toBeUndefined();
  });

  it('but not for what nobody can know: the hardware behind a running application, a version that is not told', () => {
    const strict = offered('2.0.0', {
      minimumFrom: '1.5.0',
      fits: { chips: [0x413], steppings: { rule: 'only', values: ['Y'], reason: REASON } },
    });
    expect(choose([strict])[0]?.refusal).toBeUndefined();
  });

  it('a downgrade that the maker allows is none', () => {
    const [choice] = choose([offered('1.0.0', { policy: { downgrade: true } })], { version: '2.0' });
    expect(choice?.refusal).toBeUndefined();
  });

  it('but not where the product does not let its customers', () => {
    const recipient = { product: 'airmeter', version: '2.0', mayDowngrade: false };
    const [choice] = chooseReleases([offered('1.0.0', { policy: { downgrade: true } })], recipient, CHOOSER);
    expect(choice?.refusal).toMatchObject({ reason: 'downgrade', found: '2.0' });
  });
});

describe('a staged roll-out', () => {
  const at = (rollout: number) => offered('2.0.0', { rollout });
  const installations = Array.from({ length: 4_000 }, (_, i) => `installation ${i}`);

  it('reaches about the part that was asked for', () => {
    const reached = installations.filter((each) => isTurnOf(each, at(25))).length;
    expect(reached / installations.length).toBeGreaterThan(0.22);
    expect(reached / installations.length).toBeLessThan(0.28);
  });

  it('nobody at 0 %, everybody at 100 %, and whoever had it keeps it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (id, a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)];
          expect(isTurnOf(id, at(0))).toBe(false);
          expect(isTurnOf(id, at(100))).toBe(true);
          if (isTurnOf(id, at(less))) expect(isTurnOf(id, at(more))).toBe(true);
        },
      ),
    );
  });

  it('does not always begin with the same ones', () => {
    const [one, other] = [offered('2.0.0', { rollout: 50 }), offered('2.0.1', { rollout: 50 })];
    const moved = installations.filter((each) => isTurnOf(each, one) !== isTurnOf(each, other)).length;
    expect(moved / installations.length).toBeGreaterThan(0.4);
  });

  it('is not recommended before its turn, and can be had all the same', () => {
    const choices = choose([offered('2.0.0', { rollout: 0 }), offered('1.0.0')]);
    expect(choices).toMatchObject([
      { offered: { release: { version: '1.0.0' } }, early: false },
      { offered: { release: { version: '2.0.0' } }, early: true },
    ]);
    expect(choices.some(({ refusal }) => refusal)).toBe(false);
  });
});
