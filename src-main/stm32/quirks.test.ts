import { describe, expect, it } from 'vitest';
import { familyById, FAMILIES } from './families.ts';
import type { LoaderIdentity } from './quirk.ts';
import { QUIRKS, quirksOf } from './quirks.ts';

const loader = (deviceId: number, bootloaderId?: number, revision?: number): LoaderIdentity => ({
  deviceId,
  ...(bootloaderId !== undefined && { bootloaderId }),
  ...(revision !== undefined && { revision }),
});

const H74X = 0x450;
const REV_V = 0x2003;
const REV_X = 0x2001;
const REV_Y = 0x1003;
const REV_Z = 0x1001;

/** For each quirk: loaders it concerns, loaders it does not. */
const concerns: Readonly<
  Record<string, readonly [yes: readonly LoaderIdentity[], no: readonly LoaderIdentity[]]>
> = {
  'f42-db1m-bank2-erase-not-functional': [
    [loader(0x419, 0x70), loader(0x419, 0x91), loader(0x419)],
    [loader(0x434, 0x90), loader(0x413)],
  ],
  'f76-2mb-dual-bank-erases-other-sector': [[loader(0x451, 0x93), loader(0x451)], [loader(0x449)]],
  'f76-1mb-dual-bank-erases-other-sector': [[loader(0x451, 0x93), loader(0x451)], [loader(0x449)]],
  'f0-f3-needs-hub': [
    [loader(0x445), loader(0x448, 0xa1), loader(0x432), loader(0x422, 0x41), loader(0x446)],
    [loader(0x418), loader(0x413)],
  ],
  'f3-f4-first-contact-in-error': [
    [loader(0x422), loader(0x413)],
    [loader(0x411), loader(H74X)],
  ],
  'f105-poll-times-wrong': [[loader(0x418)], [loader(0x413)]],
  'f405-mass-erase-poll-time-too-short': [[loader(0x413)], [loader(0x419)]],
  'f405-v3-option-bytes-look-erasable': [[loader(0x413, 0x30)], [loader(0x413, 0x31), loader(0x413)]],
  'f4-leave-stops-ccm-clock': [
    [loader(0x413), loader(0x421)],
    [loader(0x434), loader(0x449)],
  ],
  'g4-transfer-size-1024': [
    [loader(0x468), loader(0x469, 0xd5), loader(0x479)],
    [loader(0x467), loader(H74X)],
  ],
  'g43-ccm-and-engineering-bytes': [[loader(0x468, 0xd3)], [loader(0x468, 0xd4), loader(0x468)]],
  'g47-cannot-start-bank2': [[loader(0x469, 0xd3)], [loader(0x469, 0xd5), loader(0x468, 0xd3)]],
  'g0b-multi-sector-erase-in-bank2-fails': [[loader(0x467, 0xd0), loader(0x467)], [loader(0x468)]],
  'g0b1-leave-disables-debug-port': [[loader(0x467, 0x92)], [loader(0x467, 0xd0), loader(0x467)]],
  'g0b1-may-clear-empty-check': [[loader(0x467, 0x92)], [loader(0x467, 0xd0), loader(0x467)]],
  'h56-leave-locks-up': [[loader(0x484), loader(0x484, 0xe5)], [loader(0x474)]],
  'h56-1mb-eeprom-erase': [[loader(0x484, 0xe4)], [loader(0x484, 0xe5), loader(0x484)]],
  'h56-trustzone-hdpl3-crash': [[loader(0x484, 0xe3)], [loader(0x484, 0xe5), loader(0x484)]],
  'c5-clrstatus-only-in-error': [[loader(0x44e), loader(0x44f), loader(0x45a)], [loader(0x484)]],
  'c5-functional-descriptor-not-alone': [[loader(0x44e), loader(0x44f), loader(0x45a)], [loader(0x484)]],
  'h7-bank2-erase-busy-for-ever': [
    [loader(H74X, 0x90), loader(H74X, 0x90, REV_V), loader(H74X, 0x90, REV_Y)],
    [loader(H74X, 0x91), loader(H74X, 0x92), loader(H74X), loader(0x480, 0x90)],
  ],
  'h7-bank2-erase-ends-too-early': [
    [loader(H74X, 0x91), loader(H74X, 0x91, REV_V)],
    [loader(H74X, 0x90), loader(H74X, 0x92), loader(H74X), loader(0x483, 0x91)],
  ],
  'h7-unknown-loader-bank2-erase-may-stay-busy': [
    [loader(H74X), loader(H74X, undefined, REV_V), loader(H74X, undefined, REV_X), loader(H74X, 0x93)],
    [
      loader(H74X, undefined, REV_Y),
      loader(H74X, undefined, REV_Z),
      loader(H74X, 0x90),
      loader(H74X, 0x92, REV_V),
      loader(H74X, 0xd2),
      loader(H74X, 0xd3),
      loader(0x480),
    ],
  ],
  'h7-unknown-loader-bank2-erase-may-end-too-early': [
    [loader(H74X), loader(H74X, undefined, REV_V), loader(H74X, undefined, REV_X), loader(H74X, 0x93)],
    [loader(H74X, undefined, REV_Y), loader(H74X, 0x91), loader(H74X, 0x92, REV_V), loader(0x483)],
  ],
  'h7-never-mass-erase': [[loader(H74X, 0xd3), loader(H74X), loader(0x480), loader(0x483)], [loader(0x413)]],
  'h7-leave-unreliable': [
    [loader(H74X, 0x90), loader(H74X, 0x92), loader(H74X, 0xd2), loader(H74X), loader(H74X, 0x93)],
    [loader(H74X, 0x91), loader(H74X, 0xd3), loader(0x480, 0x90)],
  ],
  'h7-needs-extra-reset': [[loader(H74X, 0x90)], [loader(H74X, 0x91), loader(H74X)]],
  'h7-pb15-low-usb-only': [
    [loader(H74X, 0x90), loader(H74X, 0x92)],
    [loader(H74X, 0xd2), loader(H74X)],
  ],
  'h7-pwr-cr3-locks': [[loader(H74X, 0x90)], [loader(H74X, 0x91), loader(H74X)]],
  'h7-stack-below-ram-end': [
    [loader(H74X, 0x90), loader(H74X, 0x92)],
    [loader(H74X, 0xd2), loader(H74X)],
  ],
  'h7-sram123-not-accessible': [
    [loader(H74X, 0x90), loader(H74X, 0x92)],
    [loader(H74X, 0xd3), loader(H74X)],
  ],
  'h7-cm4-boot-address-not-programmable': [[loader(H74X, 0x90)], [loader(H74X, 0x92), loader(H74X)]],
  'h7-no-usb-at-1v8': [[loader(H74X), loader(H74X, 0x92)], [loader(0x483)]],
  'h7a3-layout-string-wrong': [
    [loader(0x480, 0x90), loader(0x480)],
    [loader(0x480, 0x91), loader(0x480, 0x92), loader(H74X, 0x90)],
  ],
  'h7a3-rdp1-crash-loop': [[loader(0x480, 0x91)], [loader(0x480, 0x92), loader(0x480)]],
  'h72-layout-string-wrong': [
    [loader(0x483, 0x91), loader(0x483)],
    [loader(0x483, 0x92), loader(0x483, 0x93)],
  ],
  'h72-rdp1-crash-loop': [[loader(0x483, 0x92)], [loader(0x483, 0x93), loader(0x483)]],
  'l0-l4-erase-poll-time-too-short': [
    [loader(0x447), loader(0x415, 0x92), loader(0x435), loader(0x470)],
    [loader(0x437), loader(0x472), loader(0x413)],
  ],
  'l1-erase-poll-time-too-short': [
    [loader(0x427), loader(0x436, 0x45), loader(0x437)],
    [loader(0x447), loader(0x415)],
  ],
  'l43-usb-clock-not-trimmed': [[loader(0x435, 0x91)], [loader(0x435), loader(0x462, 0x92)]],
  'l4-odd-blocks-corrupted': [
    [loader(0x415, 0xa1), loader(0x415), loader(0x435, 0x91)],
    [loader(0x461), loader(0x435)],
  ],
  'l4-no-usb-in-voltage-range-2': [[loader(0x464), loader(0x471)], [loader(0x472)]],
  'l49-bank-erase-aborted': [[loader(0x461, 0x93)], [loader(0x415)]],
  'u5-rdp1-drops-writes': [[loader(0x482), loader(0x455)], [loader(0x454)]],
  'u575-rdp-with-secure-option-bytes': [[loader(0x482, 0x92)], [loader(0x482, 0x93), loader(0x482)]],
  'u5-high-speed-needs-crystal': [[loader(0x481, 0x92), loader(0x476)], [loader(0x482)]],
};

