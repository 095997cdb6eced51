import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { requests } from '../../shared/contract.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { parsedProduct } from './product.ts';
import type { Outside } from './surroundings.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;

let rig: ServicesRig;
afterEach(() => rig.close());

it('the application says what it is and whose', async () => {
  rig = await ServicesRig.open({
    version: '1.2.3',
    versions: { zod: '4' },
    platform: 'linux',
    host: 'electron',
  });
  const about = await rig.request('app.about', {});
  expect(about).toMatchObject({
    version: '1.2.3',
    versions: { zod: '4' },
    platform: 'linux',
    host: 'electron',
  });
  expect(about).toMatchObject({ demo: true, product: { name: 'Stepwise', products: [{ id: 'stm32' }] } });
  expect(about.product.logo).toMatch(/^data:image\/svg/);
});

it('opens only what the maker and the program know', async () => {
  const opened: Outside[] = [];
  const openOutside = (what: Outside) => {
    opened.push(what);
    return Promise.resolve();
  };
  rig = await ServicesRig.open({ openOutside });
  await rig.request('app.open', { what: 'logs-folder' });
  expect(opened).toEqual([{ kind: 'folder', path: join(rig.stateFolder, 'logs') }]);
  expect(await rejection(rig.request('app.open', { what: 'support' }))).toMatchObject({
    code: 'not-supported',
  });
  expect(await rejection(rig.request('app.open', { what: 'support-mail' }))).toMatchObject({
    code: 'not-supported',
  });
});

it('opens a link of the maker by its place among them, and no other', async () => {
  const opened: Outside[] = [];
  const openOutside = (what: Outside) => {
    opened.push(what);
    return Promise.resolve();
  };
  const folder = mkdtempSync(join(tmpdir(), 'stepwise-links-'));
  const neutral = { ...(await parsedProduct(RESOURCES)), logo: undefined };
  const links = [{ text: { en: 'Manual' }, url: 'https://maker.example/manual' }];
  writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...neutral, links }));
  rig = await ServicesRig.open({ openOutside, resourcesFolder: folder });
  await rig.request('app.open', { what: { page: 0 } });
  expect(opened).toEqual([{ kind: 'address', url: 'https://maker.example/manual' }]);
  expect(await rejection(rig.request('app.open', { what: { page: 1 } }))).toMatchObject({
    code: 'not-supported',
  });
  rmSync(folder, { recursive: true });
});

it('every request of the contract has its handler', async () => {
  rig = await ServicesRig.open();
  expect(Object.keys(rig.services.handlers).sort()).toEqual(Object.keys(requests).sort());
});

it('the log is read in pages and announced in batches', async () => {
  rig = await ServicesRig.open();
  await rig.plug('f405');
  const lines = await rig.request('logs.read', {});
  expect(lines.map(({ room, device }) => [room, device])).toContainEqual(['devices', '1-1']);
  expect(await rig.request('logs.read', { before: 2 })).toHaveLength(1);
  await rig.clock.sleep(1_000);
  expect(rig.told('log').flatMap(({ event }) => event.map(({ number }) => number))).toEqual(
    lines.slice(-rig.told('log').flatMap(({ event }) => event).length).map(({ number }) => number),
  );
});

describe('newer versions of the application', () => {
  it('are nothing a program in a browser could install', async () => {
    rig = await ServicesRig.open();
    expect(await rig.request('app-update.state', {})).toEqual({ stage: { kind: 'none', why: 'browser' } });
    expect(await rig.request('app-update.check', {})).toEqual({ stage: { kind: 'none', why: 'browser' } });
    expect(await rejection(rig.request('app-update.install', { when: 'now' }))).toMatchObject({
      code: 'not-found',
    });
  });
});
