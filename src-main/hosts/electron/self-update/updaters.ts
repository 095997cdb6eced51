/**
 * electron-updater's classes, one for each kind of package. They download and know the ways of their systems; the last
 * look at the bytes, and what is put in place of the old application, is ours.
 */
import { accessSync, constants, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppImageUpdater, DebUpdater, MacUpdater, NsisUpdater, RpmUpdater } from 'electron-updater';
import type { AppAdapter } from 'electron-updater/out/AppAdapter.js';
import type { InstallOptions } from 'electron-updater/out/BaseUpdater.js';
import { StepwiseError } from '../../../../shared/failure.ts';
import type { AppPackage } from '../../../../shared/release.ts';
import type { SignedFile } from '../../../catalog/signed-file.ts';
import { copyVerified } from './copy-verified.ts';
import { installLinuxPackage, type RootCommand } from './linux-packages.ts';

export interface UpdaterOptions extends RootCommand {
  readonly adapter: AppAdapter;
  /** For what is only needed while it is installed. */
  readonly folder: string;
  /** What is to be installed. */
  readonly signed: () => SignedFile;
}

/** Of those that install themselves; Squirrel does it on macOS. */
export type OwnUpdater = SignedNsis | SignedAppImage | SignedDeb | SignedRpm;

export function updaterFor(kind: AppPackage, options: UpdaterOptions): OwnUpdater | MacUpdater {
  switch (kind) {
    case 'nsis':
      return new SignedNsis(options);
    case 'appimage':
      return new SignedAppImage(options);
    case 'deb':
      return new SignedDeb(options);
    case 'rpm':
      return new SignedRpm(options);
    case 'zip':
      return new MacUpdater(undefined, options.adapter);
  }
}

const OWNER_ALONE = 0o700;
const EVERYBODY_RUNS = 0o755;

class SignedNsis extends NsisUpdater {
  readonly #options: UpdaterOptions;
  #installer: string | undefined;

  constructor(options: UpdaterOptions) {
    super(null, options.adapter);
    this.#options = options;
  }

  protected override get installerPath(): string | null {
    return this.#installer ?? super.installerPath;
  }

  /** Runs a copy that nobody else knew of a moment ago. */
  protected override doInstall(how: InstallOptions): boolean {
    const { folder, signed } = this.#options;
    const downloaded = fileOf(super.installerPath);
    const installer = join(mkdtempSync(join(folder, 'verified-')), basename(downloaded));
    copyVerified(downloaded, installer, signed(), OWNER_ALONE);
    this.#installer = installer;
    return super.doInstall(how);
  }
}

class SignedAppImage extends AppImageUpdater {
  readonly #options: UpdaterOptions;

  constructor(options: UpdaterOptions) {
    super(null, options.adapter);
    this.#options = options;
  }

  /** In one step, under the name it has: there is always an application there that starts, the old one or the new one. */
  protected override doInstall({ isForceRunAfter }: InstallOptions): boolean {
    const { adapter, environment, signed } = this.#options;
    const place = appImagePlace(environment);
    const fresh = `${place}.new`;
    // One that a fall left behind.
    rmSync(fresh, { force: true });
    copyVerified(fileOf(this.installerPath), fresh, signed(), EVERYBODY_RUNS);
    renameSync(fresh, place);
    if (isForceRunAfter) adapter.relaunch();
    return true;
  }
}

class SignedDeb extends DebUpdater {
  readonly #options: UpdaterOptions;

  constructor(options: UpdaterOptions) {
    super(null, options.adapter);
    this.#options = options;
  }

  protected override doInstall(how: InstallOptions): boolean {
    return installPackage('deb', this.downloadedUpdateHelper?.file, this.#options, how);
  }
}

class SignedRpm extends RpmUpdater {
  readonly #options: UpdaterOptions;

  constructor(options: UpdaterOptions) {
    super(null, options.adapter);
    this.#options = options;
  }

  protected override doInstall(how: InstallOptions): boolean {
    return installPackage('rpm', this.downloadedUpdateHelper?.file, this.#options, how);
  }
}

function installPackage(
  kind: 'deb' | 'rpm',
  file: string | null | undefined,
  options: UpdaterOptions,
  { isForceRunAfter }: InstallOptions,
): boolean {
  installLinuxPackage(kind, fileOf(file), options.signed(), options);
  if (isForceRunAfter) options.adapter.relaunch();
  return true;
}

/** The AppImage that runs; it says so itself. @throws host-file where the person may not replace it */
export function appImagePlace({ APPIMAGE: place = '' }: UpdaterOptions['environment']): string {
  try {
    accessSync(dirname(place), constants.W_OK);
    return place;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path: place, operation: 'install', detail }, { cause });
  }
}

function fileOf(path: string | null | undefined): string {
  if (path) return path;
  throw new StepwiseError('not-found', { what: 'a new version that is ready' });
}
