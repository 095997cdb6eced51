/** Whether the link carries what it should: a host controller and a hub that do not get on cost a factor of ten. */
import type { LinkQuality } from '../../../shared/diagnosis.ts';
import type { HostCheck } from '../../../shared/host-check.ts';
import { readTime } from '../../flash/estimate.ts';
import type { FlashTarget } from '../../flash/target.ts';
import { advise, check } from './check.ts';

/**
 * Of the expected rate. The model knows neither every chip nor every host, and an H7 reads at 0.4 of it; what takes four times
 * as long as it says has another cause (an F072 on one controller: fifteen times).
 */
const FAR_BELOW = 1 / 4;

/** @param expected bytes per second */
export function linkChecks(
  { rate, errors, requests }: LinkQuality,
  expected: number,
  device: string,
): readonly HostCheck[] {
  const facts = { rate, expected };
  return [
    rate < expected * FAR_BELOW
      ? check('rate-low', facts, { device, remedies: advise('other-port', 'other-cable') })
      : check('rate-fits', facts, { device }),
    ...(errors > 0
      ? [check('disturbed', { errors, requests }, { device, remedies: advise('other-cable', 'other-port') })]
      : []),
  ];
}

/** As the model of an update has it, in bytes per second. */
export function expectedRate(target: Pick<FlashTarget, 'transferSize'>): number {
  return (target.transferSize / readTime(target, target.transferSize)) * 1_000;
}
