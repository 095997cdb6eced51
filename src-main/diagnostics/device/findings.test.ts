/** Whatever a virtual bootloader does wrong is found and named, from nothing but what the device shows of itself. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/finding.ts';
import { known, unknown } from '../../../shared/fact.ts';
import type { DeviceIdentity } from '../../../shared/identity.ts';
import { inTime } from '../../../test/rig/in-time.ts';
import { identify } from '../../devices/identify.ts';
import { QUIRKS } from '../../stm32/quirks.ts';
import { createVirtualDevice, virtualDevices } from '../../virtual/catalogue/index.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { flashEnd, type DeviceDefinition } from '../../virtual/definition.ts';
import { VirtualBus } from '../../virtual/virtual-bus.ts';
import type { VirtualDeviceOptions } from '../../virtual/virtual-device.ts';
import { possibleFamilies, readOptionBytes } from '../../update/options-job.ts';
import { findingsOf, type Examined } from './findings.ts';

const definitions = [...virtualDevices.values()];
const identities = new Map<string, DeviceIdentity>();

async function identityOf(definition: DeviceDefinition, protection: 0 | 1 = 0): Promise<DeviceIdentity> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock, [createVirtualDevice(definition, { clock, protection })]);
  const [usb] = await bus.list();
  if (!usb) throw new Error('nothing is plugged in');
  return (await inTime(clock, identify(usb, clock))).identity;
}

beforeAll(async () => {
  for (const definition of definitions) identities.set(definition.name, await identityOf(definition));
});

function identity(name: string): DeviceIdentity {
  const found = identities.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** What the model of a bootloader does wrong, and the names under which that must be found. */
function defectsOf({ loader, chip, usb }: DeviceDefinition): readonly (readonly [string, RegExp])[] {
  const erase: Readonly<Record<string, RegExp>> = {
    'busy-for-ever': /erase-busy-for-ever$/,
    'returns-too-early': /erase-ends-too-early$/,
    'hits-other-sector': /erases-other-sector$/,
    'not-functional': /erase-not-functional$/,
  };
  const claimed = usb.alternates[0]?.includes('16*128K') === true;
  return [
    ...loader.eraseDefects.map(({ kind }) => [kind, erase[kind] ?? /$^/] as const),
    ...(loader.massErase === 'works' ? [] : [['mass erase', /never-mass-erase$|^kind-clone$/] as const]),
    ...(loader.afterLeave === 'locks-up' ? [['leave', /leave-(unreliable|locks-up)$/] as const] : []),
    ...(loader.garblesBlocksAbove === undefined ? [] : [['odd blocks', /odd-blocks-corrupted$/] as const]),
    ...(loader.protectedWrites === 'dropped' ? [['dropped writes', /rdp1-drops-writes$/] as const] : []),
    ...(loader.clearStatusElsewhere === 'stalls' ? [['CLRSTATUS', /clrstatus-only-in-error$/] as const] : []),
    ...(loader.answersFunctionalDescriptor ? [] : [['descriptor', /descriptor-not-alone$/] as const]),
    ...(loader.whileBusy === 'stalls' ? [['impatience', /poll-time-too-short$/] as const] : []),
    ...(loader.firstContact === 'firmware-error'
      ? [['first contact', /first-contact-in-error$|^kind-clone$/] as const]
      : []),
    ...(claimed && chip.addressableFlash > flashEnd(chip) - FLASH_START
      ? [['layout string', /^flash-smaller-than-shown$/] as const]
      : []),
  ];
}

const FLASH_START = 0x0800_0000;

describe.each(definitions)('$name', (definition) => {
  it.each(defectsOf(definition))('is known for its %s', (_what, name) => {
    expect(findingsOf(identity(definition.name)).map(({ id }) => id)).toContainEqual(
      expect.stringMatching(name),
    );
  });

  it('is told in sentences, the gravest first, and each with its source', () => {
    const found = findingsOf(identity(definition.name));
    for (const { what, meaning, source } of found) {
      expect(what).toMatch(/^\S.*\.$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(source).not.toBe('');
    }
    const order = ['prevents', 'slows', 'handled', 'note'];
    const ranks = found.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort());
  });
});

