import type { RequestName } from '../../../shared/contract.ts';
import type { RequestContext } from '../../services/handlers.ts';

/** What a handler is given where no screen asked. */
export function unattended<N extends RequestName>(): RequestContext<N> {
  return { signal: new AbortController().signal, progress: () => undefined };
}
