import { expect, it } from 'vitest';
import { rejection } from '../../test/rig/in-time.ts';
import { Rig } from '../../test/rig/rig.ts';
import { f405 } from '../virtual/catalogue/f4.ts';
import { readOptionBytes } from './options-job.ts';

const F405 = [0x413];

it('reads the option bytes where the bootloader shows them, and closes the device', async () => {
  const rig = new Rig('f405');
  const usb = await rig.attached();
  const [block] = await readOptionBytes(usb, rig.clock, F405);
  expect(block).toMatchObject({ address: 0x1fff_c000 });
  expect(block?.raw).toHaveLength(32);
  expect(block?.fields.map(({ name }) => name)).toContain('RDP');
  expect(await rejection(usb.claim(0))).toMatchObject({ kind: 'io' });
});

it('reads them without names where the chip could not be told', async () => {
  const rig = new Rig('f405');
  expect(await readOptionBytes(await rig.attached(), rig.clock, [])).toMatchObject([{ fields: [] }]);
});

it('says where a bootloader shows none, and closes the device', async () => {
  const [flash = ''] = f405.usb.alternates;
  const rig = new Rig({ ...f405, usb: { ...f405.usb, alternates: [flash] } });
  const usb = await rig.attached();
  expect(await rejection(readOptionBytes(usb, rig.clock, F405))).toMatchObject({
    code: 'not-supported',
    condition: 'untouched',
  });
  expect(await rejection(usb.claim(0))).toMatchObject({ kind: 'io' });
});
