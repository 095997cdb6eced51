import { describe, expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { known, unknown } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { MemoryJournal } from '../../test/rig/memory-journal.ts';
import { noise } from '../../test/rig/noise.ts';
import { Rig } from '../../test/rig/rig.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { imageHash, type DeviceKey, type JournalEntry } from '../flash/journal.ts';
import { DEFAULT_POLICY } from '../flash/plan.ts';
import { h743V90 } from '../virtual/catalogue/h7.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { deviceKey, flash, type FlashJob } from './flash-job.ts';

const FLASH = 0x0800_0000;
const UNIQUE_ID = '30002D000B51343333353132';
const image = FirmwareImage.from([{ address: FLASH, bytes: noise(1, 3_000) }]);
/** Beside the image in the same sector. */
const settings = { address: FLASH + 0x3000, bytes: noise(2, 64) };
const older = { address: FLASH, bytes: noise(3, 3_000) };

/** A journal that tells what it is asked, in the order of everything else. */
class TellingJournal extends MemoryJournal {
  readonly told: string[] = [];
  readonly erased: () => number;

  constructor(erased: () => number) {
    super();
    this.erased = erased;
  }

  override async write(entry: JournalEntry): Promise<void> {
    const bytes = entry.preserved.reduce((sum, range) => sum + range.bytes.length, 0);
    this.told.push(`write, ${bytes} bytes saved, ${this.erased()} sectors erased`);
    await super.write(entry);
  }

  override async remove(device: DeviceKey): Promise<void> {
    this.told.push(`remove, ${this.erased()} sectors erased`);
    await super.remove(device);
  }
}

function rigWith(
  options: Omit<VirtualDeviceOptions, 'clock'> = {},
  device: ConstructorParameters<typeof Rig>[0] = 'f405',
) {
  let rig: Rig | undefined = undefined;
  const erased = () => [...(rig?.device.flash.eraseCounts ?? [])].reduce((sum, count) => sum + count, 0);
  const journal = new TellingJournal(erased);
  rig = new Rig(device, { contents: [older, settings], ...options }, { journal });
  return { rig, journal };
}

const key = { path: '1-1', serial: '325E35633334' };

function entryOf(rig: Rig, device: DeviceKey = key) {
  return rig.journal.read(device);
}

describe('the journal', () => {
  it('is written before the first erase, and forgotten when all is proven', async () => {
    const { rig, journal } = rigWith();
    await rig.flash(image);
    expect(journal.told).toEqual([
      'write, 64 bytes saved, 0 sectors erased',
      'write, 0 bytes saved, 1 sectors erased',
      'remove, 1 sectors erased',
    ]);
    expect(await entryOf(rig)).toEqual({ kind: 'none' });
  });

  it('is not written where nothing is to be done, and an old entry is forgotten', async () => {
    const { rig, journal } = rigWith({ contents: [...image.ranges, settings] });
    await rig.flash(image);
    expect(journal.told).toEqual(['remove, 0 sectors erased']);
  });

  it('keeps what was saved when the update fails', async () => {
    const { rig } = rigWith({ faults: [{ kind: 'sector-not-erasable', address: FLASH }] });
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'erase-failed', condition: 'incomplete' });
    expect(await entryOf(rig)).toMatchObject({
      kind: 'interrupted',
      entry: {
        device: key,
        name: 'test',
        image: imageHash(image),
        started: '2026-01-01T00:00:00.000Z',
        preserved: [settings],
      },
    });
  });

  it('keeps nothing when the update is refused', async () => {
    const { rig, journal } = rigWith();
    const outside = FirmwareImage.from([{ address: 0x0900_0000, bytes: noise(1, 16) }]);
    expect(await rig.tryFlash(outside)).toMatchObject({ code: 'plan-refused', condition: 'untouched' });
    expect(journal.told).toEqual([]);
  });

  it('that cannot be written stops the update before anything is erased', async () => {
    const { rig, journal } = rigWith();
    const failure = new StepwiseError('host-file', { path: 'x', operation: 'write', detail: 'no space' });
    journal.write = () => Promise.reject(failure);
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'host-file', condition: 'untouched' });
    expect(journal.erased()).toBe(0);
  });

  it('that cannot be read stops the update before anything is done', async () => {
    const { rig, journal } = rigWith();
    journal.read = () =>
      Promise.reject(new StepwiseError('host-file', { path: 'x', operation: 'read', detail: 'no' }));
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'host-file', condition: 'untouched' });
    expect(journal.erased()).toBe(0);
  });

  it('that cannot be forgotten does not hide that the update is complete', async () => {
    const { rig, journal } = rigWith();
    const failure = new StepwiseError('host-file', { path: 'x', operation: 'remove', detail: 'no' });
    journal.remove = () => Promise.reject(failure);
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'host-file', condition: 'complete' });
  });

  it('gives back what an interrupted update had saved, when it is run again', async () => {
    const { rig } = rigWith({
      faults: [{ kind: 'disconnect', at: { command: 'write', times: 1 }, when: 'before' }],
    });
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'disconnected', condition: 'incomplete' });
    expect(await entryOf(rig)).toMatchObject({ kind: 'interrupted', entry: { preserved: [settings] } });
    await rig.replug();
    expect(await rig.flash(image)).toMatchObject({ preserved: settings.bytes.length });
    expect(rig.device.flash.read(settings.address, settings.bytes.length)).toEqual(settings.bytes);
    expect(await entryOf(rig)).toEqual({ kind: 'none' });
  });
});

