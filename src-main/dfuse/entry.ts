/**
 * The way into a bootloader that may be in any state an earlier program left it in: ask, and do what its answer calls
 * for, until it is in dfuIDLE. dfuERROR is normal at first contact with an F3 or F4 and is cleared; nothing is cleared
 * that is not an error (STM32C5 stalls it); what is busy is waited for; and all of it has an end.
 */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { UsbError } from '../usb/port.ts';
import { DfuState } from './protocol.ts';
import type { DeviceStatus } from './status.ts';
import { unwedge, type Unwedgeable } from './unwedge.ts';

/** A loader that somebody left busy for longer than this is stuck, in milliseconds. */
const BUDGET = 10_000;
/** Pause between two questions to a loader that is busy, in milliseconds. */
const LEAST_POLL = 10;
/** Questions that a loader that is busy may stall (L4), and the pause after each, in milliseconds. */
const STALLS_FORGIVEN = 4;
const STALL_PAUSE = 50;
/** A loader that is in dfuERROR again after so many CLRSTATUS is not going to leave it. */
const MOST_CLEARS = 3;

export interface EntryRules {
  /** The loader is known to get stuck in dfuDNBUSY: un-wedge it after so many milliseconds. */
  readonly unwedgeAfter?: number;
  /** The loader is known to say that it is ready while it erases: leave it alone for so many milliseconds. */
  readonly settle?: number;
}

export interface Enterable extends Unwedgeable {
  /** @param deadline milliseconds; the loader may work before it answers */
  getStatus(deadline?: number): Promise<DeviceStatus>;
  abort(): Promise<void>;
}

/**
 * @param deadline milliseconds a loader may keep back a GETSTATUS
 * @throws stuck-busy, bad-state, or UsbError
 */
export async function enterIdle(
  loader: Enterable,
  clock: Clock,
  rules: EntryRules,
  deadline: number,
): Promise<void> {
  const started = clock.now();
  const { unwedgeAfter = Infinity } = rules;
  for (let clears = 0; ;) {
    const status = await askForgivingly(loader, clock, deadline);
    const elapsed = clock.now() - started;
    if (status.state === DfuState.dnBusy && elapsed >= unwedgeAfter)
      return unwedge(loader, undefined, elapsed);
    switch (status.state) {
      case DfuState.dfuIdle:
        return;
      case DfuState.error:
        if (clears++ === MOST_CLEARS) throw notIdle(status);
        await loader.clearStatus();
        break;
      case DfuState.dnloadIdle:
        await clock.sleep(rules.settle ?? 0);
        return loader.abort();
      case DfuState.uploadIdle:
        return loader.abort();
      case DfuState.dnloadSync:
      case DfuState.dnBusy:
      case DfuState.manifestSync:
      case DfuState.manifest: {
        if (elapsed >= BUDGET) throw new StepwiseError('stuck-busy', { state: status.state, elapsed });
        const until = elapsed < unwedgeAfter ? Math.min(unwedgeAfter, BUDGET) : BUDGET;
        await clock.sleep(Math.min(Math.max(status.pollTime, LEAST_POLL), until - elapsed));
        break;
      }
      default:
        throw notIdle(status);
    }
  }
}

async function askForgivingly(loader: Enterable, clock: Clock, deadline: number): Promise<DeviceStatus> {
  for (let stalls = 0; ; stalls++) {
    try {
      return await loader.getStatus(deadline);
    } catch (error) {
      const stalled = error instanceof UsbError && error.kind === 'stall';
      if (!stalled || stalls === STALLS_FORGIVEN) throw error;
      await clock.sleep(STALL_PAUSE);
    }
  }
}

function notIdle({ state, status }: DeviceStatus): StepwiseError {
  return new StepwiseError('bad-state', { state, status, wanted: 'dfuIDLE' });
}
