/**
 * One update from start to proof: plan, remember, execute, forget. Where an earlier update of the same device was
 * interrupted, its saved bytes are taken over and the work goes on where flash differs.
 */
import type { Clock } from '../../shared/clock.ts';
import type { DeviceCondition } from '../../shared/failure.ts';
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProgressListener } from '../../shared/progress.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { execute, type Outcome } from '../flash/execute.ts';
import { imageHash, type DeviceKey, type Journal, type JournalEntry } from '../flash/journal.ts';
import { makePlan, type FlashPolicy, type Plan } from '../flash/plan.ts';
import type { FlashTarget } from '../flash/target.ts';
import type { Connected } from './connect.ts';

export interface FlashJob {
  readonly image: FirmwareImage;
  /** What people call the image: a file name, a version. */
  readonly name: string;
  readonly policy: FlashPolicy;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Now, for the journal; ISO 8601. */
  readonly today: () => string;
  readonly listener: ProgressListener;
  readonly signal?: AbortSignal;
  /** Told before anything is done: what is going to happen, and whether it continues an interrupted update. */
  readonly announce?: (plan: Plan, interrupted: JournalEntry | undefined) => void | Promise<void>;
}

/**
 * Serial numbers of ROM loaders need not differ from chip to chip; the unique ID does, where it can be read. Bytes saved
 * from one board must never be written to another one that was plugged into its place.
 */
export function deviceKey(identity: DeviceIdentity): DeviceKey {
  return { path: identity.path, serial: valueOf(identity.uniqueId) ?? identity.serial };
}

/** @throws plan-refused and the like before anything is touched; any failure with the condition of the device */
export async function flash(connected: Connected, job: FlashJob): Promise<Outcome> {
  const { target, connection, device } = connected;
  const key = deviceKey(device.identity);
  const inCondition = (condition: DeviceCondition) => (error: unknown) => {
    throw asFailure(error, key.path, { condition });
  };
  const { plan, interrupted } = await prepare(target, key, job).catch(inCondition('untouched'));
  const entry = { device: key, image: imageHash(job.image), name: job.name, started: job.today() };
  const outcome = await execute(plan, target, connection, {
    clock: job.clock,
    listener: job.listener,
    memory: {
      preserved: interrupted?.preserved ?? [],
      save: (preserved) => job.journal.write({ ...entry, preserved }),
    },
    ...(job.signal && { signal: job.signal }),
  });
  await job.journal.remove(key).catch(inCondition('complete'));
  return outcome;
}

/** What is going to be done, and what an interrupted update left to be put right. */
async function prepare(target: FlashTarget, key: DeviceKey, job: FlashJob) {
  const plan = makePlan(job.image, target, job.policy);
  const found = await job.journal.read(key);
  const interrupted = found.kind === 'interrupted' ? found.entry : undefined;
  await job.announce?.(plan, interrupted);
  return { plan, interrupted };
}
