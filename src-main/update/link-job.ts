/**
 * How well the cable, the hub and the bootloader carry requests: flash is read block by block for some seconds, and each
 * request is timed. Errors are counted and recovered from as in an update.
 */
import type { LinkQuality } from '../../shared/diagnosis.ts';
import { isRecoverable } from '../flash/recover.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';
import { wholeFlash } from './read-job.ts';

/** Milliseconds; long enough for some hundred requests. */
const DURATION = 2_000;
/** A link with so many errors is bad enough to say so. */
const MOST_ERRORS = 8;
/** Milliseconds between two reports. */
const REPORT_INTERVAL = 100;
/** Requests between two commands, which are what poll times are told for. */
const COMMAND_EVERY = 32;

/**
 * @param report is told how it looks so far
 * @throws read-protected, cancelled, and what cannot be recovered from
 */
export function measureLink(
  connected: Connected,
  options: JobOptions,
  report: (quality: LinkQuality) => void,
): Promise<LinkQuality> {
  return changingNothing(connected, () => measure(connected, options, report));
}

async function measure(
  connected: Connected,
  { clock, signal }: JobOptions,
  report: (quality: LinkQuality) => void,
): Promise<LinkQuality> {
  const { connection } = connected;
  const { start, end } = wholeFlash(connected) ?? { start: 0, end: 0 };
  const times: number[] = [];
  const commands: number[] = [];
  let errors = 0;
  const size = connection.session.transferSize;
  const quality = () => {
    const asked = connection.session.pollTime;
    const took = medianOf(commands);
    const poll = asked === undefined || took === undefined ? undefined : { asked, took };
    return { ...qualityOf(times, errors, size), ...(poll && { poll }) };
  };
  const began = clock.now();
  let reported = began;
  for (let at = start; clock.now() - began < DURATION && errors < MOST_ERRORS; at += size) {
    checkpoint(signal);
    if (at + size > end) at = start;
    try {
      if (times.length % COMMAND_EVERY === 0) {
        // The first one ends the reading as well; the second is a command and nothing else.
        await connection.session.setAddress(start + size);
        const sent = clock.now();
        await connection.session.setAddress(start);
        commands.push(clock.now() - sent);
      }
      const asked = clock.now();
      await connection.session.readBlock(start, at, size);
      times.push(clock.now() - asked);
    } catch (error) {
      if (!isRecoverable(error)) throw error;
      errors += 1;
      await connection.recover(error);
    }
    if (clock.now() - reported >= REPORT_INTERVAL) {
      reported = clock.now();
      report(quality());
    }
  }
  return quality();
}

function medianOf(times: readonly number[]): number | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function qualityOf(times: readonly number[], errors: number, size: number): LinkQuality {
  const sorted = [...times].sort((a, b) => a - b);
  const spent = times.reduce((sum, time) => sum + time, 0);
  return {
    requests: times.length + errors,
    errors,
    rate: spent > 0 ? ((times.length * size) / spent) * 1_000 : 0,
    median: medianOf(times) ?? 0,
    slowest: sorted.at(-1) ?? 0,
  };
}
