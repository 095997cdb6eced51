/**
 * A loopback host whose application can be updated: the maker's repository, its signatures and the download are real, and
 * nothing is installed. Half of the file comes at once, the rest after a nudge.
 *
 *     app-update-host.js STATE_FOLDER [MINIMUM]      oldest version of the application that may update devices
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appPlatform } from '../../shared/release.ts';
import { DemoComputer } from '../../src-main/hosts/demo-computer.ts';
import { openLoopbackHost } from '../../src-main/hosts/loopback/loopback-host.ts';
import { nodeNetwork } from '../../src-main/hosts/network.ts';
import { readScreenFiles } from '../../src-main/hosts/screen-files.ts';
import { NOTHING_KNOWN } from '../../src-main/diagnostics/bundle/known-secrets.ts';
import { Incidents } from '../../src-main/log/incidents.ts';
import { Log } from '../../src-main/log/log.ts';
import { ContractServer } from '../../src-main/services/contract-server.ts';
import type { SelfUpdater } from '../../src-main/services/self-updater.ts';
import { createServices } from '../../src-main/services/services.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import { Maker } from '../catalog/maker.ts';
import { HostileServer } from '../electron/hostile-server.ts';

/** This file is `dist/test/browser/app-update-host.js` when it runs. */
const PACKAGE = new URL('../../../', import.meta.url);
const folder = (name: string) => fileURLToPath(new URL(name, PACKAGE));
const NOTES = {
  en: '**Finds devices behind a hub at once.**\n\n- Says how long an update takes before it begins.\n- Reads five more file formats.',
  de: '**Findet Geräte hinter einem Hub sofort.**\n\n- Sagt vor einer Aktualisierung, wie lange sie dauert.\n- Liest fünf weitere Dateiformate.',
};
const INSTALLER = Buffer.alloc(6_000_000, 'x');

const [stateFolder = '', minimum] = process.argv.slice(2);
const today = (): string => new Date().toISOString();

const maker = await Maker.start();
const server = await HostileServer.start(maker.files);
await maker.release('2.0.0', Buffer.alloc(1_000), {
  name: 'Firmware 2.0.0',
  fits: { products: ['stm32'], chips: [] },
});
await maker.application('1.1.0', INSTALLER, {
  notes: NOTES,
  released: '2026-10-05T09:00:00Z',
  platform: appPlatform.parse(process.platform),
  ...(minimum !== undefined && { minimum }),
});

let isNudged = false;
let goOn: () => void = () => undefined;
process.on('SIGUSR2', () => {
  isNudged = true;
  goOn();
});
server.mischief = (path, response) => {
  if (!path.startsWith('targets/app/') || isNudged) return false;
  const half = INSTALLER.length / 2;
  response.writeHead(200).write(INSTALLER.subarray(0, half));
  goOn = () => response.end(INSTALLER.subarray(half));
  return true;
};

const resources = join(stateFolder, 'branding');
cpSync(folder('resources'), resources, { recursive: true });
const neutral = JSON.parse(readFileSync(join(resources, 'product.json'), 'utf8')) as object;
const catalog = { url: server.url, root: 'root.json' };
writeFileSync(join(resources, 'product.json'), JSON.stringify({ ...neutral, catalog }));
writeFileSync(join(resources, 'root.json'), maker.file('metadata/1.root.json'));

const downloads = join(stateFolder, 'downloads');
const updater: SelfUpdater = {
  installedAs: { arch: 'x64', package: 'appimage' },
  prepare: async (application, bring) => {
    mkdirSync(downloads, { recursive: true });
    await bring(join(downloads, application.sha256));
  },
  atQuit: () => undefined,
  installNow: () => Promise.resolve(),
  forget: () => rm(downloads, { recursive: true, force: true }),
};

const log = new Log({ today });
const device = createVirtualDevice('h743-y-0xd2', { clock: systemClock, contents: demoFirmware(1).ranges });
const services = await createServices({
  bus: new VirtualBus(systemClock, [device]),
  clock: systemClock,
  screenClock: systemClock,
  today,
  stateFolder,
  resourcesFolder: resources,
  version: '1.0.0',
  versions: {},
  host: 'loopback',
  platform: process.platform,
  computer: new DemoComputer(process.platform),
  log,
  incidents: new Incidents(log, today),
  secrets: () => NOTHING_KNOWN,
  openOutside: () => Promise.resolve(),
  network: nodeNetwork,
  selfUpdater: updater,
});
const contract = new ContractServer(services, (level, message) => {
  log.write(level, 'contract', message);
});
const host = await openLoopbackHost({
  contract,
  screens: await readScreenFiles(folder('dist/src-renderer')),
  port: 0,
});
process.stdout.write(`${host.address}\n`);

process.on('SIGTERM', () => {
  void services.close().then(async () => {
    contract.close();
    await host.close();
    await server.close();
    process.exit();
  });
});
