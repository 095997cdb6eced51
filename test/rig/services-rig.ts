/** The services with a desk of virtual devices in virtual time, asked as a screen asks them: by the contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  events,
  requests,
  type Arguments,
  type EventName,
  type EventOf,
  type Progress,
  type RequestName,
  type Result,
} from '../../shared/contract.ts';
import type { Device } from '../../shared/device.ts';
import { isOver } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';
import { openDemoServices, type DemoOptions, type DemoServices } from '../../src-main/hosts/demo-desk.ts';
import { Log } from '../../src-main/log/log.ts';
import type { Handler } from '../../src-main/services/handlers.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;
const TODAY = '2026-01-01T00:00:00.000Z';

interface Told<N extends EventName> {
  readonly at: number;
  readonly name: N;
  readonly event: EventOf<N>;
}

export class ServicesRig {
  readonly clock: VirtualClock;
  readonly log: Log;
  readonly stateFolder: string;
  readonly #demo: DemoServices;
  readonly #told: Told<EventName>[] = [];
  #onNews: () => void = () => undefined;

  private constructor(clock: VirtualClock, log: Log, stateFolder: string, demo: DemoServices) {
    this.clock = clock;
    this.log = log;
    this.stateFolder = stateFolder;
    this.#demo = demo;
    demo.services.subscribe((name, event) => {
      this.#told.push({ at: clock.now(), name, event: events[name].parse(event) });
      this.#onNews();
    });
  }

  /** @param options.stateFolder one that another rig left behind */
  static async open(options: Partial<DemoOptions> = {}): Promise<ServicesRig> {
    const clock = new VirtualClock();
    const log = new Log({ today: () => TODAY });
    const stateFolder = options.stateFolder ?? mkdtempSync(join(tmpdir(), 'stepwise-services-'));
    const demo = await openDemoServices({
      clock,
      log,
      stateFolder,
      today: () => TODAY,
      resourcesFolder: RESOURCES,
      version: '0.0.0',
      // Virtual time would pass while a file is read, as long as anything looks at the bus again and again.
      lookInterval: Infinity,
      ...options,
    });
    return new ServicesRig(clock, log, stateFolder, demo);
  }

  get services() {
    return this.#demo.services;
  }

  get desk() {
    return this.#demo.desk;
  }

  get bus() {
    return this.#demo.bus;
  }

  async request<N extends RequestName>(
    name: N,
    args: Arguments<N>,
    {
      signal = new AbortController().signal,
      progress,
    }: { signal?: AbortSignal; progress?: (p: Progress<N>) => void } = {},
  ): Promise<Result<N>> {
    const handler = this.services.handlers[name] as Handler<N>;
    const told = (each: Progress<N>) => progress?.(requests[name].progress.parse(each) as Progress<N>);
    const parsed = requests[name].args.parse(args) as Parameters<Handler<N>>[0];
    const result = await handler(parsed, { signal, progress: told });
    return requests[name].result.parse(result) as Result<N>;
  }

  /** What was announced under this name so far. */
  told<N extends EventName>(name: N): readonly Told<N>[] {
    return this.#told.filter((each): each is Told<N> => each.name === name);
  }

  /**
   * Waits until `find` finds something; asked again whenever anything was announced. Lets no time pass itself: virtual
   * time would run away while a file is written.
   */
  async until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const news = new Promise<void>((resolve) => (this.#onNews = resolve));
      const found = await find();
      if (found !== undefined) return found;
      await news;
    }
  }

  /** The device at this port, as soon as it has come to this. */
  device(path: string, kind: Device['state']['kind']): Promise<Device> {
    return this.until(async () =>
      (await this.request('devices.list', {})).find((each) => each.path === path && each.state.kind === kind),
    );
  }

  /** Plugs a device in. @returns its port, when it was looked at */
  async plug(device: string, fault?: string): Promise<string> {
    const { path } = await this.request('demo.plug', { device, ...(fault !== undefined && { fault }) });
    await this.until(async () =>
      (await this.request('devices.list', {})).find(
        ({ path: at, state }) => at === path && state.kind !== 'looking',
      ),
    );
    return path;
  }

  /** The job as it is when `when` holds; over, if nothing else is asked for. */
  job(id: string, when: (job: Job) => boolean = isOver): Promise<Job> {
    return this.until(async () =>
      (await this.request('jobs.list', {})).find((job) => job.id === id && when(job)),
    );
  }

  /** As when the program is killed: no job gets at its device any more, and nothing is put in order. */
  async abandon(): Promise<void> {
    for (const { path } of await this.bus.list()) this.bus.unplug(path);
  }

  async close(): Promise<void> {
    await this.services.close();
    rmSync(this.stateFolder, { recursive: true, force: true });
  }
}
