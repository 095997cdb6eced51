import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { transcriptFiles } from '../usb/transcripts.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

const HEAD = Buffer.from(demoFirmware(1).slice(0x0800_0000, 16) ?? []).toString('hex');

async function surveyed(): Promise<string> {
  const path = await rig.plug('f405');
  await rig.request('diagnose.survey', { path });
  return transcriptFiles(join(rig.stateFolder, 'logs'))
    .map((file) => readFileSync(file.path, 'utf8'))
    .join('');
}

describe('the transcript of the app', () => {
  it('is kept by itself, and has no firmware in it', async () => {
    rig = await ServicesRig.open();
    const text = await surveyed();
    expect(text.match(/"sha256"/g)?.length).toBeGreaterThan(100);
    expect(text).not.toContain(HEAD);
  });

  it('has the firmware in it as soon as the person lets it', async () => {
    rig = await ServicesRig.open();
    await rig.request('settings.change', { change: { recordFirmware: true } });
    expect(await surveyed()).toContain(HEAD);
  });
});
