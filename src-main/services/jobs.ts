/** Jobs as the screens ask for them. */
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';

export function jobHandlers({ jobs }: House): Pick<Handlers, 'jobs.list' | 'jobs.cancel' | 'jobs.dismiss'> {
  return {
    'jobs.list': () => jobs.list(),
    'jobs.cancel': ({ job }) => {
      jobs.cancel(job);
      return null;
    },
    'jobs.dismiss': ({ job }) => {
      jobs.dismiss(job);
      return null;
    },
  };
}
