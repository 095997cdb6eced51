import { afterEach, describe, expect, it } from 'vitest';
import type { ConsentKind } from '../../shared/failure.ts';
import { advance } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { writeIntelHex } from '../firmware/intel-hex.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';

const FLASH = 0x0800_0000;

let rig: ServicesRig;
afterEach(() => rig.close());

async function newest(path: string): Promise<string> {
  const firmware = await rig.request('firmware.list', { path });
  return firmware.find(({ recommended }) => recommended)?.id ?? '';
}

async function start(path: string, consents: ConsentKind[] = []): Promise<string> {
  const firmware = await newest(path);
  const { job } = await rig.request('update.start', { path, firmware, discardOutside: false, consents });
  return job;
}

async function addFile(image: FirmwareImage): Promise<string> {
  const content = Buffer.from(writeIntelHex(image)).toString('base64');
  const { id } = await rig.request('firmware.add', { name: 'app.hex', content });
  return id;
}

const atPhase = (phase: string) => (job: Job) => job.phases.some((each) => each.phase === phase);

describe('an update', () => {
  it('is proven, the bootloader starts the application, and it is seen', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const id = await start(path);
    expect(await rig.request('jobs.list', {})).toMatchObject([
      { id, kind: 'update', path, name: 'Demo firmware 2.0.0', state: { kind: 'running' } },
    ]);
    expect(await rig.device(path, 'working')).toMatchObject({ state: { job: id } });
    const seen = await rig.job(id, ({ state }) => state.kind === 'done' && state.application.kind === 'seen');
    expect(seen).toMatchObject({
      state: { kind: 'done', outcome: { proven: 153_612, recoveries: 0 }, application: { version: '2.0' } },
      fraction: 1,
      remaining: 0,
    });
    const appearances = rig
      .told('job')
      .flatMap(({ event }) => event.events)
      .flatMap((event) => ('application' in event ? [event.application.kind] : []));
    expect(appearances).toEqual(['waiting', 'seen']);
    expect(await rig.device(path, 'application')).toMatchObject({
      state: { version: '2.0', canEnter: true },
    });
  });

  it('asks for a replug where the bootloader is known to crash when it leaves', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('h743-v-0x90');
    const id = await start(path);
    expect((await rig.job(id)).state).toMatchObject({ kind: 'done', application: { kind: 'replug' } });
    await rig.device(path, 'ready');
    await rig.request('demo.replug', { path, boot0: false });
    const seen = await rig.job(id, ({ state }) => state.kind === 'done' && state.application.kind === 'seen');
    expect(seen.state).toMatchObject({ application: { version: '2.0' } });
  });

  it('waits on when the device comes back in its bootloader, and says so when the application never comes', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('h743-v-0x90');
    const id = await start(path);
    await rig.job(id);
    await rig.request('demo.replug', { path, boot0: true });
    const job = await rig.job(
      id,
      ({ state }) => state.kind === 'done' && state.application.kind !== 'replug',
    );
    expect(job.state).toMatchObject({ application: { kind: 'missing' } });
  });

  it('makes the same picture from its events as it is asked for', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const id = await start(path);
    const asked = await rig.job(
      id,
      ({ state }) => state.kind === 'done' && state.application.kind === 'seen',
    );
    const begun = rig.told('job-begun')[0]?.event;
    const events = rig.told('job').flatMap(({ event }) => event.events);
    expect(begun && events.reduce(advance, begun)).toEqual(asked);
  });

  it('tells no more than twenty times a second', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await start(path);
    // Asking for the jobs would bring forward what they have to tell.
    const isApplication = () =>
      rig.told('devices').some(({ event }) => event[0]?.state.kind === 'application');
    await rig.until(() => isApplication() || undefined);
    const times = rig.told('job').map(({ at }) => at);
    expect(times.length).toBeGreaterThan(20);
    const tooSoon = times.filter((at, i) => i > 0 && at - (times[i - 1] ?? 0) < 50);
    expect(tooSoon).toEqual([]);
  });

  it('keeps what lies beside the image', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const review = await rig.request('update.review', {
      path,
      firmware: await newest(path),
      discardOutside: false,
    });
    expect(review.kept).not.toEqual([]);
    expect(review).toMatchObject({
      lost: [],
      consents: [],
      bytes: 153_612,
      continues: false,
      start: 'leave',
    });
    await rig.job(await start(path));
    const settings = rig.desk.device(path).flash.read(FLASH + 0x26100, 19);
    expect(Buffer.from(settings).toString()).toBe('calibration=1.0042;');
  });

  it('runs on several devices at once', async () => {
    rig = await ServicesRig.open();
    const paths = [await rig.plug('f405'), await rig.plug('f405'), await rig.plug('h743-v-0x92')];
    const jobs = await Promise.all(paths.map((path) => start(path)));
    expect(new Set(jobs).size).toBe(3);
    const list = await rig.request('devices.list', {});
    expect(list.map(({ state }) => state.kind)).toEqual(['working', 'working', 'working']);
    for (const id of jobs) expect((await rig.job(id)).state.kind).toBe('done');
  });

  it('leaves its device to nobody else meanwhile', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const firmware = await newest(path);
    const id = await start(path);
    const again = { path, firmware, discardOutside: false, consents: [] };
    const occupied = { code: 'occupied', facts: { path } };
    expect(await rejection(rig.request('update.start', again))).toMatchObject(occupied);
    expect(await rejection(rig.request('devices.enter-bootloader', { path }))).toMatchObject(occupied);
    expect(await rejection(rig.request('diagnose.identity', { path }))).toMatchObject(occupied);
    expect(await rejection(rig.request('update.forget', { path }))).toMatchObject(occupied);
    expect(await rejection(rig.request('jobs.dismiss', { job: id }))).toMatchObject(occupied);
    expect(await rig.request('devices.look', { path })).toMatchObject({ state: { kind: 'working' } });
    expect(rig.services.isWriting()).toBe(true);
    expect((await rig.job(id)).state.kind).toBe('done');
    expect(rig.services.isWriting()).toBe(false);
  });
});