describe('the key of a device in the journal', () => {
  const identity = (uniqueId: DeviceIdentity['uniqueId'], serial: string | undefined) =>
    ({ path: '1-2', uniqueId, serial }) as DeviceIdentity;

  it.each([
    ['its unique ID, where it is known', known(UNIQUE_ID, 'read'), 'STM32FxSTM32', UNIQUE_ID],
    ['its serial number elsewhere', unknown('why'), '325E35633334', '325E35633334'],
    ['nothing but its place, where it has neither', unknown('why'), undefined, undefined],
  ])('is its place and %s', (_what, uniqueId, serial, expected) => {
    expect(deviceKey(identity(uniqueId, serial))).toEqual({ path: '1-2', serial: expected });
  });

  it('keeps boards apart that share a serial number', async () => {
    const { rig } = rigWith({ faults: [{ kind: 'sector-not-erasable', address: FLASH }] }, 'h743-v-0x92');
    await rig.tryFlash(image);
    expect((await entryOf(rig, { path: '1-1', serial: UNIQUE_ID })).kind).toBe('interrupted');
    expect((await entryOf(rig, { path: '1-1', serial: '200364500000' })).kind).toBe('none');
  });
});

describe('the announcement', () => {
  async function announced(rig: Rig, announce: NonNullable<FlashJob['announce']>) {
    return rig.connected((connected) =>
      flash(connected, {
        image,
        name: 'test',
        policy: DEFAULT_POLICY,
        journal: rig.journal,
        clock: rig.clock,
        today: () => 'today',
        listener: rig.listener,
        announce,
      }),
    );
  }

  it('comes with the plan, before anything is read or erased', async () => {
    const { rig, journal } = rigWith();
    await announced(rig, (plan, interrupted) => {
      expect(plan.bytes).toBe(3_000);
      expect(interrupted).toBeUndefined();
      expect(journal.told).toEqual([]);
      expect(journal.erased()).toBe(0);
    });
    expect.hasAssertions();
  });

  it('tells of the update that it goes on with', async () => {
    const { rig, journal } = rigWith();
    await journal.write({ device: key, image: 'other', name: 'older', started: 'yesterday', preserved: [] });
    let name: string | undefined;
    await announced(rig, (_plan, interrupted) => {
      name = interrupted?.name;
    });
    expect(name).toBe('older');
  });

  it('may refuse: then nothing is done', async () => {
    const { rig, journal } = rigWith();
    const cancelled = new StepwiseError('cancelled', { condition: 'untouched' });
    await expect(announced(rig, () => Promise.reject(cancelled))).rejects.toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expect(journal.told).toEqual([]);
    expect(journal.erased()).toBe(0);
  });
});

describe('CLRSTATUS', () => {
  it.each([
    'h743-v-0x91',
    'h743-v-0x92',
    'h743-y-0xd2',
    'f405',
    'f746',
    'l476',
    'l072',
    'g474',
    'u575',
    'c5',
  ])('is not sent to %s unless it is in dfuERROR', async (name) => {
    const { rig } = rigWith({ log: true, contents: [] }, name);
    await rig.flash(image);
    expect(uncalledForClears(rig.device.log)).toEqual([]);
  });

  it('is sent to the H743 whose loader stays busy for ever, once for each sector of its second bank', async () => {
    const inBank2 = FirmwareImage.from([{ address: 0x0810_0000, bytes: noise(1, 3_000) }]);
    const { rig } = rigWith({ log: true, contents: [] }, h743V90);
    await rig.flash(inBank2);
    expect(uncalledForClears(rig.device.log)).toHaveLength(1);
  });
});
