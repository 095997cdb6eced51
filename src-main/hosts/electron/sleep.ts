/**
 * A computer that falls asleep under an update. It is kept from that as far as it can be (wakefulness.ts); whoever
 * closes the lid all the same finds the update going on afterwards, by itself or with a hand at the cable, and a word on it.
 */
import type { PowerMonitor } from 'electron';
import type { Incidents } from '../../log/incidents.ts';
import type { ShellLog } from './electron.ts';

export interface SleepOptions {
  readonly powerMonitor: PowerMonitor;
  readonly incidents: Incidents;
  readonly isWriting: () => boolean;
  readonly log: ShellLog;
}

export function watchSleep({ powerMonitor, incidents, isWriting, log }: SleepOptions): void {
  let sleptUnderUpdate = false;
  powerMonitor.on('suspend', () => {
    sleptUnderUpdate = isWriting();
    log('info', `the computer goes to sleep${sleptUnderUpdate ? ' while a device is being written' : ''}`);
  });
  powerMonitor.on('resume', () => {
    log('info', 'the computer is awake again');
    if (sleptUnderUpdate) incidents.add('slept', 'the computer slept while a device was being written');
    sleptUnderUpdate = false;
  });
}
