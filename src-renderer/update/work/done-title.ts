import type { Job } from '../../../shared/job.ts';
import * as m from '../../paraglide/messages.js';
import type { Installing } from '../wizard.ts';

/** What is on the device now; up to date is only what nothing newer is meant for. */
export function doneTitle({ name }: Pick<Job, 'name'>, firmware: Installing | undefined): string {
  if (firmware?.newest) return m.update_done_title();
  return firmware?.version === undefined
    ? m.update_done_title_name({ firmware: name })
    : m.update_done_title_version({ version: firmware.version });
}