describe('the table of quirks', () => {
  it('is tested here row for row', () => {
    expect(Object.keys(concerns).sort()).toEqual(QUIRKS.map((quirk) => quirk.name).sort());
  });

  it('has names in kebab-case that differ, sentences and sources', () => {
    expect(new Set(QUIRKS.map((quirk) => quirk.name)).size).toBe(QUIRKS.length);
    for (const { name, what, source } of QUIRKS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(what).toMatch(/^[A-Z].*\.$/);
      expect(source).not.toBe('');
    }
  });

  it('names only sector maps and ranges a family it concerns has', () => {
    for (const quirk of QUIRKS) {
      const { effect } = quirk;
      if (!('range' in effect)) continue;
      for (const { sectorMaps } of FAMILIES.filter(({ deviceId }) => quirk.applies({ deviceId }))) {
        const map = sectorMaps.find(({ name }) => !('onlyInMap' in effect) || name === effect.onlyInMap);
        expect(map).toBeDefined();
        expect(map?.banks[1]?.start).toBe(effect.range.start);
        expect(effect.range.end).toBe(0x0800_0000 + (map?.flashSize ?? 0));
      }
    }
  });

  it('concerns no chip the table of families does not have', () => {
    expect(familyById(0x410)).toBeUndefined();
    expect(quirksOf(loader(0x410))).toEqual([]);
  });
});

