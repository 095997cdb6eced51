/**
 * An installed application that updates itself, with everything real but Electron: electron-updater's own classes, the
 * catalog, the disk, and a maker's repository behind a web server on loopback.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppUpdateStage, AppUpdateState } from '../../shared/app-update.ts';
import type { Clock } from '../../shared/clock.ts';
import { APP_PACKAGES, type AppPackage, type AppRelease } from '../../shared/release.ts';
import type { Channel } from '../../shared/settings.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { diskFiles } from '../../src-main/files/files.ts';
import { nodeTransport } from '../../src-main/catalog/node-transport.ts';
import { ElectronSelfUpdater } from '../../src-main/hosts/electron/self-update/self-updater.ts';
import { Log } from '../../src-main/log/log.ts';
import { AppUpdate } from '../../src-main/services/app-update.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { ScaledClock } from '../../src-main/virtual/clocks.ts';
import { CatalogRig } from '../catalog/catalog-rig.ts';
import { ElectronDouble, type AppDouble } from './electron-double.ts';
import { HostileServer } from './hostile-server.ts';

/** Pauses between tries last milliseconds, and a silence that is given up a second. */
const QUICKLY = new ScaledClock(systemClock, 20);

export const OLD_APPLICATION = '#!/bin/sh\n# the old one\n';

/** What of a machine stays when the program ends. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'stepwise-self-update-'));
  readonly kind: AppPackage;
  readonly maker: CatalogRig;
  readonly server: HostileServer;

  private constructor(kind: AppPackage, maker: CatalogRig, server: HostileServer) {
    this.kind = kind;
    this.maker = maker;
    this.server = server;
    for (const name of ['programs', 'resources']) mkdirSync(join(this.folder, name));
    writeFileSync(this.appImage, OLD_APPLICATION);
    chmodSync(this.appImage, 0o755);
    writeFileSync(join(this.folder, 'resources', 'app-update.yml'), 'updaterCacheDirName: updater\n');
  }

  static async start(kind: AppPackage): Promise<Machine> {
    const maker = await CatalogRig.start();
    return new Machine(kind, maker, await HostileServer.start(maker.maker.files));
  }

  get appImage(): string {
    return join(this.folder, 'programs', 'Updater.AppImage');
  }

  get downloads(): string {
    return join(this.folder, 'downloads');
  }

  /** Of this machine's kind, unless told otherwise. */
  publish(version: string, bytes: Uint8Array, changes: Partial<AppRelease> = {}): Promise<string> {
    const { kind } = this;
    return this.maker.maker.application(version, bytes, {
      platform: APP_PACKAGES[kind],
      package: kind,
      ...changes,
    });
  }

  /** A program in the way of the system's own; root's environment is the same here. */
  installTool(name: string, script: string): void {
    const path = join(this.folder, 'programs', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** Every file below this folder, with its content. */
  filesIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Start {
  readonly version?: string;
  /** For what is waited for at the end. */
  readonly clock?: Clock;
  /** In place of electron-updater's classes. */
  readonly make?: ConstructorParameters<typeof ElectronSelfUpdater>[2];
}

/** The program, from its start to its end. */
export class Program {
  readonly app: AppDouble;
  readonly updater: ElectronSelfUpdater;
  readonly catalog: Catalog;
  readonly update: AppUpdate;
  readonly told: AppUpdateState[] = [];
  readonly log = new Log({ today: () => '2030-01-01T00:00:00.000Z' });
  channel: Channel = 'stable';
  /** Port path of a device that is being worked on. */
  busyAt: string | undefined;
  #onNews: () => void = () => undefined;

  private constructor(
    machine: Machine,
    catalog: Catalog,
    { version = '1.0.0', clock = QUICKLY, make }: Start,
  ) {
    const { app } = new ElectronDouble(machine.folder).asElectron;
    this.app = app as unknown as AppDouble;
    this.app.version = version;
    const { kind, folder } = machine;
    const platform = APP_PACKAGES[kind];
    this.catalog = catalog;
    this.updater = new ElectronSelfUpdater(
      {
        app,
        folder: machine.downloads,
        resources: join(folder, 'resources'),
        platform,
        arch: 'x64',
        asRoot: [],
        environment: {
          ...process.env,
          PATH: `${join(folder, 'programs')}:${process.env['PATH']}`,
          ...(kind === 'appimage' && { APPIMAGE: machine.appImage }),
        },
        clock,
        log: (level, message) => this.log.write(level, 'window', message),
      },
      { arch: 'x64', package: kind },
      make,
    );
    this.update = new AppUpdate({
      catalog,
      updater: this.updater,
      host: 'electron',
      here: () => ({ version, platform, channel: this.channel, installation: 'here' }),
      busyAt: () => this.busyAt,
      log: this.log,
      announce: (state) => {
        this.told.push(state);
        this.#onNews();
      },
    });
    this.update.reconsider();
  }

  static async start(machine: Machine, start: Start = {}): Promise<Program> {
    const catalog = await machine.maker.open({
      url: machine.server.url,
      transport: nodeTransport({}),
      clock: QUICKLY,
      files: diskFiles,
      folder: join(machine.folder, 'catalog'),
    });
    return new Program(machine, catalog, start);
  }

  get stage(): AppUpdateStage {
    return this.update.state.stage;
  }

  /** When it has come to one of these. */
  async stages(...kinds: readonly AppUpdateStage['kind'][]): Promise<AppUpdateStage> {
    while (!kinds.includes(this.stage.kind)) await new Promise<void>((resolve) => (this.#onNews = resolve));
    return this.stage;
  }

  /** Asks the repository, and goes on until there is nothing to be done without a person. */
  async look(): Promise<AppUpdateStage> {
    await this.update.check();
    return this.stages('current', 'ready', 'failed', 'waiting');
  }

  /** As when a person quits: what is written ends, then everything is closed. */
  async end(): Promise<void> {
    await this.update.close();
    await this.catalog.close();
    await this.updater.finish();
  }
}
