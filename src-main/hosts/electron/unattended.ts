import type { RequestName } from '../../../shared/contract.ts';
import type { RequestContext, Services } from '../../services/handlers.ts';

/** What a handler is given where no screen asked. */
export function unattended<N extends RequestName>(): RequestContext<N> {
  return { signal: new AbortController().signal, progress: () => undefined };
}

/** The file for support with everything that goes in of itself, where there is no screen to look through it. */
export async function bundleUnattended({ handlers }: Pick<Services, 'handlers'>): Promise<void> {
  const { draft, contents } = await handlers['bundle.preview']({ includeSerials: false }, unattended());
  const without = contents.flatMap(({ name, ticked }) => (ticked ? [] : [name]));
  await handlers['bundle.make']({ draft, without }, unattended());
}
