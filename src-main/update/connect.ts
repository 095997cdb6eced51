/** A device as the jobs of this room work on it: opened, identified, allowed, and found again when it is lost. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressListener } from '../../shared/progress.ts';
import { expectSameChip, identify, openOnFlash, type IdentifiedLoader } from '../devices/identify.ts';
import { Reconnection } from '../devices/reconnect.ts';
import type { OpenedLoader } from '../dfuse/loader.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import { Connection, DEFAULT_LIMITS, type RecoveryLimits } from '../flash/recover.ts';
import type { FlashTarget } from '../flash/target.ts';
import { UsbError, type UsbBus, type UsbDevice } from '../usb/port.ts';
import { flashTarget } from './flash-target.ts';

export interface ConnectOptions {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly listener: ProgressListener;
  readonly limits?: RecoveryLimits;
  /** Work on bootloaders that are not ST's ROM, whose layouts and habits nobody has checked. */
  readonly allowOthers?: boolean;
  readonly signal?: AbortSignal;
}

export interface Connected {
  readonly device: IdentifiedLoader;
  readonly target: FlashTarget;
  readonly connection: Connection;
  /** Closes whatever is open now; never throws. */
  close(): Promise<void>;
}

/** @throws not-st-rom unless others are allowed, read-protected is no reason; and what identify throws */
export async function connect(usbDevice: UsbDevice, options: ConnectOptions): Promise<Connected> {
  const { bus, clock, listener, limits = DEFAULT_LIMITS, signal } = options;
  const device = await identified(usbDevice, options);
  const { identity, loader } = device;
  if (identity.kind !== 'st-rom' && !options.allowOthers) {
    await closed(usbDevice);
    throw new StepwiseError(
      'not-st-rom',
      { what: identity.title, evidence: identity.evidence },
      { phase: 'identify', condition: 'untouched' },
    );
  }
  const open = (again: UsbDevice) => openOnFlash(again, clock);
  const confirm = (again: OpenedLoader) => expectSameChip(device, again);
  const reconnection = new Reconnection(bus, clock, loader, open, signal, confirm);
  return {
    device,
    target: flashTarget(device),
    connection: new Connection(loader.session, reconnection, clock, listener, limits, device.entry),
    close: () => closed(reconnection.loader.device),
  };
}

/** A transfer that goes wrong once must not end a job that has not begun: the device is opened anew and asked again. */
async function identified(
  device: UsbDevice,
  { clock, listener, signal }: ConnectOptions,
): Promise<IdentifiedLoader> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await identify(device, clock);
    } catch (error) {
      if (attempt === IDENTIFY_TRIES || !mayBePassing(error) || signal?.aborted) {
        throw asFailure(error, device.path, { phase: 'identify', condition: 'untouched' });
      }
      listener({ type: 'recovery', rung: 're-open', because: error.message });
    }
  }
}

const IDENTIFY_TRIES = 3;

function mayBePassing(error: unknown): error is UsbError {
  return error instanceof UsbError && ['timeout', 'stall', 'io'].includes(error.kind);
}

async function closed(device: UsbDevice): Promise<void> {
  try {
    await device.close();
  } catch {
    // How the job ended is not changed by a device that will not close: the system takes it back from the program.
  }
}

/** Runs a job on a connected device and closes it, whatever happens. */
export async function withDevice<T>(
  usbDevice: UsbDevice,
  options: ConnectOptions,
  job: (connected: Connected) => Promise<T>,
): Promise<T> {
  const connected = await connect(usbDevice, options);
  try {
    return await job(connected);
  } catch (error) {
    throw asFailure(error, usbDevice.path);
  } finally {
    await connected.close();
  }
}
