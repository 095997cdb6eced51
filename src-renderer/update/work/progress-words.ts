/** Progress in words: what is being done, how far it is, how fast, and for how long still. */
import { isOver, phaseOf } from '../../../shared/job-advance.ts';
import type { Phase } from '../../../shared/failure.ts';
import type { Job } from '../../../shared/job.ts';
import { left, number, rate, sizeOf } from '../../parts/quantities.ts';
import * as m from '../../paraglide/messages.js';

type Words = Readonly<Record<Phase, () => string>>;

const customer: Words = {
  'read-file': m.update_doing_check,
  find: m.update_doing_check,
  identify: m.update_doing_check,
  plan: m.update_doing_check,
  compare: m.update_doing_compare,
  erase: m.update_doing_erase,
  write: m.update_doing_write,
  verify: m.update_doing_verify,
  leave: m.update_doing_leave,
  unprotect: m.update_doing_unprotect,
  'enter-bootloader': m.update_doing_check,
  read: m.update_doing_compare,
  replay: m.update_doing_check,
};

const field: Words = {
  ...customer,
  erase: m.update_doing_erase_expert,
  verify: m.update_doing_verify_expert,
};

/** What is being done, in a word; changes with the phase only. */
export function doing(job: Job, expert: boolean): string {
  if (job.state.kind === 'waiting') return m.update_doing_waiting();
  if (job.state.kind === 'cancelling') return m.update_doing_cancelling();
  return (expert ? field : customer)[phaseOf(job) ?? 'identify']();
}

/** `Writing · 412 of 1 024 KB · 48 KB/s · about 20 seconds left` */
export function progressWords(job: Job, expert: boolean): string {
  if (isOver(job) || job.state.kind === 'waiting' || job.state.kind === 'cancelling')
    return doing(job, expert);
  const bytesMove = job.total > 0 && phaseOf(job) !== 'erase';
  return [
    doing(job, expert),
    ...(phaseOf(job) === 'erase' ? eraseWords(job, expert) : []),
    ...(bytesMove ? [sizeOf(job.done, job.total)] : []),
    ...(bytesMove && job.rate > 0 ? [rate(job.rate)] : []),
    ...(job.remaining === undefined || job.remaining === 0 ? [] : [left(job.remaining)]),
  ].join(' · ');
}

/** Which sector it is, and that seconds are normal: an erase tells nothing while it lasts. */
function eraseWords(job: Job, expert: boolean): readonly string[] {
  const index = job.sectors.findIndex(({ state }) => state === 'erasing');
  if (index < 0) return [];
  const words = { number: number(index + 1), total: number(job.sectors.length) };
  return [expert ? m.update_erase_which_expert(words) : m.update_erase_which(words)];
}