it('most of the catalogue has a defect: the table is not empty', () => {
  expect(definitions.filter((each) => defectsOf(each).length > 0).length).toBeGreaterThan(12);
});

function finding(of: DeviceIdentity, id: string, more?: Examined): Finding | undefined {
  return findingsOf(of, more).find((each) => each.id === id);
}

/** Identity and option bytes of a device. */
async function examined(name: string, options: Partial<VirtualDeviceOptions> = {}) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock, [createVirtualDevice(definitionOf(name), { ...options, clock })]);
  const [usb] = await bus.list();
  if (!usb) throw new Error('nothing is plugged in');
  const { identity: who } = await inTime(clock, identify(usb, clock));
  await usb.close();
  const optionBytes = await inTime(clock, readOptionBytes(usb, clock, possibleFamilies(who)));
  return { identity: who, optionBytes };
}

it('says of the H743 that stops ST’s tool at 49 % which chip it is, what it does and what is done about it', () => {
  expect(finding(identity('h743-v-0x90'), 'h7-bank2-erase-busy-for-ever')).toEqual({
    id: 'h7-bank2-erase-busy-for-ever',
    severity: 'handled',
    facts: { chip: 'STM32 H74x/H75x', stepping: 'V', bootloader: '0x90', version: 'V9.0' },
    what: expect.stringMatching(
      /^Revision V with bootloader 0x90: after an erase in the second bank/,
    ) as string,
    meaning: expect.stringMatching(/^Stepwise ends such an erase itself after 2 s .* 49 %\.$/) as string,
    quirk: 'h7-bank2-erase-busy-for-ever',
    source: expect.stringContaining('CubeProgrammer') as string,
  });
});

it('finds nothing in the second bank of a bootloader that has learned it', () => {
  expect(findingsOf(identity('h743-v-0x92')).filter(({ id }) => id.includes('bank2'))).toEqual([]);
});

it('a defect of another organisation of flash is no finding, one that may be this one is', () => {
  expect(finding(identity('f767-dual-bank'), 'f76-2mb-dual-bank-erases-other-sector')?.severity).toBe(
    'prevents',
  );
  expect(finding(identity('f767-dual-bank'), 'f76-1mb-dual-bank-erases-other-sector')).toBeUndefined();
  expect(finding(identity('f767'), 'f76-2mb-dual-bank-erases-other-sector')).toBeUndefined();
  expect(finding(identity('f427-db1m'), 'f42-db1m-bank2-erase-not-functional')).toMatchObject({
    severity: 'handled',
    meaning: expect.stringContaining('cannot be told') as string,
  });
});

describe('with the option bytes', () => {
  it('it is certain whether a defect of two banks strikes', async () => {
    const db1m = await examined('f427-db1m');
    expect(finding(db1m.identity, 'f42-db1m-bank2-erase-not-functional', db1m)?.severity).toBe('prevents');
    const usual = await examined('f427');
    expect(finding(usual.identity, 'f42-db1m-bank2-erase-not-functional', usual)).toBeUndefined();
  });

  it('what is write-protected is named, and prevents an update that needs it', async () => {
    const protectedOne = await examined('h743-v-0x92', { writeProtected: [3, 5] });
    expect(finding(protectedOne.identity, 'option-write-protection', protectedOne)).toMatchObject({
      severity: 'prevents',
      facts: { values: 'WRPSn1: sectors 3, 5' },
      source: expect.stringContaining('RM0433') as string,
    });
  });

  it.each(['h743-v-0x92', 'h723', 'f405', 'f411', 'f427', 'g474', 'l072', 'l476', 'l4r5', 'u575', 'c5'])(
    'as they leave the factory nothing is found in them: %s',
    async (name) => {
      const { identity: who, optionBytes } = await examined(name);
      expect(optionBytes.flatMap(({ fields }) => fields).length).toBeGreaterThan(3);
      expect(findingsOf(who, { optionBytes }).filter(({ id }) => id.startsWith('option-'))).toEqual([]);
    },
  );

  it('a level that is for ever is said to be', () => {
    const field = { name: 'RDP', topic: 'read-protection', value: 'level 2', opinion: 'prevents' } as const;
    const optionBytes = [{ address: 0x1fff_c000, raw: '', fields: [field] }];
    expect(finding(identity('f405'), 'option-read-protection', { optionBytes })?.meaning).toContain('never');
  });
});

