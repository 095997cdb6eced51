/** The window and everything around it, put together. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { Clock } from '../../../shared/clock.ts';
import type { Incidents } from '../../log/incidents.ts';
import type { Log } from '../../log/log.ts';
import { ContractServer } from '../../services/contract-server.ts';
import type { Services } from '../../services/handlers.ts';
import type { ScreenFile } from '../screen-files.ts';
import { CloseGuard } from './close-guard.ts';
import { carryContract } from './contract-channel.ts';
import { CrashDialog } from './crash.ts';
import type { Electron, ShellLog } from './electron.ts';
import { firmwareOpening } from './firmware-opening.ts';
import { watchJobs } from './jobs.ts';
import { languageOf } from './language.ts';
import { listen } from './listen.ts';
import { menuTemplate } from './menu.ts';
import type { OpenedFiles } from './opened-files.ts';
import { externalLink } from './outside.ts';
import { serveScreens, START_PAGE } from './screens-protocol.ts';
import { confine, denyPermissions } from './security.ts';
import { watchSleep } from './sleep.ts';
import { Taskbar } from './taskbar.ts';
import { bundleUnattended, unattended } from './unattended.ts';
import { Wakefulness } from './wakefulness.ts';
import { bringForward, openWindow } from './window.ts';
import { shellWords, type ShellWords } from './words.ts';

export interface ShellOptions {
  readonly electron: Electron;
  readonly services: Services;
  readonly log: Log;
  readonly incidents: Incidents;
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly screens: ReadonlyMap<string, ScreenFile>;
  /** Absolute path of the compiled preload. */
  readonly preload: string;
  readonly openedFiles: OpenedFiles;
  /** The last thing before the program ends, when everything is closed. */
  readonly beforeExit: () => Promise<void>;
}

/** To be called when Electron is ready. @returns once the screens are loaded */
export async function openShell(options: ShellOptions): Promise<BrowserWindow> {
  const { electron, clock, platform, openedFiles, beforeExit } = options;
  const { app, dialog, ipcMain, session, shell } = electron;
  const log: ShellLog = (level, message) => {
    options.log.write(level, 'window', message);
  };
  const opening = firmwareOpening(options.services);
  const { services } = opening;
  const { product, settings: atStart } = await services.handlers['app.about']({}, unattended());
  let settings = atStart;
  const words = (): ShellWords =>
    shellWords[languageOf(settings.language, product.languages, app.getPreferredSystemLanguages())];
  const devTools = !app.isPackaged || (product.expert && atStart.expert);

  serveScreens(electron.protocol, options.screens);
  denyPermissions(session.defaultSession);
  const openLink = (address: string): void => {
    const link = externalLink(address, product.support);
    if (link === undefined) log('warn', 'a page wanted to open an address the maker did not name');
    else void shell.openExternal(link);
  };
  app.on('web-contents-created', (_event, contents) => {
    confine(contents, openLink);
  });

  const window = openWindow(electron, {
    title: product.name,
    theme: settings.theme,
    preload: options.preload,
    devTools,
    stateFile: join(app.getPath('userData'), 'window.json'),
    log,
  });
  const contract = new ContractServer(services, (level, message) => {
    options.log.write(level, 'contract', message);
  });
  carryContract(ipcMain, window.webContents, contract);

  const drawMenu = (): void => {
    const { url } = product.support;
    const menu = menuTemplate({
      words: words().menu,
      name: product.name,
      maker: product.maker,
      platform,
      devTools,
      ...(url !== undefined && { openSupport: () => openLink(url) }),
    });
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menu));
  };
  drawMenu();
  listen(services, 'settings', (changed) => {
    settings = changed;
    electron.nativeTheme.themeSource = changed.theme;
    drawMenu();
  });

  const taskbar = new Taskbar(window);
  const wakefulness = new Wakefulness(electron.powerSaveBlocker);
  watchJobs(services, (jobs) => {
    taskbar.show(jobs);
    wakefulness.follow(jobs);
  });

  const { powerMonitor } = electron;
  const question = () => words().closing(product.name);
  new CloseGuard({ app, dialog, powerMonitor, window, services, clock, question, log, beforeExit });
  const saveBundle = () => bundleUnattended(services);
  new CrashDialog({ app, dialog, window, name: product.name, words, saveBundle, log });
  watchSleep({ powerMonitor, incidents: options.incidents, isWriting: () => services.isWriting(), log });

  app.on('second-instance', () => {
    bringForward(window);
  });
  await window.loadURL(START_PAGE);
  openedFiles.takenBy((path) => {
    bringForward(window);
    void opening.open(path);
  });
  return window;
}
