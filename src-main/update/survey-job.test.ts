import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { noise } from '../../test/rig/noise.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { Rig } from '../../test/rig/rig.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { surveyFlash, type SurveyQuestion } from './survey-job.ts';

const FLASH = 0x0800_0000;
/** The last byte of the second sector, and one in the fifth. */
const contents = [
  { address: FLASH + 0x7fff, bytes: Uint8Array.of(0) },
  { address: FLASH + 0x1_8000, bytes: noise(1, 10) },
];

function survey(rig: Rig, signal?: AbortSignal, question: SurveyQuestion = {}) {
  const { clock, listener } = rig;
  const options = { clock, listener, ...(signal && { signal }) };
  return rig.connected((open) => surveyFlash(open, options, () => undefined, question));
}

async function states(device: string, options: Omit<VirtualDeviceOptions, 'clock'>) {
  return (await survey(new Rig(device, options))).sectors.map(({ state }) => state);
}

describe('a survey of flash', () => {
  it('finds a single byte, wherever it is', async () => {
    const used = (await states('f405', { contents })).flatMap((state, i) => (state === 'used' ? [i] : []));
    expect(used).toEqual([1, 4]);
  });

  it('knows what erased looks like on this chip', async () => {
    expect(new Set(await states('l072', {}))).toEqual(new Set(['blank']));
  });

  it('ends where the flash of the chip ends, whatever its bootloader shows', async () => {
    expect((await survey(new Rig('h750'))).sectors).toMatchObject([
      { address: FLASH, size: 128 * 1024, state: 'blank' },
    ]);
  });

  it('finds the same when transfers are disturbed', async () => {
    const at = { command: 'read', skip: 20 } as const;
    for (const fault of [{ kind: 'timeout', at } as const, { kind: 'stall', at, latched: true } as const]) {
      expect(await states('f405', { contents, faults: [fault] })).toEqual(await states('f405', { contents }));
    }
  });

  it('says of a sector that it is unreadable where the bootloader refuses it', async () => {
    const at = { command: 'read', address: FLASH + 0x8000, times: 'always' } as const;
    expect(
      (await states('f405', { contents, faults: [{ kind: 'stall', at, latched: true }] })).slice(0, 4),
    ).toEqual(['blank', 'used', 'unreadable', 'blank']);
  });

  it('is refused by a locked chip, and changes nothing', async () => {
    expect(await rejection(survey(new Rig('f405', { protection: 1 })))).toMatchObject({
      code: 'read-protected',
      condition: 'untouched',
    });
  });

  it('ends when it is cancelled', async () => {
    expect(await rejection(survey(new Rig('f405'), AbortSignal.abort()))).toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a survey beside a firmware', () => {
  const image = FirmwareImage.from([
    { address: FLASH, bytes: noise(3, 100) },
    { address: FLASH + 0x8000, bytes: noise(4, 100) },
    { address: FLASH + 0xc000, bytes: noise(5, 100) },
  ]);

  it('tells sector by sector whether all of it is there', async () => {
    const [first, second] = image.ranges;
    const changed = { address: FLASH + 0x8000, bytes: Uint8Array.of(...noise(4, 99), 0) };
    const rig = new Rig('f405', { contents: [...(first ? [first] : []), changed] });
    const { sectors } = await survey(rig, undefined, { image });
    expect(second?.address).toBe(FLASH + 0x8000);
    expect(sectors.slice(0, 5).map(({ state, firmware }) => [state, firmware])).toEqual([
      ['used', 'equal'],
      // Nothing of the firmware belongs here.
      ['blank', undefined],
      ['used', 'differs'],
      ['blank', 'differs'],
      ['blank', undefined],
    ]);
  });

  it('calls no sector equal that cannot be read', async () => {
    const at = { command: 'read', address: FLASH, times: 'always' } as const;
    const rig = new Rig('f405', { contents: image.ranges, faults: [{ kind: 'stall', at, latched: true }] });
    const { sectors } = await survey(rig, undefined, { image });
    expect(sectors[0]).toEqual({ address: FLASH, size: 0x4000, state: 'unreadable' });
  });
});

describe('the vector table in flash', () => {
  const table = async (...words: number[]) => {
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    const code = { address: FLASH + 0x100, bytes: noise(9, 64) };
    const rig = new Rig('f405', { contents: [{ address: FLASH, bytes }, code] });
    return (await survey(rig)).vectorTable;
  };

  it.each([
    ['one that works', [0x2002_0000, FLASH + 0x101], []],
    ['one that works, with its handler far behind', [0x2002_0000, FLASH + 0x3ff1], []],
    ['a stack nowhere', [0x0000_1000, FLASH + 0x101], ['stack-pointer-outside-ram']],
    ['a handler that is no Thumb code', [0x2002_0000, FLASH + 0x100], ['reset-handler-not-thumb']],
    ['a handler in a blank sector', [0x2002_0000, FLASH + 0x8101], ['reset-handler-outside-image']],
    ['nothing', [0xffff_ffff, 0xffff_ffff], ['blank']],
  ])('is judged: %s', async (_what, words, oddities) => {
    expect(await table(...words)).toMatchObject({ address: FLASH, stackPointer: words[0], oddities });
  });
});

describe('known releases', () => {
  const older = demoFirmware(1);
  const newer = demoFirmware(2);
  const raw = noise(7, 5_000);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const known = [
    { kind: 'image', name: 'Example', version: '2.0.0', image: newer },
    { kind: 'image', name: 'Example', version: '1.0.0', image: older },
    {
      kind: 'digest',
      name: 'Example',
      version: '0.9.1',
      address: FLASH,
      bytes: 6_000,
      sha256: digest(noise(8, 6_000)),
    },
    { kind: 'digest', name: 'Example', version: '0.9.0', address: FLASH, bytes: 5_000, sha256: digest(raw) },
  ] as const;

  it.each([
    ['by its bytes', 'h743-v-0x92', older.ranges, ['1.0.0']],
    ['by its digest', 'f405', [{ address: FLASH, bytes: raw }], ['0.9.0']],
    ['not at all', 'f405', [{ address: FLASH, bytes: noise(1, 100) }], []],
    ['not at all where one byte differs', 'f405', [{ address: FLASH, bytes: raw.with(4_999, 0) }], []],
  ])('are recognised %s', async (_how, device, contents, versions) => {
    const { recognised } = await survey(new Rig(device, { contents }), undefined, { known });
    expect(recognised.map(({ version }) => version)).toEqual(versions);
  });
});
