import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ServicesRig } from '../../test/rig/services-rig.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

const kept = () => {
  const folder = join(rig.stateFolder, 'firmware');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Begins an update and has the program die in the middle of it. */
async function killed(): Promise<void> {
  rig = await ServicesRig.open();
  const path = await rig.plug('f405');
  const [newest] = await rig.request('firmware.list', { path });
  const wish = { path, firmware: newest?.id ?? '', discardOutside: false, consents: [] };
  const { job } = await rig.request('update.start', wish);
  await rig.job(job, ({ phases }) => phases.some(({ phase }) => phase === 'write'));
  await rig.abandon();
}

async function restarted(): Promise<void> {
  const { stateFolder } = rig;
  rig = await ServicesRig.open({ stateFolder });
}

describe('an update that was interrupted by the end of the program', () => {
  it('is known afterwards, and continued with the firmware that was kept', async () => {
    await killed();
    expect(kept()).toHaveLength(1);
    await restarted();
    const absent = await rig.request('update.interrupted', {});
    expect(absent).toMatchObject([
      { path: '1-1', name: 'Demo firmware 2.0.0', present: false, firmware: { source: 'interrupted' } },
    ]);
    const path = await rig.plug('f405');
    expect(await rig.request('update.interrupted', {})).toMatchObject([{ path, present: true }]);
    const wish = { path, firmware: absent[0]?.firmware?.id ?? '', discardOutside: false };
    expect(await rig.request('update.review', wish)).toMatchObject({ continues: true, consents: [] });
    const { job } = await rig.request('update.start', { ...wish, consents: [] });
    expect((await rig.job(job)).state.kind).toBe('done');
    expect(await rig.request('update.interrupted', {})).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it('is forgotten when the person says so, and with it the firmware', async () => {
    await killed();
    await restarted();
    await rig.request('update.forget', { path: '1-1' });
    expect(await rig.request('update.interrupted', {})).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it('is known without its firmware when that was damaged', async () => {
    await killed();
    for (const name of kept()) writeFileSync(join(rig.stateFolder, 'firmware', name), '{"torn');
    await restarted();
    const [entry] = await rig.request('update.interrupted', {});
    expect(entry).toMatchObject({ path: '1-1' });
    expect(entry).not.toHaveProperty('firmware');
  });

  it('is not of another device that is plugged in at its place', async () => {
    await killed();
    await restarted();
    await rig.plug('h743-v-0x90');
    expect(await rig.request('update.interrupted', {})).toMatchObject([{ path: '1-1', present: false }]);
  });
});

describe('copies of firmware', () => {
  it('are gone when the update is complete', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const [newest] = await rig.request('firmware.list', { path });
    const wish = { path, firmware: newest?.id ?? '', discardOutside: false, consents: [] };
    const { job } = await rig.request('update.start', wish);
    await rig.job(job, ({ phases }) => phases.some(({ phase }) => phase === 'write'));
    expect(kept()).toHaveLength(1);
    await rig.job(job);
    expect(kept()).toEqual([]);
  });
});
