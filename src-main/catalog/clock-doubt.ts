/**
 * Whether it is the metadata or this computer's clock that is out of date. TUF needs a clock to tell what has expired
 * (specification §5.1), and a computer with an empty battery has the wrong one: it then finds that everything has
 * expired, or, worse, nothing. A server says what time it has (RFC 9110 §6.6.1). That is no proof, so it decides two
 * things only: what a person is told, and, where both times disagree about an expiry, that nothing new is accepted.
 */
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { ConnectionFailed } from './transport.ts';
import { expiredAt, type Expiry, type Verified } from './trusted-metadata.ts';

/** Clocks of computers and servers differ by seconds; time zones that were set wrong, by up to this. Milliseconds. */
const DOUBT_MS = 26 * 3_600_000;

export interface Times {
  /** By this computer; ISO 8601. */
  readonly today: string;
  /** By the server, where it said so. */
  readonly told?: string | undefined;
}

/** Undefined while everything that is trusted is good by both clocks. */
export function timeFault(verified: Verified, times: Times): StepwiseError | undefined {
  const here = expiredAt(verified, times.today);
  if (here) return outdated(here, times);
  const passed = otherTime(times);
  return passed !== undefined && expiredAt(verified, passed)
    ? new StepwiseError('clock-wrong', { today: times.today, passed })
    : undefined;
}

/** The failure for what has expired by this computer's clock. */
export function outdated({ name, since }: Expiry, times: Times): StepwiseError {
  const passed = otherTime(times);
  return passed !== undefined && Date.parse(since) > Date.parse(passed)
    ? new StepwiseError('clock-wrong', { today: times.today, passed })
    : new StepwiseError('expired', { file: `${name}.json`, since });
}

/**
 * A certificate that is good at another time only is a matter of the clock where something the maker signed is from a
 * later time than today; otherwise it may as well be the server's fault. One that is not good yet is a matter of the
 * clock in any case: nobody gives out certificates for later, and on a first start nothing is signed that could tell.
 * @param signed times at which something trusted was made
 */
export function certificateFault(error: unknown, today: string, signed: readonly string[]): unknown {
  if (!isFailure(error, 'untrusted-connection') || !(error.cause instanceof ConnectionFailed)) return error;
  const { fault } = error.cause;
  const passed = signed.find((time) => Date.parse(time) > Date.parse(today));
  const isClock = fault === 'certificate-early' || (fault === 'certificate-date' && passed !== undefined);
  return isClock
    ? new StepwiseError('clock-wrong', { today, ...(passed !== undefined && { passed }) }, { cause: error })
    : error;
}

/** ISO 8601, where the server's time is so far from this computer's that one of them is wrong. */
function otherTime({ today, told }: Times): string | undefined {
  const there = Date.parse(told ?? '');
  return Math.abs(there - Date.parse(today)) > DOUBT_MS ? new Date(there).toISOString() : undefined;
}
