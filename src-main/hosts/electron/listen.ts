import type { EventName, EventOf } from '../../../shared/contract.ts';
import type { Services } from '../../services/handlers.ts';

/** Hears one kind of event of the contract. @returns ends the subscription */
export function listen<N extends EventName>(
  services: Pick<Services, 'subscribe'>,
  wanted: N,
  listener: (event: EventOf<N>) => void,
): () => void {
  // The name tells which event it is; the compiler does not follow that through a generic callback.
  return services.subscribe((name: EventName, event: unknown) => {
    if (name === wanted) listener(event as EventOf<N>);
  });
}
