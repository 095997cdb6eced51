/**
 * A mistake of the program that nobody caught. Ending at once would leave a device half written that could be finished:
 * the program goes on, says what happened, and is best started again when its work is done.
 */
import type { Incidents } from '../log/incidents.ts';

/** What is used of the process. */
export interface ExceptionSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

export function surviveExceptions(source: ExceptionSource, incidents: Incidents): void {
  const tell = (error: unknown): void => {
    incidents.add('exception', error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  source.on('uncaughtException', tell);
  source.on('unhandledRejection', tell);
}
