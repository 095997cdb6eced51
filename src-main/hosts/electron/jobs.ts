import { advance, isOver } from '../../../shared/job-advance.ts';
import type { Job } from '../../../shared/job.ts';
import type { Services } from '../../services/handlers.ts';
import { listen } from './listen.ts';

/**
 * Tells the jobs there are, whenever one of them changed: the picture the screens make, for what is shown outside of
 * the window.
 */
export function watchJobs(
  services: Pick<Services, 'subscribe'>,
  listener: (jobs: readonly Job[]) => void,
): void {
  const jobs = new Map<string, Job>();
  const tell = (): void => {
    listener([...jobs.values()]);
  };
  listen(services, 'job-begun', (job) => {
    jobs.set(job.id, job);
    tell();
  });
  listen(services, 'job', ({ job: id, events }) => {
    const job = jobs.get(id);
    if (job) jobs.set(id, events.reduce(advance, job));
    tell();
  });
  listen(services, 'job-dismissed', ({ job: id }) => {
    jobs.delete(id);
    tell();
  });
}

/** The computer has work to do for it now: it neither is over nor waits for a person. */
export function isAtWork(job: Job): boolean {
  return !isOver(job) && job.state.kind !== 'waiting';
}
