/**
 * What all screens see, once: who this is, what is plugged in, what is going on, and where the person is. It follows
 * the events of the contract; screens read it and send requests, they keep no copies.
 */
import { createContext } from 'svelte';
import type { AppUpdateState } from '../../shared/app-update.ts';
import type { CatalogState } from '../../shared/catalog.ts';
import type { Client, ConnectionState, Result } from '../../shared/contract.ts';
import type { Device } from '../../shared/device.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Incident } from '../../shared/incident.ts';
import type { Job } from '../../shared/job.ts';
import { advance, isOver } from '../../shared/job-advance.ts';
import type { Locale } from '../../shared/locale.ts';
import type { Settings } from '../../shared/settings.ts';
import { explain } from '../failures/explain.ts';
import * as m from '../paraglide/messages.js';
import { overwriteGetLocale } from '../paraglide/runtime.js';
import { failureOf } from './failure-of.ts';
import { chooseLanguage } from './language.ts';
import type { Notice } from './notice.ts';
import { SectorTimes } from './sector-times.ts';
import { hashOf, type Route, routeOf } from './route.ts';

const MINUTE = 60_000;

export type About = Result<'app.about'>;

export class App {
  readonly client: Client;
  readonly about: About;
  #settings: Settings;
  #devices: readonly Device[] = $state.raw([]);
  #jobs: readonly Job[] = $state.raw([]);
  #notices: readonly Notice[] = $state.raw([]);
  #incidents: readonly Incident[] = $state.raw([]);
  #connection: ConnectionState = $state('connected');
  #catalog: CatalogState = $state.raw({ freshness: 'none', checking: false });
  #appUpdate: AppUpdateState = $state.raw({ stage: { kind: 'none', why: 'browser' } });
  /** Goes on by the minute: for what is said in relation to it. */
  #now = $state(Date.now());
  #route: Route = $state.raw(routeOf(location.hash));
  #noticesSoFar = 0;
  /** Looked up when somebody points at a sector; nothing is drawn from it. */
  readonly #sectorTimes = new SectorTimes();

  constructor(client: Client, about: About) {
    this.client = client;
    this.about = about;
    this.#settings = $state.raw(about.settings);
  }

  get settings(): Settings {
    return this.#settings;
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  /** In the order in which they began. */
  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** What happened to the program itself, and was not seen yet. */
  get incidents(): readonly Incident[] {
    return this.#incidents;
  }

  get connection(): ConnectionState {
    return this.#connection;
  }

  /** What is known of the maker's firmware, and since when. */
  get catalog(): CatalogState {
    return this.#catalog;
  }

  /** How things stand with a newer version of this application. */
  get appUpdate(): AppUpdateState {
    return this.#appUpdate;
  }

  /** Milliseconds since 1970, to the minute. */
  get now(): number {
    return this.#now;
  }

  get route(): Route {
    return this.#route;
  }

  get language(): Locale {
    return chooseLanguage(this.#settings.language, navigator.languages, this.about.product.languages);
  }

  /** The person may and wants to see the field's own words. */
  get expert(): boolean {
    return this.about.product.expert && this.#settings.expert;
  }

  device(path: string): Device | undefined {
    return this.#devices.find((device) => device.path === path);
  }

  job(id: string): Job | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  /** The job that is at work on this device, else the last one that was. */
  jobAt(path: string): Job | undefined {
    const here = this.#jobs.filter((job) => job.path === path);
    return here.find((job) => !isOver(job)) ?? here.at(-1);
  }

  /** Milliseconds this sector took so far, from the first time it was touched. */
  sectorTime(job: string, address: number): number | undefined {
    return this.#sectorTimes.of(job, address);
  }

  go(route: Route): void {
    location.hash = hashOf(route);
  }

  notify(notice: Omit<Notice, 'id'>): void {
    this.#noticesSoFar += 1;
    this.#notices = [...this.#notices, { ...notice, id: this.#noticesSoFar }];
  }

  dismissNotice(id: number): void {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
  }

  /** @throws {@link ContractFailure} where it could not be kept */
  async changeSettings(change: Partial<Settings>): Promise<void> {
    this.#settings = await this.client.request('settings.change', { change });
  }

  /** The answer, or undefined where it failed: a notice says why. */
  async attempt<T>(request: Promise<T>): Promise<T | undefined> {
    try {
      return await request;
    } catch (error) {
      this.tell(failureOf(error));
      return undefined;
    }
  }

  /** A failure that belongs to no place on the screen. */
  tell(failure: Failure): void {
    const { title, why } = explain(failure, { platform: this.about.platform, expert: this.expert });
    this.notify({ tone: 'warning', title, text: why });
  }

  /** Follows the main side. @returns ends it */
  follow(): () => void {
    const { client } = this;
    const endings = [
      client.subscribe('devices', (devices) => (this.#devices = devices)),
      client.subscribe('job-begun', (job) => {
        this.#jobs = [...this.#jobs.filter(({ id }) => id !== job.id), job];
      }),
      client.subscribe('job', ({ job: id, events }) => {
        this.#jobs = this.#jobs.map((job) => (job.id === id ? events.reduce(advance, job) : job));
        this.#sectorTimes.note(id, events);
      }),
      client.subscribe('job-dismissed', ({ job: id }) => {
        this.#jobs = this.#jobs.filter((job) => job.id !== id);
        this.#sectorTimes.forget(id);
      }),
      client.subscribe('incidents', (incidents) => (this.#incidents = incidents)),
      client.subscribe('settings', (settings) => (this.#settings = settings)),
      client.subscribe('app-update', (appUpdate) => (this.#appUpdate = appUpdate)),
      client.subscribe('catalog', (catalog) => {
        this.#catalog = catalog;
        this.#now = Date.now();
      }),
      client.watchConnection((state) => {
        this.#connection = state;
        if (state === 'connected') void this.refresh();
      }),
    ];
    const onHash = () => (this.#route = routeOf(location.hash));
    window.addEventListener('hashchange', onHash);
    const minutes = setInterval(() => (this.#now = Date.now()), MINUTE);
    return () => {
      clearInterval(minutes);
      window.removeEventListener('hashchange', onHash);
      for (const end of endings) end();
    };
  }

  /** Asks what the events tell the changes of. */
  async refresh(): Promise<void> {
    const [devices, jobs, catalog, appUpdate, incidents] = await Promise.all([
      this.client.request('devices.list', {}),
      this.client.request('jobs.list', {}),
      this.client.request('catalog.state', {}),
      this.client.request('app-update.state', {}),
      this.client.request('incidents.list', {}),
    ]);
    this.#incidents = incidents;
    this.#catalog = catalog;
    this.#appUpdate = appUpdate;
    this.#devices = devices;
    this.#jobs = jobs;
  }
}

/** The store, with everything asked that the first screen needs. @throws {@link ContractFailure} */
export async function openApp(client: Client): Promise<App> {
  const app = new App(client, await client.request('app.about', {}));
  overwriteGetLocale(() => app.language);
  app.follow();
  await app.refresh();
  tellDamage(app);
  return app;
}

function tellDamage(app: App): void {
  const { damagedSettings } = app.about;
  if (!damagedSettings) return;
  const { keptAt } = damagedSettings;
  const text = keptAt === undefined ? m.settings_damaged_text() : m.settings_damaged_kept({ path: keptAt });
  app.notify({ tone: 'warning', title: m.settings_damaged_title(), text });
}

export const [useApp, provideApp] = createContext<App>();
