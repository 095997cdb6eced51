/** A virtual device on a virtual bus in virtual time, and the engine's jobs on it: what journeys, campaigns and the bench share. */
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressEvent } from '../../shared/progress.ts';
import type { FirmwareImage } from '../../src-main/firmware/image.ts';
import type { Outcome } from '../../src-main/flash/execute.ts';
import type { Journal } from '../../src-main/flash/journal.ts';
import { DEFAULT_POLICY, type FlashPolicy, type Plan } from '../../src-main/flash/plan.ts';
import type { RecoveryLimits } from '../../src-main/flash/recover.ts';
import { withDevice, type Connected } from '../../src-main/update/connect.ts';
import { flash } from '../../src-main/update/flash-job.ts';
import type { UsbDevice } from '../../src-main/usb/port.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDevice, VirtualDeviceOptions } from '../../src-main/virtual/virtual-device.ts';
import { MemoryJournal } from './memory-journal.ts';

/** Nobody is there to plug anything in. */
export const UNATTENDED: RecoveryLimits = { replugPatience: 0, recoveries: 12 };
/** Somebody is there, and is asked. */
export const ATTENDED: RecoveryLimits = { replugPatience: 120_000, recoveries: 12 };

/** A job that is not over after this many milliseconds of virtual time will never be. */
const JOB_DEADLINE = 3_600_000;

/** Where the device is plugged in. */
const PATH = '1-1';
const LOOK_INTERVAL = 100;

export interface RigOptions {
  readonly limits?: RecoveryLimits;
  readonly allowOthers?: boolean;
  readonly journal?: Journal;
  /** Told everything the engine tells, as it happens. */
  readonly onEvent?: (event: ProgressEvent) => void;
}

/** What is special about one run of a job. */
export interface Run {
  /** The device as the job shall see it; what is plugged in, if absent. */
  readonly device?: UsbDevice;
  readonly signal?: AbortSignal;
}

export class Rig {
  readonly clock = new VirtualClock();
  readonly device: VirtualDevice;
  readonly bus: VirtualBus;
  readonly events: ProgressEvent[] = [];
  readonly journal: Journal;
  readonly #options: RigOptions;
  /** What the last update was about to do. */
  plan: Plan | undefined;

  constructor(
    device: string | DeviceDefinition,
    options: Omit<VirtualDeviceOptions, 'clock'> = {},
    rig: RigOptions = {},
  ) {
    this.device = createVirtualDevice(device, { path: PATH, ...options, clock: this.clock });
    this.bus = new VirtualBus(this.clock, [this.device]);
    this.journal = rig.journal ?? new MemoryJournal();
    this.#options = rig;
  }

  /** What is plugged in. */
  async attached(): Promise<UsbDevice> {
    const [attached] = await this.bus.list();
    if (!attached) throw new Error('nothing is plugged in');
    return attached;
  }

  /**
   * Opens and identifies a device and runs `job` on it.
   * @throws whatever the job throws; an Error where it is not over in an hour of virtual time, or waits for nothing
   */
  async connected<T>(job: (connected: Connected) => Promise<T>, { device, signal }: Run = {}): Promise<T> {
    const { limits = UNATTENDED, allowOthers = false } = this.#options;
    const { bus, clock, listener } = this;
    const options = { bus, clock, listener, limits, allowOthers, ...(signal && { signal }) };
    return this.inTime(withDevice(device ?? (await this.attached()), options, job));
  }

  flash(image: FirmwareImage, policy: FlashPolicy = DEFAULT_POLICY, run: Run = {}): Promise<Outcome> {
    const { signal } = run;
    return this.connected(
      (connected) =>
        flash(connected, {
          image,
          name: 'test',
          policy,
          journal: this.journal,
          clock: this.clock,
          today: () => '2026-01-01T00:00:00.000Z',
          listener: this.listener,
          announce: (plan) => {
            this.plan = plan;
          },
          ...(signal && { signal }),
        }),
      run,
    );
  }

  /** As {@link flash}, with a failure as a value. Anything else that is thrown is a fault of the program. */
  async tryFlash(...args: Parameters<Rig['flash']>): Promise<Outcome | StepwiseError> {
    try {
      return await this.flash(...args);
    } catch (error) {
      if (error instanceof StepwiseError) return error;
      throw error;
    }
  }

  readonly listener = (event: ProgressEvent): void => {
    this.events.push(event);
    this.#options.onEvent?.(event);
  };

  /** Virtual time runs on when nothing else can, so that a job that waits for what never comes is found out at once. */
  inTime<T>(job: Promise<T>): Promise<T> {
    const minutes = JOB_DEADLINE / 60_000;
    const deadline = this.clock.sleep(JOB_DEADLINE).then(() => {
      throw new Error(`the job hangs: it is not over after ${minutes} minutes of virtual time`);
    });
    return Promise.race([job, deadline]);
  }

  /** Pulls the plug, where it is not out already, and puts it back; resolves when the host has found the device. */
  async replug(): Promise<void> {
    await this.bus.replug(PATH);
    while (!(await this.bus.list()).some(({ path }) => path === PATH)) await this.clock.sleep(LOOK_INTERVAL);
  }

  /** Lets go of the bus. */
  dispose(): void {
    void this.bus.close();
  }
}
