/** One run of a command on its devices: each is worked on by itself, and what happens to one does not stop the others. */
import type { DeviceCondition, Failure } from '../../../shared/failure.ts';
import type { StepwiseError } from '../../../shared/failure.ts';
import type { ProgressEvent, ProgressListener } from '../../../shared/progress.ts';
import { DEFAULT_LIMITS } from '../../flash/recover.ts';
import { Journal } from '../../flash/journal.ts';
import type { ConnectOptions } from '../../update/connect.ts';
import { ended } from '../../update/ended.ts';
import type { JobOptions } from '../../update/job.ts';
import type { UsbDevice } from '../../usb/port.ts';
import { chooseDevices } from './choose-devices.ts';
import { exitCodeOf, ExitCode, worstOf } from './exit-code.ts';
import type { CommonOptions } from './options.ts';
import { AT_START, advance, type DeviceProgress } from './progress/device-progress.ts';
import type { Reporter, Told } from './reporter.ts';
import type { Surroundings } from './surroundings.ts';
import { openUsbSource, recorded, type RecordedSource, type UsbSource } from './usb-source.ts';

/** Milliseconds to wait for a person, where there is one. */
const PATIENCE_IN_A_TERMINAL = 120_000;

/** What a job on one device is given. */
export interface DeviceRun {
  readonly device: UsbDevice;
  readonly connect: ConnectOptions;
  readonly job: JobOptions;
}

export type Result<T> =
  | { readonly device: UsbDevice; readonly value: T }
  | { readonly device: UsbDevice; readonly failure: Failure };

export class Run {
  readonly surroundings: Surroundings;
  readonly options: CommonOptions;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Where the work on each device is; a device that is done is not in it any more. */
  readonly #work = new Map<string, DeviceProgress>();
  #source: RecordedSource | undefined;

  constructor(surroundings: Surroundings, options: CommonOptions, reporter: Reporter, signal: AbortSignal) {
    this.surroundings = surroundings;
    this.options = options;
    this.reporter = reporter;
    this.signal = signal;
  }

  // -- what it works with ------------------------------------------------------------------------------------------------

  /** Opened when it is first asked for. */
  async usb(): Promise<RecordedSource> {
    if (!this.#source) {
      this.#source = await openUsbSource(this.surroundings, this.options, this.#remark);
      this.#source.remarks.forEach(this.#remark);
    }
    return this.#source;
  }

  /** Devices from somewhere else than the options say; before they are first asked for. */
  use(source: UsbSource): void {
    this.#source = recorded(source, this.surroundings, this.options, this.#remark);
  }

  /** @throws no-device, several-devices */
  async devices(): Promise<readonly UsbDevice[]> {
    const { bus } = await this.usb();
    const devices = await chooseDevices(bus, this.options);
    this.reporter.devices(devices.map(({ path }) => path));
    return devices;
  }

  async journal(): Promise<Journal> {
    return new Journal((await this.usb()).stateFolder);
  }

  // -- what it does ------------------------------------------------------------------------------------------------------

  /** Does `job` on one device. Whatever goes wrong comes back as a failure with the condition of the device. */
  async settle<T>(device: UsbDevice, job: (each: DeviceRun) => Promise<T>): Promise<Result<T>> {
    const { path } = device;
    this.#work.set(path, AT_START);
    try {
      return { device, value: await job(await this.#deviceRun(device)) };
    } catch (error) {
      return { device, failure: this.#explained(error, path).failure };
    } finally {
      this.#work.delete(path);
      this.reporter.finished(path);
    }
  }

  /** Does `job` on all devices side by side and tells how each of them ended. @returns the worst of their exit codes */
  async perform(devices: readonly UsbDevice[], job: (each: DeviceRun) => Promise<Told>): Promise<ExitCode> {
    const codes = devices.map(async (device) => {
      const result = await this.settle(device, identifying(job));
      if ('failure' in result) {
        this.reporter.failure(result.failure, device.path);
        return exitCodeOf(result.failure.code);
      }
      this.reporter.outcome(result.value, device.path);
      return result.value.exitCode ?? ExitCode.ok;
    });
    return worstOf(await Promise.all(codes));
  }

  /** Looks at all devices, each by itself, and collects what was found. */
  async collect<T>(
    devices: readonly UsbDevice[],
    job: (each: DeviceRun) => Promise<T>,
  ): Promise<readonly Result<T>[]> {
    return Promise.all(devices.map((device) => this.settle(device, identifying(job))));
  }

  // -- what a stop would leave behind ------------------------------------------------------------------------------------

  /** More than looking at what a device is. */
  get isWorking(): boolean {
    return [...this.#work.values()].some(({ phase }) => phase !== undefined && phase !== 'identify');
  }

  /** The worst of all devices that are being worked on. */
  get condition(): DeviceCondition {
    const incomplete = [...this.#work.values()].some(({ condition }) => condition === 'incomplete');
    return incomplete ? 'incomplete' : 'untouched';
  }

  /** Without waiting for anything. */
  saveNow(): void {
    this.#source?.save();
  }

  async close(): Promise<void> {
    this.#source?.save();
    await this.#source?.close();
  }

  // -- inside ------------------------------------------------------------------------------------------------------------

  readonly #remark = (text: string) => this.reporter.remark(text);

  async #deviceRun(device: UsbDevice): Promise<DeviceRun> {
    const { bus, clock } = await this.usb();
    const listener: ProgressListener = (event) => this.#happened(event, device.path);
    const { options, signal } = this;
    const { terminal } = this.surroundings;
    const replugPatience = options.replugPatience ?? (terminal.canAsk ? PATIENCE_IN_A_TERMINAL : 0);
    return {
      device,
      connect: {
        bus,
        clock,
        listener,
        signal,
        limits: { ...DEFAULT_LIMITS, replugPatience },
        allowOthers: options.allowOtherBootloaders ?? false,
      },
      job: { clock, listener, signal },
    };
  }

  #happened(event: ProgressEvent, path: string): void {
    const progress = advance(this.#work.get(path) ?? AT_START, event);
    this.#work.set(path, progress);
    this.reporter.progress(event, progress, path);
  }

  #explained(error: unknown, path: string): StepwiseError {
    const condition = this.#work.get(path)?.condition ?? 'untouched';
    return ended(error, { path, condition, cancelled: this.signal.aborted });
  }
}

/** A loader that is stuck keeps one waiting before it is known: that is not to happen without a word. */
function identifying<T>(job: (each: DeviceRun) => Promise<T>): (each: DeviceRun) => Promise<T> {
  return (each) => {
    each.job.listener({ type: 'phase', phase: 'identify' });
    return job(each);
  };
}
