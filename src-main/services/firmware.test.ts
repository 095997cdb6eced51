import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { product as schema, type Product } from '../../shared/product.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { writeIntelHex } from '../firmware/intel-hex.ts';

const FLASH = 0x0800_0000;

let rig: ServicesRig;
const folders: string[] = [];
afterEach(async () => {
  await rig.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const neutral = schema.parse(
  JSON.parse(readFileSync(new URL('../../resources/product.json', import.meta.url), 'utf8')),
);

/** A folder with a product.json of its own. */
function resourcesWith(policy: Partial<Product['products'][number]['policy']>): string {
  const folder = mkdtempSync(join(tmpdir(), 'stepwise-resources-'));
  folders.push(folder);
  const products = neutral.products.map((line) => ({ ...line, policy: { ...line.policy, ...policy } }));
  writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...neutral, logo: undefined, products }));
  return folder;
}

const hexFile = (address: number, size: number) =>
  Buffer.from(writeIntelHex(FirmwareImage.from([{ address, bytes: noise(1, size) }]))).toString('base64');

describe('the list of firmware', () => {
  it('has the releases, the newest recommended', async () => {
    rig = await ServicesRig.open();
    const firmware = await rig.request('firmware.list', { path: await rig.plug('h743-v-0x90') });
    expect(firmware).toMatchObject([
      { source: 'release', version: '2.0.0', recommended: true, away: true, channel: 'stable' },
      { source: 'release', version: '1.0.0', recommended: false },
    ]);
    expect(firmware[0]?.notes?.de).toContain('Misst');
    expect(firmware.some(({ refusal }) => refusal)).toBe(false);
  });

  it('recommends nothing that the device must not get, and says why', async () => {
    rig = await ServicesRig.open();
    const firmware = await rig.request('firmware.list', { path: await rig.plug('c071') });
    expect(firmware).toMatchObject([
      { version: '2.0.0', recommended: false, refusal: { code: 'release-refused' } },
      { version: '1.0.0', recommended: false, refusal: { code: 'release-refused' } },
    ]);
  });

  it('says of a locked device that it is locked', async () => {
    rig = await ServicesRig.open();
    const firmware = await rig.request('firmware.list', { path: await rig.plug('f405', 'read-protected') });
    expect(firmware.map(({ refusal }) => refusal?.code)).toEqual(firmware.map(() => 'read-protected'));
    expect(firmware.length).toBeGreaterThan(0);
  });

  it('is known of a device that still runs its application', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.request('demo.replug', { path, boot0: false });
    await rig.device(path, 'application');
    expect(await rig.request('firmware.list', { path })).toMatchObject([
      { version: '2.0.0', recommended: true },
      { version: '1.0.0', recommended: false },
    ]);
  });

  it('refuses an older version where the product does not allow it', async () => {
    rig = await ServicesRig.open({ resourcesFolder: resourcesWith({ downgrade: false }) });
    const path = await rig.plug('f405');
    const [newest] = await rig.request('firmware.list', { path });
    const wish = { path, firmware: newest?.id ?? '', discardOutside: false };
    const { job } = await rig.request('update.start', { ...wish, consents: [] });
    await rig.job(job, ({ state }) => state.kind === 'done' && state.application.kind === 'seen');
    await rig.device(path, 'application');
    await rig.request('devices.enter-bootloader', { path });
    const firmware = await rig.request('firmware.list', { path });
    expect(firmware.at(-1)).toMatchObject({ version: '1.0.0', refusal: { code: 'release-refused' } });
  });

  it('of no device is refused', async () => {
    rig = await ServicesRig.open();
    expect(await rejection(rig.request('firmware.list', { path: '9-9' }))).toMatchObject({
      code: 'no-device',
    });
  });
});

describe('a file somebody chose', () => {
  it('is listed behind the releases, and refused where it does not fit', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const fits = await rig.request('firmware.add', { name: 'fits.hex', content: hexFile(FLASH, 100) });
    expect(fits).toMatchObject({ source: 'file', name: 'fits.hex', bytes: 100, format: 'intel-hex' });
    await rig.request('firmware.add', { name: 'far.hex', content: hexFile(0x0900_0000, 100) });
    expect(await rig.request('firmware.list', { path })).toMatchObject([
      { source: 'release' },
      { source: 'release' },
      { id: fits.id },
      { name: 'far.hex', refusal: { code: 'plan-refused' } },
    ]);
  });

  it('is one firmware, however often it is added', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    for (let i = 0; i < 3; i++)
      await rig.request('firmware.add', { name: 'a.hex', content: hexFile(FLASH, 100) });
    expect(await rig.request('firmware.list', { path })).toHaveLength(3);
  });

  it('that is raw needs its address', async () => {
    rig = await ServicesRig.open();
    const raw = { name: 'app.bin', content: Buffer.from(noise(1, 64)).toString('base64') };
    expect(await rejection(rig.request('firmware.add', raw))).toMatchObject({
      code: 'bad-file',
      facts: { fault: 'address-needed' },
    });
    expect(await rig.request('firmware.add', { ...raw, address: FLASH })).toMatchObject({
      format: 'raw',
      bytes: 64,
    });
  });

  it('that is no firmware is refused with what is the matter', async () => {
    rig = await ServicesRig.open();
    const content = Buffer.from('<!DOCTYPE html><html></html>').toString('base64');
    expect(await rejection(rig.request('firmware.add', { name: 'app.hex', content }))).toMatchObject({
      code: 'bad-file',
      facts: { fault: 'html-page' },
    });
  });

  it('is not taken where the product does not allow files', async () => {
    rig = await ServicesRig.open({ resourcesFolder: resourcesWith({ files: false }) });
    const file = { name: 'app.hex', content: hexFile(FLASH, 100) };
    expect(await rejection(rig.request('firmware.add', file))).toMatchObject({ code: 'not-allowed' });
  });
});

describe('the policy of the product', () => {
  it('keeps images where they belong', async () => {
    const allowed = [{ start: FLASH + 0x4000, end: FLASH + 0x8000 }];
    rig = await ServicesRig.open({ resourcesFolder: resourcesWith({ allowed }) });
    const path = await rig.plug('f405');
    const { id } = await rig.request('firmware.add', { name: 'a.hex', content: hexFile(FLASH, 100) });
    const review = rig.request('update.review', { path, firmware: id, discardOutside: false });
    expect(await rejection(review)).toMatchObject({ facts: { reason: 'protected-range' } });
  });

  it('keeps a device locked where it says so', async () => {
    rig = await ServicesRig.open({ resourcesFolder: resourcesWith({ unprotect: false }) });
    const path = await rig.plug('f405', 'read-protected');
    const unlocking = rig.request('update.unprotect', { path, consents: ['unprotect'] });
    expect(await rejection(unlocking)).toMatchObject({ code: 'not-allowed' });
  });
});
