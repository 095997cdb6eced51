/** What lies between the computer and a device. */
import type { HostFindingFacts } from '../../../shared/host-check.ts';

export type Attached = HostFindingFacts['attached'];

/** Port paths of the hubs between: of `1-2.4.1` they are `1-2` and `1-2.4`. */
export function hubsOf(path: string): readonly string[] {
  const [bus = '', ports = ''] = path.split('-');
  const chain = ports.split('.').slice(0, -1);
  return chain.map((_, at) => `${bus}-${chain.slice(0, at + 1).join('.')}`);
}

/** Where the system tells nothing but the path. */
export function topologyOf(path: string): Attached {
  const hubs = hubsOf(path);
  return { hubs: hubs.length, via: [] };
}
