/** The ways out of the program: the maker's support, and folders of our own. */
import type { Shell } from 'electron';
import { StepwiseError } from '../../../shared/failure.ts';
import type { Product } from '../../../shared/product.ts';
import type { Outside } from '../../services/surroundings.ts';

/**
 * Where a link of a page may lead: to the host of the maker's support page or to the maker's mailbox, exactly.
 * @returns the address as it may be opened, else undefined
 */
export function externalLink(address: string, support: Product['support']): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const link = new URL(address);
  switch (link.protocol) {
    case 'https:': {
      const { url } = support;
      const known = url !== undefined && new URL(url).host === link.host;
      return known && link.username === '' && link.password === '' ? link.href : undefined;
    }
    case 'mailto:':
      // Without whatever else it says: some programs attach files that a link asks for.
      return link.pathname === support.email ? `mailto:${support.email}` : undefined;
    default:
      return undefined;
  }
}

/** Opens what the services name, never what a page does. @throws host-file where the system cannot */
export async function openOutside(shell: Shell, what: Outside): Promise<void> {
  if (what.kind === 'address') {
    await shell.openExternal(what.url);
    return;
  }
  const detail = await shell.openPath(what.path);
  if (detail !== '') throw new StepwiseError('host-file', { path: what.path, operation: 'open', detail });
}
