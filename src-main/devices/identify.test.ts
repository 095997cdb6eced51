/** What is known of each virtual device, how it is known, and what stays unknown. */
import { beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../shared/fact.ts';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { onTheWire } from '../../test/rig/wire.ts';
import { openLoader } from '../dfuse/loader.ts';
import { DfuRequest, DfuSeCommand, DfuState, REQUEST_IN, REQUEST_OUT } from '../dfuse/protocol.ts';
import type { UsbDevice } from '../usb/port.ts';
import { f405 } from '../virtual/catalogue/f4.ts';
import { g0b1 } from '../virtual/catalogue/g0-g4-wb-c0.ts';
import { h743V90, h743V91, h743V92 } from '../virtual/catalogue/h7.ts';
import { createVirtualDevice, virtualDevices } from '../virtual/catalogue/index.ts';
import { h563 } from '../virtual/catalogue/u5-h5-c5.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import type { DeviceDefinition } from '../virtual/definition.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { expectSameChip, identify, openOnFlash, type IdentifiedLoader } from './identify.ts';

const definitions = [...virtualDevices.values()];

async function plugged(definition: DeviceDefinition, options: Partial<VirtualDeviceOptions> = {}) {
  const clock = new VirtualClock();
  const device = createVirtualDevice(definition, { ...options, clock, log: true });
  const bus = new VirtualBus(clock, [device]);
  const [usb] = await bus.list();
  if (!usb) throw new Error('nothing is plugged in');
  return { clock, device, usb };
}

async function identified(
  definition: DeviceDefinition,
  options: Partial<VirtualDeviceOptions> = {},
): Promise<IdentifiedLoader> {
  const { clock, usb } = await plugged(definition, options);
  return inTime(clock, identify(usb, clock));
}

/** `true` where it is known, else why it is not. */
function knowledge({ identity }: IdentifiedLoader) {
  const { family, stepping, bootloaderId, flashSize, uniqueId } = identity;
  const why = (fact: { known: boolean; why?: string }) => (fact.known ? true : fact.why);
  return {
    family: why(family),
    stepping: why(stepping),
    bootloaderId: why(bootloaderId),
    flashSize: why(flashSize),
    uniqueId: why(uniqueId),
  };
}

const NO_STEPPING = 'the USB serial number of this loader does not tell it';
const NOT_READABLE = 'not readable over USB on this chip';
const REFUSED = 'the loader refused to read it';
const ALIKE = 'several families show themselves alike';
const PROTECTED = 'the chip is read-protected';
const CHIP_UNKNOWN = 'the chip could not be told';

const all = { family: true, stepping: NO_STEPPING, bootloaderId: true, flashSize: true, uniqueId: true };
const h74x = { ...all, stepping: true };
const f4 = { ...all, flashSize: REFUSED, uniqueId: NOT_READABLE };

describe('a device that can be read', () => {
  it.each<[string, string, object]>([
    ['h723', 'STM32 H72x/H73x', all],
    ['h743-v-0x90', 'STM32 H74x/H75x', h74x],
    ['h743-v-0x91', 'STM32 H74x/H75x', h74x],
    ['h743-v-0x92', 'STM32 H74x/H75x', h74x],
    ['h743-y-0xd2', 'STM32 H74x/H75x', h74x],
    ['h743-y-0xd3', 'STM32 H74x/H75x', h74x],
    ['h750', 'STM32 H74x/H75x', h74x],
    ['f405', 'STM32 F405/F407', f4],
    ['f411', 'STM32 F411', f4],
    ['f427', 'STM32 F42x/F43x', f4],
    ['f427-db1m', 'STM32 F42x/F43x', f4],
    ['f746', 'STM32 F74x/F75x', all],
    ['f767', 'STM32 F76x/F77x', all],
    ['f767-dual-bank', 'STM32 F76x/F77x', all],
    ['c071', 'STM32 C07x', all],
    ['g0b1', 'STM32 G0B/G0C', all],
    ['g474', 'STM32 G47x/G48x', { ...all, flashSize: NOT_READABLE, uniqueId: NOT_READABLE }],
    ['wb55', 'STM32 WB5x/WB35', all],
    ['l072', 'STM32 L07x/L08x', all],
    // L45x has the same pages, and bootloader ID 0x92 at the same address.
    ['l476', 'STM32  BOOTLOADER', { ...all, family: ALIKE }],
    ['l4r5', 'STM32 L4R/L4S', all],
    ['c5', 'STM32 C5x', all],
    ['h563', 'STM32 H56x/H573', all],
    ['u575', 'STM32 U575/U585', all],
  ])('%s is called %s', async (name, title, expected) => {
    const definition = virtualDevices.get(name);
    if (!definition) throw new Error(`no virtual device is called ${name}`);
    const loader = await identified(definition);
    expect(loader.identity).toMatchObject({ kind: 'st-rom', title });
    expect(knowledge(loader)).toEqual(expected);
  });

  it('every virtual device stands in that table or is no ST ROM', () => {
    const roms = definitions.filter(({ usb }) => usb.vendorId === 0x0483);
    expect(roms).toHaveLength(24);
  });

  it.each(definitions.map((each) => [each.name, each] as const))(
    '%s: what is said to be known is true',
    async (_name, definition) => {
      const { clock, device, usb } = await plugged(definition);
      const { identity, loader, flash } = await inTime(clock, identify(usb, clock));
      const { chip } = definition;
      if (identity.family.known) expect(identity.family.value.deviceId).toBe(definition.deviceId);
      if (identity.bootloaderId.known) expect(identity.bootloaderId.value).toBe(chip.bootloaderId?.value);
      if (identity.flashSize.known) expect(identity.flashSize.value).toBe(device.flash.size);
      if (identity.uniqueId.known) expect(identity.uniqueId.value).toBe('30002D000B51343333353132');
      expect(valueOf(identity.commands)).toEqual(definition.loader.commands);
      expect(valueOf(identity.readProtected)).toBe(false);
      expect(identity.layouts).toEqual(definition.usb.alternates);
      expect(flash.name).toBe('Internal Flash');
      expect(loader.device).toBe(usb);
      expect(device.flash.faults).toEqual([]);
      expect(uncalledForClears(device.log)).toEqual([]);
    },
  );

  it('each fact tells how it is known', async () => {
    const { identity } = await identified(h743V90);
    expect(identity).toMatchObject({
      stepping: { value: 'V', how: 'the USB serial number of this loader is DBGMCU_IDCODE' },
      revision: { value: 0x2003 },
      bootloaderId: { value: 0x90, how: 'read at 0x1FF1E7FE' },
      bootloaderVersion: { value: 'V9.0', how: 'read at 0x1FF1E7FE' },
      flashSize: { value: 2 * 1024 * 1024, how: 'read at 0x1FF1E880' },
      uniqueId: { how: 'read at 0x1FF1E800' },
      commands: { how: 'GET COMMANDS' },
      readProtected: { value: false, how: 'flash can be read' },
    });
    expect(identity.family).toMatchObject({ how: expect.stringContaining('bootloader ID') as string });
  });

  it('is left in a state from which anything can be done', async () => {
    const { session } = (await identified(h743V92)).loader;
    expect([DfuState.dfuIdle, DfuState.uploadIdle]).toContain(session.state);
  });

  it('tells what its loader gets wrong, and what to do on the way back to it', async () => {
    const rules = async (definition: DeviceDefinition) => (await identified(definition)).entry;
    expect(await rules(h743V90)).toEqual({ unwedgeAfter: 2_000 });
    expect(await rules(h743V91)).toEqual({ settle: 4_000 });
    expect(await rules(h743V92)).toEqual({});
    const { identity, quirks } = await identified(h743V90);
    expect(identity.quirks.map(({ name }) => name)).toEqual(quirks.map(({ name }) => name));
    expect(identity.quirks.map(({ name }) => name)).toContain('h7-bank2-erase-busy-for-ever');
  });

  it('is sent no larger blocks than its family takes, whatever its descriptor says', async () => {
    const g474 = virtualDevices.get('g474');
    if (!g474?.usb.dfu) throw new Error('no G474');
    const lying = { ...g474, usb: { ...g474.usb, dfu: { ...g474.usb.dfu, transferSize: 2048 } } };
    const { identity, loader } = await identified(lying);
    expect(identity.transferSize).toBe(1024);
    expect(loader.session.transferSize).toBe(1024);
  });

  it('is not told a stepping by a serial that means none', async () => {
    const { identity } = await identified(h743V92, { serial: '200000500000' });
    expect(identity.stepping).toEqual({ known: false, why: NO_STEPPING });
    expect(identity.revision).toEqual({ known: false, why: NO_STEPPING });
  });

  it('with a revision nobody has published has a code and no letter', async () => {
    const { identity } = await identified(h743V92, { serial: '30FF64500000' });
    expect(identity.stepping.known).toBe(false);
  });

  it('whose registers are blank says that they mean nothing', async () => {
    const { identity } = await identified(h743V92, { uniqueId: [0xffffffff, 0xffffffff, 0xffffffff] });
    expect(identity.uniqueId).toEqual({ known: false, why: 'what was read at 0x1FF1E800 means nothing' });
  });

  it('with a size no part of its family has does not know its size', async () => {
    const tooLarge = { ...h743V92, chip: { ...h743V92.chip, flashSizeRegister: 0x1ff1_e900 } };
    const { identity } = await identified(tooLarge);
    expect(identity.flashSize).toEqual({ known: false, why: 'what was read at 0x1FF1E880 means nothing' });
  });
});

describe('a device whose family cannot be told', () => {
  /** A loader newer than the tables: its ID proves nothing. */
  const newer = (definition: DeviceDefinition, bootloaderId = 0xee): DeviceDefinition => ({
    ...definition,
    chip: {
      ...definition.chip,
      bootloaderId: definition.chip.bootloaderId && { ...definition.chip.bootloaderId, value: bootloaderId },
    },
  });

  it('has no size and no unique ID where its candidates keep them at different places', async () => {
    const loader = await identified(newer(h563));
    expect(loader.identity.candidates.length).toBeGreaterThan(1);
    expect(knowledge(loader)).toEqual({
      family: ALIKE,
      stepping: NO_STEPPING,
      bootloaderId: CHIP_UNKNOWN,
      flashSize: CHIP_UNKNOWN,
      uniqueId: CHIP_UNKNOWN,
    });
  });

  it('is worked with as what all its candidates have in common', async () => {
    const { family } = await identified(newer(h563));
    expect(family).toMatchObject({ alignment: 16, erasedValue: 0xff });
    expect((await identified(newer(g0b1))).family).toBeUndefined();
  });

  it('that is the only candidate keeps its new bootloader ID, and the caution', async () => {
    const { identity, entry } = await identified(newer(h743V92));
    expect(identity.bootloaderId).toMatchObject({ value: 0xee });
    expect(identity.family.known).toBe(true);
    expect(entry).toEqual({ unwedgeAfter: 4_000, settle: 4_000 });
  });

  it('has no bootloader ID where two candidates read different ones, each right for its family', async () => {
    // By chance a byte of this loader's code looks like the ID of a C071, at the place where a C071 has it.
    const chance = { ...g0b1, chip: { ...g0b1.chip, uniqueIdRegister: 0x1fff_67fe } };
    const { identity } = await identified(chance, { uniqueId: [0xd1, 0, 0] });
    expect(identity.family).toEqual({ known: false, why: ALIKE });
    expect(identity.bootloaderId).toEqual({ known: false, why: CHIP_UNKNOWN });
    expect(identity.bootloaderVersion.known).toBe(false);
  });
});

describe('a read-protected device', () => {
  it.each(definitions.map((each) => [each.name, each] as const))(
    '%s is known to be one',
    async (_name, definition) => {
      const { clock, device, usb } = await plugged(definition, { protection: 1 });
      const { identity, loader } = await inTime(clock, identify(usb, clock));
      expect(identity.readProtected).toEqual({
        known: true,
        value: true,
        how: 'the loader answers errVENDOR when flash is read',
      });
      for (const fact of [identity.bootloaderId, identity.flashSize, identity.uniqueId]) {
        expect(fact.known).toBe(false);
      }
      expect(valueOf(identity.commands)).toEqual(definition.loader.commands);
      expect(loader.session.state).toBe(DfuState.dfuIdle);
      expect(uncalledForClears(device.log)).toEqual([]);
    },
  );

  it('is known to be one where the address is refused already', async () => {
    const strict = { ...f405, loader: { ...f405.loader, protectedSetAddress: 'refused' } } as const;
    const { identity } = await identified(strict, { protection: 1 });
    expect(valueOf(identity.readProtected)).toBe(true);
  });

  it('still tells its stepping, and why the rest is unknown', async () => {
    expect(knowledge(await identified(h743V90, { protection: 1 }))).toEqual({
      family: true,
      stepping: true,
      bootloaderId: PROTECTED,
      flashSize: PROTECTED,
      uniqueId: PROTECTED,
    });
  });
});

describe('a loader that refuses', () => {
  it('to list its commands is known by the rest', async () => {
    const { identity } = await identified(f405, {
      faults: [{ kind: 'stall', at: { command: 'get-commands', times: 'always' }, latched: true }],
    });
    expect(identity.commands).toEqual({ known: false, why: 'the loader refused to list them' });
    expect(identity.family.known).toBe(true);
  });

  it.each([true, false])(
    'to read flash without a word leaves open whether it is protected (%s)',
    async (latched) => {
      const { identity } = await identified(f405, {
        faults: [{ kind: 'stall', at: { command: 'read', address: 0x0800_0000, times: 'always' }, latched }],
      });
      expect(identity.readProtected).toEqual({
        known: false,
        why: 'the loader refused to read flash without saying why',
      });
      expect(identity.family.known).toBe(true);
    },
  );
});

// -- what an earlier program left behind ---------------------------------------------------------------------------------

const out = (usb: UsbDevice, request: number, value = 0, data: readonly number[] = []) =>
  usb.controlOut({ requestType: REQUEST_OUT, request, value, index: 0 }, Uint8Array.from(data), 10_000);
const ask = (usb: UsbDevice) =>
  usb.controlIn({ requestType: REQUEST_IN, request: DfuRequest.getStatus, value: 0, index: 0 }, 6, 10_000);
const eraseAt = (usb: UsbDevice, address: number) =>
  out(usb, DfuRequest.dnload, 0, [
    DfuSeCommand.erase,
    ...[0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff),
  ]);

/** An earlier program that ended without a word. It had the loader in dfuIDLE before. */
const remains: readonly (readonly [string, (usb: UsbDevice, start: number) => Promise<unknown>])[] = [
  ['in dfuIDLE', () => Promise.resolve()],
  [
    'in dfuUPLOAD-IDLE',
    (usb) =>
      usb.controlIn({ requestType: REQUEST_IN, request: DfuRequest.upload, value: 2, index: 0 }, 16, 10_000),
  ],
  ['in dfuERROR', (usb) => out(usb, DfuRequest.dnload, 1, [1, 2, 3]).catch(() => undefined)],
  ['in dfuDNLOAD-SYNC with an erase', eraseAt],
  [
    'in dfuDNBUSY, erasing',
    async (usb, start) => {
      await eraseAt(usb, start);
      await ask(usb);
    },
  ],
  [
    'in dfuDNLOAD-IDLE',
    async (usb) => {
      await out(usb, DfuRequest.dnload, 0, [DfuSeCommand.setAddressPointer, 0, 0, 0, 8]);
      await ask(usb);
      await ask(usb);
    },
  ],
];

describe.each(definitions.map((each) => [each.name, each] as const))('%s', (_name, definition) => {
  let usual: ReturnType<typeof knowledge>;
  beforeAll(async () => {
    usual = knowledge(await identified(definition));
  });

  it.each(remains)('is identified as well when it was left %s', async (_state, leave) => {
    const { clock, device, usb } = await plugged(definition);
    const { session } = await inTime(clock, openLoader(usb, clock));
    await inTime(clock, session.enter());
    await inTime(clock, leave(usb, device.flash.start));
    await usb.close();
    device.log.length = 0;
    const again = await inTime(clock, identify(usb, clock));
    expect(knowledge(again)).toEqual(usual);
    expect(uncalledForClears(device.log)).toEqual([]);
    expect(device.flash.faults).toEqual([]);
  });
});

describe('an H743 that was left erasing its second bank', () => {
  const BANK_2 = 0x0810_0000;

  async function left(definition: DeviceDefinition, settle: number) {
    const { clock, device, usb } = await plugged(definition);
    await inTime(clock, openLoader(usb, clock));
    await eraseAt(usb, BANK_2);
    await ask(usb);
    await usb.close();
    await clock.sleep(settle);
    device.log.length = 0;
    const started = clock.now();
    const { identity } = await inTime(clock, identify(usb, clock));
    return { identity, wire: onTheWire(device), took: clock.now() - started, device };
  }

  it.each([0, 60_000])('is un-wedged where it never reports the end, %i ms later', async (settle) => {
    const { identity, wire, took } = await left(h743V90, settle);
    expect(valueOf(identity.bootloaderId)).toBe(0x90);
    const clears = wire.filter((line) => line === 'CLRSTATUS');
    expect(clears).toHaveLength(2);
    expect(took).toBeGreaterThanOrEqual(4_000);
    expect(took).toBeLessThan(6_000);
  });

  it('is left alone where it reports the end too early, until the erase is over', async () => {
    const slow = { ...h743V91, timing: { ...h743V91.timing, erase: { [128 * 1024]: 3_900 } } };
    const { identity, wire, took } = await left(slow, 0);
    expect(valueOf(identity.bootloaderId)).toBe(0x91);
    expect(wire).not.toContain('CLRSTATUS');
    expect(took).toBeGreaterThanOrEqual(4_000);
  });

  it('is waited for where it does both right', async () => {
    const { identity, wire } = await left(h743V92, 0);
    expect(valueOf(identity.bootloaderId)).toBe(0x92);
    expect(wire).not.toContain('CLRSTATUS');
  });
});

// -- what is no ST ROM ---------------------------------------------------------------------------------------------------

describe('what is no ST ROM', () => {
  it('a clone is known as one, and nothing is read from it that only ST has', async () => {
    const gd32 = virtualDevices.get('gd32vf103');
    if (!gd32) throw new Error('no GD32');
    const { clock, device, usb } = await plugged(gd32);
    const loader = await inTime(clock, identify(usb, clock));
    expect(loader.identity).toMatchObject({ kind: 'clone', title: 'GigaDevice GD32', candidates: [] });
    expect(loader.family).toBeUndefined();
    expect(loader.quirks).toEqual([]);
    expect(knowledge(loader)).toEqual({
      family: 'no known family shows itself like this',
      stepping: NO_STEPPING,
      bootloaderId: 'this is not an ST bootloader',
      flashSize: CHIP_UNKNOWN,
      uniqueId: CHIP_UNKNOWN,
    });
    const addresses = onTheWire(device).filter((line) => line.startsWith('DNLOAD 0: 21'));
    expect(addresses).toEqual(['DNLOAD 0: 21 00 00 00 08']);
  });

  it('a bootloader in flash is known as one by what it keeps to itself', async () => {
    const product = {
      ...f405,
      usb: {
        ...f405.usb,
        product: 'Amplifier Bootloader',
        alternates: ['@Internal Flash  /0x08000000/04*016Ka,01*064Kg,07*128Kg'],
      },
    };
    const { identity } = await identified(product);
    expect(identity).toMatchObject({ kind: 'other-dfuse', title: 'Amplifier Bootloader' });
    expect(identity.evidence.length).toBeGreaterThan(0);
  });

  it('a device without a name has a title all the same', async () => {
    const nameless = { ...f405, usb: { ...f405.usb, product: '' } };
    const { identity } = await identified(nameless);
    expect(identity).toMatchObject({ kind: 'other-dfuse', title: 'DFU device' });
  });

  it('plain DFU with a layout string is plain DFU', async () => {
    if (!f405.usb.dfu) throw new Error('no DFU');
    const plain = { ...f405, usb: { ...f405.usb, dfu: { ...f405.usb.dfu, version: 0x0110 } } };
    expect((await identified(plain)).identity.kind).toBe('plain-dfu');
  });

  it.each([
    ['a microprocessor', ['@FSBL /0x01/1*1Me']],
    ['plain DFU', ['STM32duino bootloader v1.0  Upload to Flash 0x8002000']],
    ['a loader of external flash only', ['@External Flash /0x90000000/998*128Kg']],
  ])('%s has no internal flash to show, and is closed', async (_what, alternates) => {
    const { clock, usb } = await plugged({ ...f405, usb: { ...f405.usb, alternates } });
    expect(await inTime(clock, rejection(identify(usb, clock)))).toMatchObject({
      code: 'no-flash-layout',
      facts: { strings: alternates },
      phase: 'identify',
    });
    await expect(usb.claim(0)).rejects.toMatchObject({ kind: 'io' });
  });
});

describe('the alternate setting', () => {
  it('is the one of the flash, wherever it stands', async () => {
    const [flash = '', ...others] = f405.usb.alternates;
    const { clock, device, usb } = await plugged({
      ...f405,
      usb: { ...f405.usb, alternates: [...others, flash] },
    });
    const { loader } = await inTime(clock, identify(usb, clock));
    expect(loader.dfu.alternates).toHaveLength(4);
    const selections = device.log.filter(
      ({ request }) => request.requestType === 1 && request.request === 11,
    );
    expect(selections.map(({ request }) => request.value)).toEqual([3]);
  });
});

describe('a device that is lost while it is identified', () => {
  it.each([...Array(36).keys()])(
    'in transfer %i fails by the name of the bus, and is closed',
    async (index) => {
      const { clock, usb } = await plugged(h743V92, {
        faults: [{ kind: 'disconnect', at: { index }, when: 'before' }],
      });
      expect(await inTime(clock, rejection(identify(usb, clock)))).toMatchObject({
        name: 'UsbError',
        kind: 'gone',
      });
    },
  );

  it('by a loader that hangs fails in time, and is closed', async () => {
    const { clock, usb } = await plugged(h743V92, {
      faults: [{ kind: 'timeout', at: { request: DfuRequest.getStatus, times: 'always' } }],
    });
    expect(await inTime(clock, rejection(identify(usb, clock)))).toMatchObject({ kind: 'timeout' });
    expect(clock.now()).toBeLessThan(60_000);
    await expect(usb.claim(0)).rejects.toMatchObject({ kind: 'io' });
  });
});

describe('a board that looks the same', () => {
  async function returned(definition: DeviceDefinition, board: Partial<VirtualDeviceOptions>) {
    const device = await identified(definition);
    const { clock, usb } = await plugged(definition, board);
    return inTime(clock, expectSameChip(device, await openOnFlash(usb, clock)));
  }

  it('is the same where it has the same unique ID', async () => {
    await expect(returned(h743V92, {})).resolves.toBeUndefined();
  });

  it('is another one where it has not', async () => {
    await expect(returned(h743V92, { uniqueId: [1, 2, 3] })).rejects.toMatchObject({
      code: 'wrong-device-returned',
      facts: { expected: 'unique ID 30002D000B51343333353132', found: 'unique ID 010000000200000003000000' },
    });
  });

  it('is taken for the same where its unique ID cannot be read', async () => {
    await expect(returned(f405, { uniqueId: [1, 2, 3] })).resolves.toBeUndefined();
    await expect(returned(h743V92, { protection: 1 })).resolves.toBeUndefined();
  });
});

it('opening on flash asks the loader for nothing', async () => {
  const { clock, device, usb } = await plugged(h743V92);
  await inTime(clock, openOnFlash(usb, clock));
  expect(onTheWire(device)).toEqual([]);
});
