/**
 * The application replaces itself: electron-updater downloads and installs, and what it may is decided by what the
 * maker's keys signed. Nothing is installed before the program ends, and then only where the person said so.
 */
import { mkdirSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from 'electron';
import type { MacUpdater } from 'electron-updater';
import type { Clock } from '../../../../shared/clock.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import type { CatalogApplication, InstalledAs } from '../../../catalog/choose-application.ts';
import type { Bring, SelfUpdater } from '../../../services/self-updater.ts';
import type { ShellLog } from '../electron.ts';
import { appAdapter } from './app-adapter.ts';
import { verifyFile } from './copy-verified.ts';
import { installedAs, type InstallationPlace } from './installed-as.ts';
import type { RootCommand } from './linux-packages.ts';
import { signedProvider } from './signed-provider.ts';
import { appImagePlace, updaterFor, type OwnUpdater } from './updaters.ts';

export interface SelfUpdaterOptions extends InstallationPlace, Pick<RootCommand, 'asRoot'> {
  readonly app: Pick<App, 'getVersion' | 'getName' | 'isPackaged' | 'whenReady' | 'relaunch' | 'quit'>;
  /** For downloads; nobody else's. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: ShellLog;
}

/** Squirrel fetches the file from us, unpacks and checks it, and then ends the program: longer than that it does not take. */
const SQUIRREL_BUDGET_MS = 120_000;

/** Undefined where the program was not installed from a package of ours. */
export function openSelfUpdater(options: SelfUpdaterOptions): ElectronSelfUpdater | undefined {
  const as = options.app.isPackaged ? installedAs(options) : undefined;
  return as && new ElectronSelfUpdater(options, as);
}

interface Prepared {
  readonly application: CatalogApplication;
  readonly file: string;
}

export class ElectronSelfUpdater implements SelfUpdater {
  readonly installedAs: InstalledAs;
  readonly #options: SelfUpdaterOptions;
  readonly #updater: OwnUpdater | MacUpdater;
  #wanted: { readonly application: CatalogApplication; readonly bring: Bring } | undefined;
  #prepared: Prepared | undefined;
  #atEnd: 'nothing' | 'install' | 'install-and-start' = 'nothing';

  /** @param make of electron-updater's classes, the one for this kind of package */
  constructor(options: SelfUpdaterOptions, as: InstalledAs, make = updaterFor) {
    this.#options = options;
    this.installedAs = as;
    const { app, folder, environment, asRoot } = options;
    mkdirSync(folder, { recursive: true });
    const updater = make(as.package, {
      // The file an AppImage runs from is gone when it ends; it is started again by its name.
      adapter: appAdapter({ ...options, relaunch: () => app.relaunch(startedBy(environment['APPIMAGE'])) }),
      folder,
      environment,
      asRoot,
      signed: () => this.#signed,
    });
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.disableDifferentialDownload = true;
    updater.disableWebInstaller = true;
    updater.isUserWithinRollout = () => true;
    updater.logger = loggerTo(options.log);
    Object.assign(updater, { httpExecutor: { download: this.#download.bind(this) } });
    updater.setFeedURL({ provider: 'custom', updateProvider: signedProvider(() => this.#signed) });
    this.#updater = updater;
  }

  async prepare(application: CatalogApplication, bring: Bring): Promise<void> {
    this.#wanted = { application, bring };
    this.#prepared = undefined;
    try {
      await this.#removeOthers(application);
      const found = await this.#updater.checkForUpdates();
      if (!found?.isUpdateAvailable)
        throw new StepwiseError('not-supported', { what: 'an update of the application by itself' });
      const [file = ''] = await this.#updater.downloadUpdate();
      await verifyFile(file, application);
      this.#prepared = { application, file };
    } catch (error) {
      throw named(error, application);
    }
  }

  atQuit(installs: boolean): void {
    this.#atEnd = installs ? 'install' : 'nothing';
  }

  async installNow(): Promise<void> {
    const { application, file } = this.#expectPrepared();
    await verifyFile(file, application);
    if (this.installedAs.package === 'appimage') appImagePlace(this.#options.environment);
    this.#atEnd = 'install-and-start';
    this.#options.app.quit();
  }

  /** To be called when the program ends and everything else is closed. Never rejects. */
  async finish(): Promise<void> {
    const { app, log } = this.#options;
    const starts = this.#atEnd === 'install-and-start';
    if (this.#atEnd === 'nothing') return;
    try {
      await this.#install(this.#expectPrepared(), starts);
    } catch (error) {
      log('error', `the new version is not installed: ${String(error)}`);
      // Whoever wanted to go on gets the old one back.
      if (starts) app.relaunch(startedBy(this.#options.environment['APPIMAGE']));
    }
  }

  async forget(): Promise<void> {
    this.#prepared = undefined;
    const { folder, log } = this.#options;
    try {
      for (const name of await readdir(folder))
        await rm(join(folder, name), { recursive: true, force: true });
    } catch (error) {
      log('warn', `old downloads could not be removed: ${String(error)}`);
    }
  }

  // -- steps -------------------------------------------------------------------------------------------------------------

  get #signed(): CatalogApplication {
    if (this.#wanted) return this.#wanted.application;
    throw new StepwiseError('not-found', { what: 'a new version' });
  }

  #expectPrepared(): Prepared {
    if (this.#prepared) return this.#prepared;
    throw new StepwiseError('not-found', { what: 'a new version that is ready' });
  }

  /** What electron-updater has to have at `destination`, wherever it thinks that it comes from. */
  async #download(_url: URL, destination: string): Promise<string> {
    if (!this.#wanted) throw new StepwiseError('not-found', { what: 'a new version' });
    const { application, bring } = this.#wanted;
    // A part of it outlives whatever electron-updater clears away, and is resumed.
    const place = join(this.#options.folder, application.sha256);
    await bring(place);
    await rename(place, destination);
    return destination;
  }

  /** Of versions that are not wanted any more. */
  async #removeOthers({ sha256 }: CatalogApplication): Promise<void> {
    const { folder } = this.#options;
    const hashed = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}/.test(name));
    const others = hashed.filter((name) => !name.startsWith(sha256));
    for (const name of others) await rm(join(folder, name), { force: true });
  }

  async #install({ application, file }: Prepared, starts: boolean): Promise<void> {
    const updater = this.#updater;
    if (!('install' in updater)) {
      await verifyFile(file, application);
      updater.autoRunAppAfterInstall = starts;
      await this.#leaveToSquirrel(updater);
      return;
    }
    let why: unknown = new StepwiseError('internal', { detail: 'the installer was not started' });
    const told = (error: Error): void => {
      why = error;
    };
    updater.on('error', told);
    const isInstalled = updater.install(true, starts);
    updater.off('error', told);
    if (!isInstalled) throw named(why, application);
  }

  /** It ends the program when it is done; where it does not, the program ends all the same. */
  async #leaveToSquirrel(updater: MacUpdater): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      updater.once('error', reject);
      updater.quitAndInstall();
      void this.#options.clock.sleep(SQUIRREL_BUDGET_MS).then(resolve);
    });
  }
}

function startedBy(appImage: string | undefined): { execPath: string } | undefined {
  return appImage === undefined ? undefined : { execPath: appImage };
}

function loggerTo(log: ShellLog) {
  return {
    info: (message: unknown) => log('debug', String(message)),
    warn: (message: unknown) => log('warn', String(message)),
    error: (message: unknown) => log('warn', String(message)),
    debug: (message: string) => log('debug', message),
  };
}

/** electron-updater's names for what does not prove itself. */
const UNPROVEN: ReadonlySet<unknown> = new Set(['ERR_UPDATER_INVALID_SIGNATURE', 'ERR_CHECKSUM_MISMATCH']);

function named(error: unknown, { target }: CatalogApplication): Error {
  if (error instanceof StepwiseError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (UNPROVEN.has(code)) return new StepwiseError('not-trusted', { file: target, detail }, { cause: error });
  return new StepwiseError('host-file', { path: target, operation: 'install', detail }, { cause: error });
}
