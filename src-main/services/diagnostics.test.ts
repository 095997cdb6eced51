import { afterEach, describe, expect, it } from 'vitest';
import type { LinkQuality, SurveyedSector } from '../../shared/diagnosis.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

describe('the identity', () => {
  it('is asked for anew', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('h743-v-0x90');
    const before = rig.desk.device(path).transfers;
    expect(await rig.request('diagnose.identity', { path })).toMatchObject({ stepping: { value: 'V' } });
    expect(rig.desk.device(path).transfers).toBeGreaterThan(before);
  });
});

describe('the survey', () => {
  it('tells sector by sector what is in use, as it goes', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const told: SurveyedSector[] = [];
    const { sectors: survey } = await rig.request(
      'diagnose.survey',
      { path },
      { progress: (sector) => told.push(sector) },
    );
    expect(survey).toHaveLength(12);
    expect(told).toEqual(survey);
    expect(survey.map(({ state }) => state).join()).toBe(
      `${'used,'.repeat(6)}${'blank,'.repeat(6)}`.slice(0, -1),
    );
    expect(await rig.device(path, 'ready')).toMatchObject({ path });
  });

  it('can be stopped, and the device is free again then', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const stop = new AbortController();
    const progress = () => stop.abort();
    const failure = await rejection(
      rig.request('diagnose.survey', { path }, { signal: stop.signal, progress }),
    );
    expect(failure).toMatchObject({ code: 'cancelled', condition: 'untouched' });
    expect(await rig.request('diagnose.options', { path })).toHaveLength(1);
  });

  it('has the device for itself', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const survey = rig.request('diagnose.survey', { path });
    // The request is at work as soon as it has been asked whether the device is there.
    await Promise.resolve().then(() => Promise.resolve());
    await rig.clock.sleep(1);
    expect(await rejection(rig.request('diagnose.link', { path }))).toMatchObject({ code: 'occupied' });
    expect(await rig.request('devices.list', {})).toMatchObject([{ state: { kind: 'ready' } }]);
    await survey;
  });

  it.each(['diagnose.survey', 'diagnose.link'] as const)(
    'of a locked device is refused: %s',
    async (name) => {
      rig = await ServicesRig.open();
      const path = await rig.plug('f405', 'read-protected');
      expect(await rejection(rig.request(name, { path }))).toMatchObject({ code: 'read-protected' });
      await rig.device(path, 'ready');
    },
  );

  it('of no device is refused', async () => {
    rig = await ServicesRig.open();
    expect(await rejection(rig.request('diagnose.survey', { path: '9-9' }))).toMatchObject({
      code: 'no-device',
    });
  });
});

describe('the link', () => {
  it('is measured for two seconds', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const told: LinkQuality[] = [];
    const quality = await rig.request('diagnose.link', { path }, { progress: (so) => told.push(so) });
    expect(quality).toMatchObject({ errors: 0 });
    expect(quality.requests).toBeGreaterThan(500);
    // 2048 bytes in 33 packets and a request of their own.
    expect(quality.median).toBeCloseTo(3, 0);
    expect(quality.rate).toBeGreaterThan(500_000);
    expect(quality.slowest).toBeGreaterThanOrEqual(quality.median);
    expect(told.length).toBeGreaterThan(10);
    expect(told.length).toBeLessThanOrEqual(20);
  });

  it('can be stopped', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405');
    const stop = new AbortController();
    const progress = () => stop.abort();
    const failure = await rejection(
      rig.request('diagnose.link', { path }, { signal: stop.signal, progress }),
    );
    expect(failure).toMatchObject({ code: 'cancelled' });
  });
});

describe('option bytes', () => {
  it('are read and named', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('h743-v-0x92');
    const [block] = await rig.request('diagnose.options', { path });
    expect(block).toMatchObject({ address: 0x5200_201c });
    expect(block?.raw).toHaveLength(256);
    expect(block?.fields).toContainEqual({
      name: 'RDP',
      topic: 'read-protection',
      value: 'level 0',
      opinion: 'fine',
    });
    expect(block?.fields).toContainEqual(
      expect.objectContaining({ name: 'WRPSn1', value: 'nothing protected' }),
    );
  });

  it('of a locked device cannot be read', async () => {
    rig = await ServicesRig.open();
    const path = await rig.plug('f405', 'read-protected');
    expect(await rejection(rig.request('diagnose.options', { path }))).toMatchObject({
      code: 'read-protected',
    });
  });
});