describe.each(Object.entries(concerns))('%s', (name, [yes, no]) => {
  const quirk = QUIRKS.find((row) => row.name === name);

  it.each(yes)('concerns %o', (concerned) => {
    expect(quirk?.applies(concerned)).toBe(true);
  });

  it.each(no)('does not concern %o', (other) => {
    expect(quirk?.applies(other)).toBe(false);
  });
});

describe('erasing the second bank of H74x', () => {
  const bank2 = (identity: LoaderIdentity) =>
    quirksOf(identity).flatMap(({ effect }) =>
      effect.kind === 'erase-never-reports-end' || effect.kind === 'erase-reports-end-too-early'
        ? [`${effect.kind} ${effect.settle}`]
        : [],
    );
  const both = ['erase-never-reports-end 4000', 'erase-reports-end-too-early 4000'];

  it.each([
    ['V9.0', loader(H74X, 0x90, REV_V), ['erase-never-reports-end 2000']],
    ['V9.1', loader(H74X, 0x91, REV_V), ['erase-reports-end-too-early 4000']],
    ['V9.2', loader(H74X, 0x92, REV_V), []],
    ['V13.2', loader(H74X, 0xd2, REV_Y), []],
    ['V13.3', loader(H74X, 0xd3, REV_Y), []],
    ['unread, revision Y', loader(H74X, undefined, REV_Y), []],
    ['unread, revision Z', loader(H74X, undefined, REV_Z), []],
    ['unread, revision V', loader(H74X, undefined, REV_V), both],
    ['unread, revision X', loader(H74X, undefined, REV_X), both],
    ['unread, revision unknown', loader(H74X), both],
    ['an ID nobody knows', loader(H74X, 0x93, REV_V), both],
  ])('with loader %s meets exactly its defects', (_name, identity, effects) => {
    expect(bank2(identity)).toEqual(effects);
  });

  it('meets none on other families', () => {
    for (const { deviceId } of FAMILIES.filter((family) => family.deviceId !== H74X)) {
      expect(bank2(loader(deviceId))).toEqual([]);
    }
  });
});
