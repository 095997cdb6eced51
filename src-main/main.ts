/** Entry point of the desktop app: the real world, put together around Electron's window. */
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { z } from 'zod';
import { locales } from '../shared/locale.ts';
import { thisComputer } from './diagnostics/host/this-computer.ts';
import { stateFolder } from './hosts/cli/state-folder.ts';
import { openDemoServices } from './hosts/demo-desk.ts';
import { shellArguments } from './hosts/electron/arguments.ts';
import { keepCrashDumps } from './hosts/electron/crash-dumps.ts';
import { languageOf } from './hosts/electron/language.ts';
import { firmwareFiles, OpenedFiles } from './hosts/electron/opened-files.ts';
import { netTransport } from './hosts/electron/net-transport.ts';
import { openOutside } from './hosts/electron/outside.ts';
import { saveAs } from './hosts/electron/save-as.ts';
import { declareScreensScheme } from './hosts/electron/screens-protocol.ts';
import { openSelfUpdater } from './hosts/electron/self-update/self-updater.ts';
import { openShell } from './hosts/electron/shell.ts';
import { isFirstInstance } from './hosts/electron/single-instance.ts';
import { shellWords } from './hosts/electron/words.ts';
import { surviveExceptions } from './hosts/exceptions.ts';
import { networkBy } from './hosts/network.ts';
import { readScreenFiles } from './hosts/screen-files.ts';
import { startFailure } from './hosts/start-failure.ts';
import { watchClock } from './log/clock-watch.ts';
import { Incidents } from './log/incidents.ts';
import { Log } from './log/log.ts';
import { markRun, uncleanEndWords } from './log/run-marker.ts';
import { computerSecrets } from './services/bundle/computer-secrets.ts';
import type { Services } from './services/handlers.ts';
import type { SelfUpdater } from './services/self-updater.ts';
import { createServices } from './services/services.ts';
import type { Outside } from './services/surroundings.ts';
import { openLibusbBus } from './usb/libusb/libusb-bus.ts';
import { systemClock } from './usb/system-clock.ts';

/** This file is `dist/src-main/main.js` when it runs. */
const PACKAGE = new URL('../../', import.meta.url);
const folder = (name: string) => fileURLToPath(new URL(name, PACKAGE));

const { app, crashReporter, dialog, net, protocol, shell } = electron;
const { platform, arch, env: environment, resourcesPath: resources, versions } = process;
const { demo, devices, speed, product } = shellArguments(process.argv.slice(1));
const today = (): string => new Date().toISOString();
const log = new Log({ today });
const incidents = new Incidents(log, today);
watchClock(log, incidents, { wall: Date.now, steady: () => systemClock.now() });

// What must happen before Electron is ready stands before the first `await`.
declareScreensScheme(protocol);
app.enableSandbox();
const ownFolder = stateFolder({ environment, platform, homeFolder: homedir() });
// Virtual devices and real ones know nothing of each other, and may be on the screen at the same time.
const state = demo ? join(ownFolder, 'demo') : ownFolder;
const electronFolder = join(state, 'electron');
try {
  mkdirSync(electronFolder, { recursive: true });
  app.setPath('userData', electronFolder);
} catch (error) {
  // Electron has a place of its own; that nothing can be kept here is told where it matters.
  log.write('error', 'program', `the folder for state cannot be written to: ${String(error)}`);
}
keepCrashDumps(crashReporter);
const openedFiles = new OpenedFiles(app);
openedFiles.add(firmwareFiles(process.argv.slice(1), process.cwd()));
const isFirst = isFirstInstance(app, (args, from) => {
  openedFiles.add(firmwareFiles(args, from));
});
if (isFirst) app.whenReady().then(start).catch(cannotStart);
else app.quit();

async function start(): Promise<void> {
  const selfUpdater = demo
    ? undefined
    : openSelfUpdater({
        app,
        platform,
        arch,
        environment,
        resources,
        folder: join(state, 'app-update'),
        asRoot: process.getuid?.() === 0 ? [] : ['pkexec'],
        clock: systemClock,
        log: (level, message) => {
          log.write(level, 'self-update', message);
        },
      });
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(folder('package.json'), 'utf8')));
  const marker = markRun({ folder: state, program: 'app', version, today });
  const services = await openServices(version, selfUpdater).catch((error: unknown): never => {
    // It is told, and is no end without order.
    marker.end();
    throw error;
  });
  for (const end of marker.uncleanEnds) incidents.add('unclean-end', uncleanEndWords(end));
  const close = async () => {
    await services.close();
    marker.end();
  };
  await openShell({
    electron,
    beforeExit: async () => selfUpdater?.finish(),
    services: { ...services, close },
    log,
    incidents,
    clock: systemClock,
    platform,
    screens: await readScreenFiles(folder('dist/src-renderer')),
    preload: folder('dist/src-main/preload.cjs'),
    openedFiles,
  });
  surviveExceptions(process, incidents);
}

async function openServices(version: string, selfUpdater: SelfUpdater | undefined): Promise<Services> {
  const here = {
    today,
    log,
    version,
    versions: { electron: versions.electron, chrome: versions.chrome, node: versions.node },
    clock: systemClock,
    host: 'electron' as const,
    platform,
    // Whose application it is, nobody changes from outside once it is installed.
    resourcesFolder: product !== undefined && !app.isPackaged ? product : folder('resources/'),
    stateFolder: state,
    openOutside: (what: Outside) => openOutside(shell, what),
    incidents,
    secrets: () => computerSecrets(environment),
    saveAs: (name: string, bytes: Uint8Array) => saveAs({ dialog, shell }, name, bytes),
  };
  const network = networkBy(netTransport(net));
  if (demo) return (await openDemoServices({ ...here, speed, devices })).services;
  const bus = await openLibusbBus({ clock: systemClock });
  return createServices({
    ...here,
    bus,
    computer: thisComputer,
    screenClock: systemClock,
    network,
    selfUpdater,
  });
}

function cannotStart(error: unknown): void {
  const words = shellWords[languageOf('system', locales, app.getPreferredSystemLanguages())];
  dialog.showErrorBox(words.cannotStart('Stepwise'), startFailure(error));
  app.exit(1);
}
