/** Does the device hold this image? Reads everything, changes nothing. */
import type { AddressRange } from '../../shared/address.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { compareRuns } from '../flash/compare.ts';
import { readTime } from '../flash/estimate.ts';
import { makePlan } from '../flash/plan.ts';
import { Progress } from '../flash/progress.ts';
import { retrying } from '../flash/recover.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';

export interface Comparison {
  /** Bytes of the image that were read and compared. */
  readonly compared: number;
  readonly differing: number;
  /** Per block that differs, from its first to behind its last wrong byte; by address. */
  readonly differences: readonly AddressRange[];
  /** Milliseconds. */
  readonly elapsed: number;
}

/** @throws plan-refused where the device has no such flash, read-protected, and failures of the session */
export function compareImage(
  connected: Connected,
  image: FirmwareImage,
  options: JobOptions,
): Promise<Comparison> {
  return changingNothing(connected, () => compareRanges(connected, image, options));
}

async function compareRanges(
  { target, connection }: Connected,
  image: FirmwareImage,
  options: JobOptions,
): Promise<Comparison> {
  const started = options.clock.now();
  const plan = makePlan(image, target, { outside: 'discard', vectorTableLast: false });
  const progress = new Progress(options.clock, options.listener);
  progress.expect('verify', plan.expected.verify, plan.bytes);
  progress.phase('verify');
  const differences: AddressRange[] = [];
  let differing = 0;
  for (const run of image.ranges) {
    const seen = differences.length;
    const counted = differing;
    await retrying(
      connection,
      () => {
        differences.length = seen;
        differing = counted;
        return compareRuns(connection.session, [run], {
          alignment: plan.alignment,
          wanted: () => checkpoint(options.signal),
          reading: ({ address, bytes }, read) =>
            progress.measure('verify', address, bytes.length, readTime(target, bytes.length), read),
          differs: ({ first, last, count }) => {
            differences.push({ start: first, end: last + 1 });
            differing += count;
          },
        });
      },
      {
        address: run.address,
        listener: options.listener,
        checkpoint: () => void checkpoint(options.signal),
      },
    );
  }
  return { compared: plan.bytes, differing, differences, elapsed: options.clock.now() - started };
}