describe('with what lies in flash', () => {
  const sector = { address: 0x0800_0000, size: 0x4000, state: 'used' } as const;
  const works = { address: 0x0800_0000, stackPointer: 0x2002_0000, resetHandler: 0x0800_0189 };

  it('a release that is there is named', () => {
    const recognised = [{ name: 'Example', version: '1.4.2' }];
    const survey = { sectors: [sector], vectorTable: { ...works, oddities: [] }, recognised };
    expect(finding(identity('f405'), 'release-recognised', { survey })?.what).toContain('Example 1.4.2');
    expect(finding(identity('f405'), 'application-cannot-start', { survey })).toBeUndefined();
  });

  it('an application that cannot start is said to, and why', () => {
    const vectorTable = { ...works, oddities: ['stack-pointer-outside-ram'] as const };
    const survey = { sectors: [sector], vectorTable, recognised: [] };
    expect(finding(identity('f405'), 'application-cannot-start', { survey })).toMatchObject({
      what: expect.stringContaining('stack pointer is not in RAM') as string,
      facts: { stackPointer: '0x20020000' },
    });
  });

  it('what cannot be read cannot be proven', () => {
    const survey = { sectors: [sector, { ...sector, state: 'unreadable' } as const], recognised: [] };
    expect(finding(identity('f405'), 'flash-unreadable', { survey })?.severity).toBe('prevents');
  });
});

it('a device that is locked says so first, and that unlocking erases it', async () => {
  const [first] = findingsOf(await identityOf(definitionOf('f405'), 1));
  expect(first).toMatchObject({ id: 'read-protected', severity: 'prevents', facts: { unlock: 'erases' } });
});

it('what drops writes while it is locked is grave only then', async () => {
  expect(finding(identity('u575'), 'u5-rdp1-drops-writes')?.severity).toBe('note');
  const lockedOne = await identityOf(definitionOf('u575'), 1);
  expect(finding(lockedOne, 'u5-rdp1-drops-writes')?.severity).toBe('prevents');
});

it('a bootloader that has no command to unlock is said to need a debugger', () => {
  const locked = { ...identity('h563'), readProtected: known(true, 'the loader answers errVENDOR') };
  expect(finding(locked, 'read-protected')?.meaning).toContain('debugger');
});

it('what is not known is a finding as well', () => {
  const h7 = identity('h743-v-0x90');
  expect(
    finding({ ...h7, bootloaderId: unknown('the chip is read-protected') }, 'bootloader-unknown'),
  ).toMatchObject({
    severity: 'slows',
    what: expect.stringContaining('the chip is read-protected') as string,
  });
  expect(
    finding({ ...h7, family: unknown('several families show themselves alike') }, 'chip-unknown'),
  ).toBeDefined();
  expect(finding(h7, 'bootloader-unknown')).toBeUndefined();
});

it('every known defect has a finding on a chip that has it', () => {
  const base = identity('h743-v-0x92');
  const quirks = QUIRKS.map(({ name, what, source }) => ({ name, what, source }));
  const ids = findingsOf({ ...base, quirks }).map(({ id }) => id);
  expect(QUIRKS.map(({ name }) => name).filter((name) => !ids.includes(name))).toEqual([]);
});

function definitionOf(name: string): DeviceDefinition {
  const definition = virtualDevices.get(name);
  if (!definition) throw new Error(`no ${name}`);
  return definition;
}