describe('an update in trouble', () => {
  it('goes on by itself when the device is plugged in again', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', 'unplugged-in-mid-write');
    const id = await start(path);
    const waiting = await rig.job(id, ({ state }) => state.kind === 'waiting');
    expect(waiting.state).toMatchObject({ need: { kind: 'replug', path } });
    expect(await rig.device(path, 'working')).toMatchObject({ state: { job: id } });
    await rig.request('demo.replug', { path, boot0: true });
    expect((await rig.job(id)).state).toMatchObject({ kind: 'done', outcome: { recoveries: 1 } });
  });

  it.each([
    ['write-protected', 'erase-failed'],
    ['verify-mismatch', 'verify-mismatch'],
  ])('fails with a name: %s', async (fault, code) => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', fault);
    const { state } = await rig.job(await start(path));
    expect(state).toMatchObject({ kind: 'failed', failure: { code, condition: 'incomplete' } });
  });

  it.each(['stuck-erase-recovers', 'loses-answers', 'slow'])('stands it: %s', async (fault) => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', fault);
    expect((await rig.job(await start(path))).state).toMatchObject({ kind: 'done' });
  });

  it('asks for a replug where nothing else helps, and ends when it was cancelled there', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', 'stuck-erase-never');
    const id = await start(path);
    await rig.job(id, ({ state }) => state.kind === 'waiting');
    await rig.request('jobs.cancel', { job: id });
    expect((await rig.job(id)).state).toMatchObject({ kind: 'failed', failure: { code: 'cancelled' } });
  });

  it('leaves the device untouched when it is cancelled before anything was erased', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const id = await start(path);
    await rig.job(id, atPhase('compare'));
    await rig.request('jobs.cancel', { job: id });
    expect(await rig.request('jobs.list', {})).toMatchObject([{ state: { kind: 'cancelling' } }]);
    expect((await rig.job(id)).state).toMatchObject({
      kind: 'failed',
      failure: { code: 'cancelled', condition: 'untouched' },
    });
    await rig.device(path, 'ready');
    expect(await rig.request('update.interrupted', {})).toEqual([]);
  });

  it('stops between sectors when it is cancelled later, and can be continued', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const id = await start(path);
    await rig.job(id, atPhase('write'));
    await rig.request('jobs.cancel', { job: id });
    expect((await rig.job(id)).state).toMatchObject({
      kind: 'failed',
      failure: { code: 'cancelled', condition: 'incomplete' },
    });
    await rig.device(path, 'ready');
    const [entry] = await rig.request('update.interrupted', {});
    expect(entry).toMatchObject({
      path,
      name: 'Demo firmware 2.0.0',
      present: true,
      firmware: { version: '2.0.0' },
    });
    const firmware = entry?.firmware?.id ?? '';
    const review = await rig.request('update.review', { path, firmware, discardOutside: false });
    expect(review.continues).toBe(true);
    const { job } = await rig.request('update.start', {
      path,
      firmware,
      discardOutside: false,
      consents: [],
    });
    expect((await rig.job(job)).state.kind).toBe('done');
    expect(await rig.request('update.interrupted', {})).toEqual([]);
  });

  it('is cancelled when the program closes', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const id = await start(path);
    await rig.services.close();
    expect(await rig.request('jobs.list', {})).toMatchObject([
      { id, state: { kind: 'failed', failure: { code: 'cancelled' } } },
    ]);
  });
});

