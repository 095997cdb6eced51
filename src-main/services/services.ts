/** Everything behind the contract, put together: one concern a file, all of them around the same devices and jobs. */
import { join } from 'node:path';
import { Journal } from '../flash/journal.ts';
import { aboutHandlers } from './about.ts';
import { demoHandlers } from './demo.ts';
import { DeviceRegistry } from './device-registry.ts';
import { deviceHandlers } from './devices.ts';
import { diagnosticHandlers } from './diagnostics.ts';
import { firmwareHandlers } from './firmware.ts';
import { FirmwareShelf } from './firmware-shelf.ts';
import type { Announce, Services } from './handlers.ts';
import type { House } from './house.ts';
import { Interruptions } from './interrupted.ts';
import { JobRegistry } from './job-registry.ts';
import { jobHandlers } from './jobs.ts';
import { FirmwareKeep } from './kept-firmware.ts';
import { announceLog, logHandlers } from './logs.ts';
import { productHere } from './product.ts';
import { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { updateHandlers } from './updates.ts';

/** @throws host-file where product.json is not what it should be */
export async function createServices(surroundings: Surroundings): Promise<Services> {
  const { bus, clock, screenClock, log, stateFolder, lookInterval } = surroundings;
  const listeners = new Set<Announce>();
  const announce: Announce = (name, event) => {
    for (const listener of listeners) listener(name, event);
  };

  const { product, logo } = await productHere(surroundings);
  const settings = await Settings.open(stateFolder, log);
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
  const shelf = new FirmwareShelf();
  const keep = new FirmwareKeep(join(stateFolder, 'firmware'));
  const interruptions = new Interruptions({ journal, keep, shelf, devices, jobs, log });
  await interruptions.tidy();
  const endLog = announceLog(log, screenClock, announce);
  const house: House = {
    surroundings,
    product,
    logo,
    settings,
    journal,
    jobs,
    devices,
    shelf,
    keep,
    interruptions,
    announce,
  };
  await devices.start();

  return {
    handlers: {
      ...aboutHandlers(house),
      ...deviceHandlers(house),
      ...firmwareHandlers(house),
      ...updateHandlers(house),
      ...jobHandlers(house),
      ...diagnosticHandlers(house),
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
      await jobs.close();
      endLog();
      listeners.clear();
      await bus.close();
    },
  };
}
