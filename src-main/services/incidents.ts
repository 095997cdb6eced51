/** What happened to the program itself, as the screens ask for it. */
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';

export function incidentHandlers({
  surroundings: { incidents },
}: House): Pick<Handlers, 'incidents.list' | 'incidents.dismiss'> {
  return {
    'incidents.list': () => incidents.open,
    'incidents.dismiss': ({ incident }) => {
      incidents.dismiss(incident);
      return null;
    },
  };
}
