/** Erases chosen sectors and proves that they are blank. */
import { overlaps, type AddressRange } from '../../shared/address.ts';
import { StepwiseError, type DeviceCondition } from '../../shared/failure.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import { quietAfterFailure } from '../flash/erase-rules.ts';
import { eraseTime } from '../flash/estimate.ts';
import { checkErasable } from '../flash/plan.ts';
import { Progress } from '../flash/progress.ts';
import { retrying } from '../flash/recover.ts';
import { eraseSector } from '../flash/rewrite.ts';
import { alignmentOf, erasedValueOf, rangeOf, type FlashSector } from '../flash/target.ts';
import type { Connected } from './connect.ts';
import type { JobOptions } from './job.ts';

/** The sectors that a range touches. */
export function sectorsIn(connected: Connected, range: AddressRange): readonly FlashSector[] {
  return connected.target.sectors.filter((sector) => overlaps(rangeOf(sector), range));
}

/** @throws plan-refused, read-protected, erase-failed, and failures of the session */
export async function eraseSectors(
  connected: Connected,
  sectors: readonly FlashSector[],
  options: JobOptions,
): Promise<void> {
  const { target, connection } = connected;
  let condition: DeviceCondition = 'untouched';
  const progress = new Progress(options.clock, options.listener);
  const bytes = sectors.reduce((sum, sector) => sum + sector.size, 0);
  const times = sectors.map((sector) => eraseTime(target, sector));
  progress.expect(
    'erase',
    times.reduce((sum, time) => sum + time, 0),
    bytes,
  );
  const context = {
    target,
    alignment: alignmentOf(target),
    erasedValue: erasedValueOf(target),
    clock: options.clock,
    progress,
    checkpoint: () => {
      if (options.signal?.aborted) throw new StepwiseError('cancelled', { condition });
    },
  };
  try {
    checkErasable(sectors, target);
    progress.phase('erase');
    for (const sector of sectors) {
      await retrying(
        connection,
        (attempt) => {
          context.checkpoint();
          condition = 'incomplete';
          return eraseSector(connection.session, sector, context, { blankCheck: true, attempt });
        },
        {
          address: sector.address,
          quiet: quietAfterFailure(target, [sector]),
          listener: options.listener,
          checkpoint: context.checkpoint,
        },
      );
      progress.sector(sector, 'verified');
    }
  } catch (error) {
    throw asFailure(error, connection.session.device.path, { condition });
  }
}
