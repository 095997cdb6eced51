/**
 * Newer versions of this application: found in the maker's signed repository with each look at it, fetched in the
 * background, installed when the person says so. A device that is being worked on comes first: nothing is fetched
 * meanwhile, and what was begun is resumed afterwards. Whatever goes wrong here disturbs nothing else.
 */
import type { AppUpdateStage, AppUpdateState, NewerApp } from '../../shared/app-update.ts';
import { StepwiseError, toFailure } from '../../shared/failure.ts';
import type { Catalog } from '../catalog/catalog.ts';
import {
  chooseApplication,
  oldestAllowed,
  type CatalogApplication,
  type Installation,
} from '../catalog/choose-application.ts';
import { compareVersions } from '../catalog/versions.ts';
import type { Log } from '../log/log.ts';
import type { SelfUpdater } from './self-updater.ts';

export interface AppUpdateOptions {
  /** Absent where the product has none. */
  readonly catalog: Catalog | undefined;
  /** Absent where the program cannot replace itself. */
  readonly updater: SelfUpdater | undefined;
  readonly host: 'electron' | 'loopback';
  readonly here: () => Installation;
  /** Port path of a device that is being worked on. */
  readonly busyAt: () => string | undefined;
  readonly log: Log;
  readonly announce: (state: AppUpdateState) => void;
}

export class AppUpdate {
  readonly #options: AppUpdateOptions;
  #stage: AppUpdateStage;
  /** What is offered; null before it was decided for the first time. */
  #application: CatalogApplication | undefined | null = null;
  /** Ends the download that is under way. */
  #fetching: AbortController | undefined;
  /** Downloads one after the other: the updater can do no two at once. */
  #turn: Promise<void> = Promise.resolve();
  #told = '';

  constructor(options: AppUpdateOptions) {
    this.#options = options;
    this.#stage = stageAtFirst(options);
    options.catalog?.watch(({ checking }) => {
      if (checking) return;
      this.#tryAgain();
      this.reconsider();
    });
  }

