import { describe, expect, it } from 'vitest';
import { CatalogRig, firmware, informed, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { ConnectionFailed, type ConnectionFault, type Transport } from './transport.ts';

describe('a clock that is wrong', () => {
  const certificate = (detail: string, fault: ConnectionFault = 'certificate-date'): Transport => ({
    get: () => Promise.reject(new ConnectionFailed(fault, detail)),
  });
  const saying =
    (rig: CatalogRig, date: string) => (path: string, request: { headers: Record<string, string> }) => {
      const honest = rig.server.honest(path, request);
      return { ...honest, headers: { ...honest.headers, date: new Date(date).toUTCString() } };
    };

  it('is found by a certificate that is not good yet, also where nothing was ever signed', async () => {
    const rig = await CatalogRig.start();
    const transport = certificate('CERT_NOT_YET_VALID', 'certificate-early');
    const { state } = await rig.open({ transport });
    expect(state).toMatchObject({ freshness: 'unknown' });
    const { failure } = await (await rig.open({ transport })).check();
    expect(failure).toMatchObject({ code: 'clock-wrong', facts: { today: rig.today } });
    expect(failure?.facts).not.toHaveProperty('passed');
  });

  it('is found by a certificate that is good later only, where something signed is later too', async () => {
    const { rig } = await informed();
    const transport = certificate('ERR_CERT_DATE_INVALID');
    expect(await (await rig.open({ transport })).check()).toMatchObject({
      failure: { code: 'untrusted-connection' },
    });
    rig.today = '2015-01-01T00:00:00.000Z';
    expect(await (await rig.open({ transport })).check()).toMatchObject({
      failure: { code: 'clock-wrong', facts: { today: rig.today, passed: '2029-06-01T12:00:00Z' } },
    });
  });

  it('is found where what has expired here has not where the server is', async () => {
    const { rig, catalog } = await informed();
    rig.server.mischief = saying(rig, '2030-01-02T00:00:00Z');
    rig.today = '2100-01-01T00:00:00.000Z';
    expect(await catalog.check()).toMatchObject({
      failure: { code: 'clock-wrong', facts: { today: rig.today, passed: '2030-01-02T00:00:00.000Z' } },
    });
    rig.server.mischief = saying(rig, '2100-01-01T09:00:00Z');
    expect(await catalog.check()).toMatchObject({ failure: { code: 'expired' } });
  });

  it('is found where it keeps alive what has expired everywhere else, and nothing new is taken', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.release('1.1.0', firmware(10));
    rig.server.mischief = saying(rig, '2100-01-01T00:00:00Z');
    expect(await catalog.check()).toMatchObject({ freshness: 'stale', failure: { code: 'clock-wrong' } });
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
  });

  it('is not looked for where nothing depends on it', async () => {
    const { rig, catalog } = await informed();
    rig.server.mischief = saying(rig, '2040-01-01T00:00:00Z');
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
  });
});
