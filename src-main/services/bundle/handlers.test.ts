import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ServicesRig } from '../../../test/rig/services-rig.ts';
import { unpack } from '../../diagnostics/bundle/unpack.ts';
import { systemClock } from '../../usb/system-clock.ts';
import { Incidents } from '../../log/incidents.ts';
import { Log } from '../../log/log.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

async function bundle(without: string[] = [], includeSerials = false) {
  const { draft, contents } = await rig.request('bundle.preview', { includeSerials });
  const made = await rig.request('bundle.make', { draft, without });
  if (made.kind !== 'content') throw new Error('the screen was to save it');
  return { contents, name: made.name, ...(await unpack(Buffer.from(made.content, 'base64'))) };
}

describe('the file for support', () => {
  it('is what was looked through, without what was unticked', async () => {
    rig = await ServicesRig.open({ devices: ['h743-v-0x90'] });
    await rig.device('1-1', 'ready');
    const { contents, report, manifest, name } = await bundle(['settings']);
    expect(name).toMatch(/^stepwise-bundle-[\d-]+\.zip$/);
    expect(contents.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['devices', 'findings', 'settings', 'log']),
    );
    expect(report.settings).toBeUndefined();
    expect(manifest.leftOut).toContainEqual({ name: 'settings', why: 'unticked' });
    expect(report.findings?.[0]?.findings.map(({ severity }) => severity)).toContain('handled');
  });

  it('has what was examined', async () => {
    rig = await ServicesRig.open({ devices: ['f405'] });
    const { path } = await rig.device('1-1', 'ready');
    await rig.request('diagnose.options', { path });
    const { report } = await bundle();
    expect(report.examined).toMatchObject([{ request: 'diagnose.options', path: '1-1' }]);
  });

  it('can be made while a job hangs on a device that never answers, without waiting for either', async () => {
    // The time of whoever waits is real: virtual time runs on with the job while files are read.
    rig = await ServicesRig.open({ clock: systemClock, speed: 500, lookInterval: 600_000 });
    const path = await rig.plug('h743-v-0x92', 'stops-answering');
    const [first] = await rig.request('firmware.list', { path });
    if (!first) throw new Error('no firmware');
    const { job } = await rig.request('update.start', {
      path,
      firmware: first.id,
      discardOutside: false,
      consents: [],
    });
    await rig.job(job, ({ state }) => state.kind === 'waiting');
    const began = systemClock.now();
    const drawn = await bundle();
    expect(systemClock.now() - began).toBeLessThan(3_000);
    expect(drawn.report.jobs).toMatchObject([{ id: job, state: { kind: 'waiting' } }]);
    expect(drawn.report.stories?.[0]).toMatchObject({ device: path, end: 'unfinished' });
    await rig.abandon();
  });

  it('can only be made of what was looked through last', async () => {
    rig = await ServicesRig.open();
    const first = await rig.request('bundle.preview', { includeSerials: false });
    await rig.request('bundle.preview', { includeSerials: false });
    await expect(rig.request('bundle.make', { draft: first.draft, without: [] })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is saved by the host where it can, which may be told no', async () => {
    const saved: (readonly [string, number])[] = [];
    let answer: string | undefined = 'case.zip';
    rig = await ServicesRig.open({
      saveAs: (name, bytes) => {
        saved.push([name, bytes.length]);
        return Promise.resolve(answer);
      },
    });
    const { draft } = await rig.request('bundle.preview', { includeSerials: false });
    expect(await rig.request('bundle.make', { draft, without: [] })).toEqual({
      kind: 'saved',
      name: 'case.zip',
    });
    answer = undefined;
    expect(await rig.request('bundle.make', { draft, without: [] })).toEqual({ kind: 'cancelled' });
    expect(saved).toHaveLength(2);
  });
});

describe('when the program itself is in trouble', () => {
  it('a log that cannot be kept is told to the screens, and is in the file from memory', async () => {
    const log = new Log({ today: () => '2026-01-01T00:00:00.000Z' });
    rig = await ServicesRig.open();
    await rig.close();
    mkdirSync(rig.stateFolder, { recursive: true });
    writeFileSync(join(rig.stateFolder, 'logs'), 'a file where the folder should be');
    rig = await ServicesRig.open({
      stateFolder: rig.stateFolder,
      log,
      incidents: new Incidents(log, () => 'now'),
    });
    expect(await rig.request('incidents.list', {})).toMatchObject([{ kind: 'log-lost' }]);
    log.write('warn', 'usb', 'seen in memory alone');
    const { entries } = await bundle();
    const memory = entries.find(({ name }) => name === 'logs/memory.log');
    expect(Buffer.from(memory?.bytes ?? []).toString()).toContain('seen in memory alone');
    await rig.request('incidents.dismiss', { incident: 1 });
    expect(await rig.request('incidents.list', {})).toEqual([]);
    expect(rig.told('incidents').at(-1)?.event).toEqual([]);
  });
});