  get state(): AppUpdateState {
    const { here } = this.#options;
    const oldest = this.oldestAllowed;
    const isTooOld = oldest !== undefined && compareVersions(here().version, oldest) < 0;
    return { stage: this.#stage, ...(isTooOld && { required: oldest }) };
  }

  /** Oldest version of the application that may update devices; undefined where any may. */
  get oldestAllowed(): string | undefined {
    const { catalog, here } = this.#options;
    return oldestAllowed(catalog?.applications ?? [], here());
  }

  /** To be called when something changed that decides: what is offered, the channel, whether a device is worked on. */
  reconsider(): void {
    const { catalog, updater, here, busyAt } = this.#options;
    if (!catalog || !updater) {
      this.#tell();
      return;
    }
    const application = chooseApplication(catalog.applications, { ...here(), ...updater.installedAs });
    if (this.#application === null || application?.target !== this.#application?.target)
      this.#turnTo(application, updater);
    const busy = busyAt() !== undefined;
    if (this.#stage.kind === 'waiting' && !busy) this.#fetch(updater);
    else if (this.#stage.kind === 'downloading' && busy) this.#wait();
    // A device was begun with after all: the program does not end.
    else if (this.#stage.kind === 'installing' && busy) this.#ready(false);
    this.#tell();
  }

  /** Never rejects: what went wrong is in the state of the catalog. */
  async check(): Promise<AppUpdateState> {
    await this.#options.catalog?.check();
    return this.state;
  }

  /** Fetches again what could not be fetched. */
  retry(): AppUpdateState {
    this.#tryAgain();
    this.reconsider();
    return this.state;
  }

  /** @throws not-found where nothing is ready; occupied while a device is being worked on */
  async install(when: 'now' | 'at-quit' | 'later'): Promise<AppUpdateState> {
    const { updater, busyAt } = this.#options;
    if (!updater || this.#stage.kind !== 'ready')
      throw new StepwiseError('not-found', { what: 'a new version that is ready' });
    if (when === 'now') await this.#installNow(updater, busyAt());
    else this.#ready(when === 'at-quit');
    this.#tell();
    return this.state;
  }

  /** Ends a download; what came of it is kept. */
  async close(): Promise<void> {
    this.#fetching?.abort();
    await this.#turn;
  }

  // -- steps -------------------------------------------------------------------------------------------------------------

  #turnTo(application: CatalogApplication | undefined, updater: SelfUpdater): void {
    this.#fetching?.abort();
    this.#application = application;
    this.#stage = { kind: 'current' };
    // The person agreed to another one, if to any.
    updater.atQuit(false);
    if (application) this.#wait();
    else this.#turn = this.#turn.then(() => updater.forget());
  }

  #wait(): void {
    this.#fetching?.abort();
    this.#fetching = undefined;
    if (this.#application) this.#stage = { kind: 'waiting', newer: newerOf(this.#application) };
  }

  #fetch(updater: SelfUpdater): void {
    const { catalog, log } = this.#options;
    const application = this.#application;
    if (!catalog || !application) return;
    const newer = newerOf(application);
    const fetching = new AbortController();
    const { signal } = fetching;
    const isStopped = () => signal.aborted;
    this.#fetching = fetching;
    this.#stage = { kind: 'downloading', newer, received: 0, total: application.bytes };
    const onProgress = ({ received, total }: { received: number; total: number }) => {
      if (isStopped()) return;
      this.#stage = { kind: 'downloading', newer, received, total };
      this.#tell();
    };
    const work = async () => {
      try {
        if (isStopped()) return;
        await updater.prepare(application, (path) =>
          catalog.bring(application, path, { signal, onProgress }),
        );
        if (isStopped()) return;
        log.write('info', 'self-update', `version ${newer.version} is ready`);
        this.#ready(false);
      } catch (error) {
        if (isStopped()) return;
        const failure = toFailure(error);
        log.write('warn', 'self-update', `version ${newer.version} could not be fetched: ${message(error)}`);
        this.#stage = { kind: 'failed', newer, failure };
      }
      this.#tell();
    };
    this.#turn = this.#turn.then(work);
  }

  #tryAgain(): void {
    if (this.#stage.kind === 'failed') this.#wait();
  }

  #ready(atQuit: boolean): void {
    if (!this.#application) return;
    this.#stage = { kind: 'ready', newer: newerOf(this.#application), atQuit };
    this.#options.updater?.atQuit(atQuit);
  }

  async #installNow(updater: SelfUpdater, busyAt: string | undefined): Promise<void> {
    if (busyAt !== undefined) throw new StepwiseError('occupied', { path: busyAt });
    if (!this.#application) return;
    const newer = newerOf(this.#application);
    this.#stage = { kind: 'installing', newer };
    this.#tell();
    try {
      await updater.installNow();
    } catch (error) {
      this.#options.log.write(
        'warn',
        'self-update',
        `version ${newer.version} is not installed: ${message(error)}`,
      );
      this.#stage = { kind: 'failed', newer, failure: toFailure(error) };
    }
  }

  // -- what is told ------------------------------------------------------------------------------------------------------

  /** What has changed to the eye: a percent at least. */
  #tell(): void {
    const { state } = this;
    const { stage } = state;
    const percent = stage.kind === 'downloading' ? Math.floor((stage.received / stage.total) * 100) : 0;
    const seen = JSON.stringify([state.required, percent, { ...stage, received: 0 }]);
    if (seen === this.#told) return;
    this.#told = seen;
    this.#options.announce(state);
  }
}

function stageAtFirst({ catalog, updater, host }: AppUpdateOptions): AppUpdateStage {
  if (host === 'loopback' && !updater) return { kind: 'none', why: 'browser' };
  if (!catalog) return { kind: 'none', why: 'no-repository' };
  return updater ? { kind: 'current' } : { kind: 'none', why: 'not-installed' };
}

function newerOf({ release: { version, released, notes }, bytes }: CatalogApplication): NewerApp {
  return { version, released, notes, bytes };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