describe('consents', () => {
  it('are asked for firmware that nobody signed, and checked', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const firmware = await addFile(FirmwareImage.from([{ address: FLASH, bytes: noise(1, 1_000) }]));
    const wish = { path, firmware, discardOutside: false };
    expect((await rig.request('update.review', wish)).consents).toEqual([{ kind: 'unsigned' }]);
    const failure = await rejection(rig.request('update.start', { ...wish, consents: [] }));
    expect(failure).toMatchObject({ code: 'consent-missing', facts: { what: 'unsigned' } });
    const { job } = await rig.request('update.start', { ...wish, consents: ['unsigned'] });
    expect((await rig.job(job)).state.kind).toBe('done');
  });

  it('are asked for bytes that would be lost, with their number', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const wish = { path, firmware: await newest(path), discardOutside: true };
    const review = await rig.request('update.review', wish);
    const lost = review.lost.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(lost).toBeGreaterThan(0);
    expect(review.kept).toEqual([]);
    expect(review.consents).toEqual([{ kind: 'discard-outside', bytes: lost }]);
    const failure = await rejection(rig.request('update.start', { ...wish, consents: [] }));
    expect(failure).toMatchObject({ code: 'consent-missing', facts: { what: 'discard-outside' } });
  });

  it('are asked for a version older than the one that was seen at this port', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    await rig.job(await start(path));
    await rig.device(path, 'application');
    await rig.request('devices.enter-bootloader', { path });
    await rig.device(path, 'ready');
    const older = (await rig.request('firmware.list', { path })).find(({ version }) => version === '1.0.0');
    const wish = { path, firmware: older?.id ?? '', discardOutside: false };
    expect(await rig.request('update.review', wish)).toMatchObject({
      from: '2.0',
      consents: [{ kind: 'downgrade' }],
    });
    const failure = await rejection(rig.request('update.start', { ...wish, consents: [] }));
    expect(failure).toMatchObject({ code: 'consent-missing', facts: { what: 'downgrade' } });
  });
});

describe('what is asked for and is not there', () => {
  it('is told by name', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const wish = { path, firmware: 'none', discardOutside: false };
    expect(await rejection(rig.request('update.review', wish))).toMatchObject({ code: 'not-found' });
    const gone = { ...wish, path: '9-9', firmware: await newest(path) };
    expect(await rejection(rig.request('update.review', gone))).toMatchObject({ code: 'no-device' });
    expect(await rejection(rig.request('jobs.cancel', { job: 'none' }))).toMatchObject({ code: 'not-found' });
    expect(await rejection(rig.request('jobs.dismiss', { job: 'none' }))).toMatchObject({
      code: 'not-found',
    });
    expect(await rejection(rig.request('update.forget', { path }))).toMatchObject({ code: 'not-found' });
  });

  it('a job that is over can be dismissed, and cancelling it changes nothing', async () => {
    rig = await ServicesRig.open();
    const id = await start(await rig.plug('f405'));
    const { state } = await rig.job(id);
    await rig.request('jobs.cancel', { job: id });
    expect(await rig.request('jobs.list', {})).toMatchObject([{ state: { kind: state.kind } }]);
    await rig.request('jobs.dismiss', { job: id });
    expect(await rig.request('jobs.list', {})).toEqual([]);
    expect(rig.told('job-dismissed').map(({ event }) => event)).toEqual([{ job: id }]);
  });
});

describe('unlocking', () => {
  it('erases the device and leaves it readable', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', 'read-protected');
    expect(await rig.device(path, 'ready')).toMatchObject({
      state: { identity: { readProtected: { value: true } } },
    });
    const refused = await rejection(rig.request('update.unprotect', { path, consents: [] }));
    expect(refused).toMatchObject({ code: 'consent-missing', facts: { what: 'unprotect' } });
    const { job } = await rig.request('update.unprotect', { path, consents: ['unprotect'] });
    expect(await rig.job(job)).toMatchObject({
      kind: 'unprotect',
      state: { kind: 'done', application: { kind: 'not-told' } },
    });
    expect(await rig.device(path, 'ready')).toMatchObject({
      state: { identity: { readProtected: { value: false } } },
    });
  });

  it('is not done to a device that is not locked', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const { job } = await rig.request('update.unprotect', { path, consents: ['unprotect'] });
    expect((await rig.job(job)).state).toMatchObject({
      failure: { code: 'not-supported', condition: 'untouched' },
    });
    expect(rig.desk.device(path).flash.read(FLASH, 16)).toEqual(demoFirmware(1).slice(FLASH, 16));
  });
});
