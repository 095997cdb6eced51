/** Everything behind the contract, put together: one concern a file, all of them around the same devices and jobs. */
import { join } from 'node:path';
import { firmwareWatch } from '../dfuse/firmware-transfers.ts';
import { Departures } from '../diagnostics/host/departures.ts';
import { Journal } from '../flash/journal.ts';
import { openLogFiles } from '../log/log-files.ts';
import { RecordedBus } from '../usb/recorder.ts';
import { transcript } from '../usb/transcripts.ts';
import { aboutHandlers, LOGS_FOLDER } from './about.ts';
import { AppUpdate } from './app-update.ts';
import { bundleHandlers } from './bundle/handlers.ts';
import { catalogHere, passingCatalog } from './catalog-here.ts';
import { demoHandlers } from './demo.ts';
import { DeviceRegistry } from './device-registry.ts';
import { deviceHandlers } from './devices.ts';
import { diagnosticHandlers } from './diagnostics.ts';
import { Examinations } from './examinations.ts';
import { firmwareHandlers } from './firmware.ts';
import { Examined } from './examined.ts';
import { FirmwareShelf } from './firmware-shelf.ts';
import type { Announce, Services } from './handlers.ts';
import { hostHandlers } from './host.ts';
import type { House } from './house.ts';
import { incidentHandlers } from './incidents.ts';
import { installationId } from './installation.ts';
import { Interruptions } from './interrupted.ts';
import { JobRegistry } from './job-registry.ts';
import { jobHandlers } from './jobs.ts';
import { FirmwareKeep } from './kept-firmware.ts';
import { announceLog, logHandlers } from './logs.ts';
import { productHere } from './product.ts';
import { Releases } from './releases.ts';
import { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { updateHandlers } from './updates.ts';

/** @throws host-file where product.json is not what it should be */
export async function createServices(outside: Surroundings): Promise<Services> {
  const { clock, screenClock, today, log, stateFolder, lookInterval } = outside;
  const logsFolder = join(stateFolder, LOGS_FOLDER);
  const { incidents } = outside;
  const lost = ({ message }: Error) => incidents.add('log-lost', message);
  const files = openLogFiles(log, logsFolder, { report: lost });
  const settings = await Settings.open(stateFolder, log);
  const bus = new RecordedBus(outside.bus, {
    clock,
    firmwareWatch,
    origin: { program: `stepwise ${outside.version}, app`, begun: today() },
    sinks: [
      transcript({
        folder: logsFolder,
        program: 'app',
        today,
        takesFirmware: () => settings.now.recordFirmware,
        report: lost,
      }),
    ],
  });
  const surroundings = { ...outside, bus };
  const listeners = new Set<Announce>();
  const announce: Announce = (name, event) => {
    for (const listener of listeners) listener(name, event);
  };

  const product = await productHere(surroundings);
  const journal = new Journal(stateFolder);
  const jobs = new JobRegistry({ clock, screenClock, log, announce });
  const devices = new DeviceRegistry({
    bus,
    clock,
    log,
    lookInterval,
    lines: product.products,
    announce: (list) => announce('devices', list),
  });
  const departures = new Departures(bus, clock);
  const shelf = new FirmwareShelf();
  const keep = new FirmwareKeep(join(stateFolder, 'firmware'));
  const interruptions = new Interruptions({ journal, keep, shelf, devices, jobs, log });
  await interruptions.tidy();
  const { demo } = outside;
  const catalog = demo
    ? await passingCatalog(surroundings, demo.repository)
    : await catalogHere(surroundings, product);
  const installation = await installationId(stateFolder);
  const appUpdate = new AppUpdate({
    catalog,
    updater: outside.selfUpdater,
    host: outside.host,
    here: () => {
      const { version, platform } = outside;
      return { version, platform, channel: settings.now.channel, installation };
    },
    busyAt: () => jobs.workingAt,
    log,
    announce: (state) => announce('app-update', state),
  });
  listeners.add((name) => {
    if (name === 'job-begun' || name === 'job') appUpdate.reconsider();
  });
  const releases = new Releases({
    catalog,
    shelf,
    channel: () => settings.now.channel,
    appVersion: outside.version,
    oldestApp: () => appUpdate.oldestAllowed,
    installation,
  });
  catalog?.watch((state) => {
    announce('catalog', state);
  });
  const endLog = announceLog(log, screenClock, announce);
  const endIncidents = incidents.subscribe((open) => announce('incidents', open));
  const house: House = {
    surroundings,
    product,
    settings,
    journal,
    jobs,
    devices,
    departures,
    links: new Map(),
    examinations: new Examinations(),
    shelf,
    releases,
    appUpdate,
    keep,
    interruptions,
    transcript: () => bus.text(),
    announce,
  };
  await devices.start();
  appUpdate.reconsider();
  catalog?.start();
  log.write('info', 'services', `${product.name} ${outside.version} on ${outside.platform}`);

  const examined = new Examined(today);
  const asked = {
    ...firmwareHandlers(house),
    ...jobHandlers(house),
    ...examined.remembering(diagnosticHandlers(house)),
    ...hostHandlers(house),
  };
  return {
    handlers: {
      ...aboutHandlers(house),
      ...deviceHandlers(house),
      ...updateHandlers(house),
      ...asked,
      ...bundleHandlers(house, examined, asked),
      ...incidentHandlers(house),
      ...logHandlers(house),
      ...demoHandlers(house),
    },
    subscribe: (listener) => {
      // An entry of its own: the same function may listen twice.
      const entry: Announce = (name, event) => listener(name, event);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    isWriting: () => jobs.isWorking,
    close: async () => {
      devices.close();
      await appUpdate.close();
      departures.close();
      await catalog?.close();
      await jobs.close();
      endLog();
      endIncidents();
      listeners.clear();
      await bus.close();
      files.close();
    },
  };
}
