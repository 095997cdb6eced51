/**
 * The loopback host around what a test has prepared: devices that live in the test's own process, so that they outlive
 * this one, a log that is full already, or a file that somebody opens with the program.
 *
 *   node special-host.js STATE-FOLDER USBIP-PORT LOG-LINES [FILE [RESOURCES]]      where an empty port means no devices
 */
import { fileURLToPath } from 'node:url';
import { DemoComputer } from '../../src-main/hosts/demo-computer.ts';
import { firmwareOpening } from '../../src-main/hosts/electron/firmware-opening.ts';
import { openLoopbackHost } from '../../src-main/hosts/loopback/loopback-host.ts';
import { readScreenFiles } from '../../src-main/hosts/screen-files.ts';
import { NOTHING_KNOWN } from '../../src-main/diagnostics/bundle/known-secrets.ts';
import { Incidents } from '../../src-main/log/incidents.ts';
import { Log } from '../../src-main/log/log.ts';
import { ContractServer } from '../../src-main/services/contract-server.ts';
import { createServices } from '../../src-main/services/services.ts';
import { nodeNetwork } from '../../src-main/hosts/network.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import { UsbipBus } from './usbip-bus.ts';

/** This file is `dist/test/browser/special-host.js` when it runs. */
const PACKAGE = new URL('../../../', import.meta.url);
const LEVELS = ['debug', 'info', 'info', 'info', 'warn', 'error'] as const;
const ROOMS = ['usb', 'flash', 'update', 'contract'] as const;

const [stateFolder = '', usbipPort = '', logLines = '0', file = '', resources] = process.argv.slice(2);
const today = (): string => new Date().toISOString();
const log = new Log({ today });
for (let number = 0; number < Number(logLines); number++)
  log.write(at(LEVELS, number), at(ROOMS, number), `line ${number} of a long day`);

const services = await createServices({
  bus: usbipPort === '' ? new VirtualBus(systemClock) : new UsbipBus(Number(usbipPort)),
  clock: systemClock,
  screenClock: systemClock,
  today,
  stateFolder,
  resourcesFolder: resources ?? fileURLToPath(new URL('resources/', PACKAGE)),
  version: '0.0.0',
  versions: {},
  host: 'loopback',
  platform: process.platform,
  computer: new DemoComputer(process.platform),
  log,
  incidents: new Incidents(log, today),
  secrets: () => NOTHING_KNOWN,
  openOutside: () => Promise.resolve(),
  network: nodeNetwork,
});
// As in the Electron shell, only that a signal stands for the double click.
const opening = firmwareOpening(services);
process.on('SIGUSR2', () => file !== '' && void opening.open(file));
const contract = new ContractServer(opening.services, (level, message) => {
  log.write(level, 'contract', message);
});
const host = await openLoopbackHost({
  contract,
  screens: await readScreenFiles(fileURLToPath(new URL('dist/src-renderer', PACKAGE))),
  port: 0,
});
process.stdout.write(`${host.address}\n`);

process.on('SIGTERM', () => {
  void services.close().then(async () => {
    contract.close();
    await host.close();
    process.exit();
  });
});

function at<T>(values: readonly T[], number: number): T {
  const value = values[number % values.length];
  if (value === undefined) throw new Error('there is nothing to choose from');
  return value;
}
