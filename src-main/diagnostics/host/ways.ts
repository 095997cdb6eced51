/** What a system tells of itself and of the way to its devices; one for each kind of system. */
import type { HostCheck } from '../../../shared/host-check.ts';
import type { Subject } from './subject.ts';
import { topologyOf, type Attached } from './topology.ts';

export interface Ways {
  /** Of USB as a whole, besides what is on the bus. */
  readonly general: readonly HostCheck[];
  readonly topology: (subject: Subject) => Promise<Attached>;
  /** Other programs that hold it, as far as the system tells. */
  readonly programs: (subject: Subject) => Promise<readonly string[]>;
  /** Why it may not be opened. */
  readonly refusal: (subject: Subject) => Promise<HostCheck>;
  /** Where a system needs a driver for it; elsewhere none is needed, and nothing is said. */
  readonly driver: (subject: Subject) => Promise<readonly HostCheck[]>;
  /** Signs of too little power, where the system counts them. */
  readonly supply: (subject: Subject) => Promise<readonly HostCheck[]>;
}

/** Of a system that tells nothing. */
export const untold: Omit<Ways, 'refusal'> = {
  general: [],
  topology: ({ path }) => Promise.resolve(topologyOf(path)),
  programs: () => Promise.resolve([]),
  driver: () => Promise.resolve([]),
  supply: () => Promise.resolve([]),
};
