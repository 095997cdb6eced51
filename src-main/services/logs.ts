/** The log as the screens read it: pages backwards from its end, and what comes from then on. */
import type { Clock } from '../../shared/clock.ts';
import { LOG_PAGE } from '../../shared/contract.ts';
import type { LogLine } from '../../shared/log.ts';
import type { Log } from '../log/log.ts';
import { Gathering } from './gathering.ts';
import type { Announce, Handlers } from './handlers.ts';
import type { House } from './house.ts';

/** Milliseconds between two batches of lines. */
const BATCH_INTERVAL = 200;

export function logHandlers({ surroundings }: House): Pick<Handlers, 'logs.read'> {
  return { 'logs.read': ({ before }) => surroundings.log.read(LOG_PAGE, before) };
}

/** @returns ends it */
export function announceLog(log: Log, clock: Clock, announce: Announce): () => void {
  const batches = new Gathering<LogLine>(clock, BATCH_INTERVAL, (lines) => announce('log', lines));
  return log.subscribe((line) => batches.add(line));
}
