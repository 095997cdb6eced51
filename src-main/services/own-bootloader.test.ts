import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Device } from '../../shared/device.ts';
import { isOver } from '../../shared/job-advance.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { writeIntelHex } from '../firmware/intel-hex.ts';
import { DemoComputer } from '../hosts/demo-computer.ts';
import { nodeNetwork } from '../hosts/network.ts';
import { NOTHING_KNOWN } from '../diagnostics/bundle/known-secrets.ts';
import { Incidents } from '../log/incidents.ts';
import { Log } from '../log/log.ts';
import { createVirtualDevice } from '../virtual/catalogue/index.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import type { Services } from './handlers.ts';
import { parsedProduct } from './product.ts';
import { createServices } from './services.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;
const IDS = { vendorId: 0x1209, productId: 0x0002 };
/** 2048 bytes a page: some of them the bootloader's own, which it lets nobody write. */
const LAYOUT = '@Internal Flash /0x08000000/16*001Ka,112*001Kg';
const OWN = 0x0800_4000;
const FIRMWARE = Buffer.from(
  writeIntelHex(FirmwareImage.from([{ address: OWN, bytes: new Uint8Array(3000).fill(0x5a) }])),
).toString('base64');

let services: Services;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-own-'));
});
afterEach(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

/** A product with a bootloader of its own, and what is plugged in shows `name` as its own. */
async function plugged(name: string): Promise<void> {
  const neutral = { ...(await parsedProduct(RESOURCES)), logo: undefined };
  const [line] = neutral.products;
  const products = [{ ...line, id: 'meter', name: 'Meter', bootloader: { ...IDS, name: 'Meter boot' } }];
  writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...neutral, products }));
  const clock = new VirtualClock();
  const { definition } = createVirtualDevice('gd32vf103', { clock });
  const usb = { ...definition.usb, ...IDS, manufacturer: 'Meters', product: name, alternates: [LAYOUT] };
  const device = createVirtualDevice({ ...definition, usb }, { clock });
  const log = new Log({ today: () => '' });
  services = await createServices({
    bus: new VirtualBus(clock, [device]),
    clock,
    screenClock: clock,
    today: () => '2026-01-01T00:00:00.000Z',
    stateFolder: folder,
    resourcesFolder: folder,
    version: '0.0.0',
    versions: {},
    host: 'loopback',
    platform: 'linux',
    computer: new DemoComputer('linux'),
    log,
    incidents: new Incidents(log, () => ''),
    secrets: () => NOTHING_KNOWN,
    openOutside: () => Promise.resolve(),
    network: nodeNetwork,
    lookInterval: Infinity,
  });
}

const unattended = { signal: new AbortController().signal, progress: () => undefined };

/** Asked again whenever anything was announced. */
async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    let end = (): void => undefined;
    const news = new Promise<void>((resolve) => (end = services.subscribe(() => resolve())));
    const found = await find();
    if (found !== undefined) return found;
    await news;
    end();
  }
}

function device(kind: Device['state']['kind']): Promise<Device> {
  return until(async () =>
    (await services.handlers['devices.list']({}, unattended)).find(({ state }) => state.kind === kind),
  );
}

it('a product with a bootloader of its own is found, named, updated and surveyed', async () => {
  await plugged('Meter boot');
  const { path, ...found } = await device('ready');
  expect(found).toMatchObject({ title: 'Meter', product: 'meter' });
  const { handlers } = services;
  const { id } = await handlers['firmware.add']({ name: 'meter.hex', content: FIRMWARE }, unattended);
  const wish = { path, firmware: id, discardOutside: false, consents: ['unsigned' as const] };
  const { job } = await handlers['update.start'](wish, unattended);
  const over = await until(async () =>
    (await handlers['jobs.list']({}, unattended)).find((each) => each.id === job && isOver(each)),
  );
  expect(over).toMatchObject({ state: { kind: 'done' } });
  await device('ready');
  expect(await handlers['diagnose.survey']({ path }, unattended)).not.toEqual([]);
});

it('somebody else’s bootloader with the same USB IDs is not touched', async () => {
  await plugged('Rain boot');
  expect(await device('unusable')).toMatchObject({ state: { failure: { code: 'not-st-rom' } } });
});
