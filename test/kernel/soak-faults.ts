import type { Fault, TransferFault, TransferMatch } from '../../src-main/virtual/faults.ts';

/**
 * What goes wrong in the life of a device that is updated again and again: faults of all kinds, thrown by a generator
 * that does the same again for the same seed.
 */

/** Whole numbers from 0 up to `limit`, the limit excluded. */
export type Dice = (limit: number) => number;

/** mulberry32: every seed is a good one, and neighbours have nothing in common. */
export function diceOf(seed: number): Dice {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b_79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** What any complete update of a device does at least so many times. */
export interface LeastWork {
  readonly erase: number;
  readonly write: number;
  /** Of the first block of the image. */
  readonly read: number;
}

interface Mishap {
  readonly name: string;
  readonly strikes: readonly (keyof LeastWork)[];
  readonly fault: (at: TransferMatch) => TransferFault;
}

const EVERYTHING = ['erase', 'write', 'read'] as const;
const CHANGES = ['erase', 'write'] as const;
const TOO_LONG_MS = 60_000;

const MISHAPS: readonly Mishap[] = [
  { name: 'refused', strikes: EVERYTHING, fault: (at) => ({ kind: 'stall', at }) },
  {
    name: 'refused, error stays',
    strikes: EVERYTHING,
    fault: (at) => ({ kind: 'stall', at, latched: true }),
  },
  { name: 'lost', strikes: EVERYTHING, fault: (at) => ({ kind: 'timeout', at }) },
  {
    name: 'done, answer lost',
    strikes: EVERYTHING,
    fault: (at) => ({ kind: 'timeout', at, executed: true }),
  },
  {
    name: 'unplugged before',
    strikes: EVERYTHING,
    fault: (at) => ({ kind: 'disconnect', at, when: 'before' }),
  },
  {
    name: 'unplugged after',
    strikes: EVERYTHING,
    fault: (at) => ({ kind: 'disconnect', at, when: 'after' }),
  },
  {
    name: 'block corrupted',
    strikes: ['write'],
    fault: (at) => ({ kind: 'corrupt-write', at, offset: 3, mask: 0x10 }),
  },
  {
    name: 'read corrupted',
    strikes: ['read'],
    fault: (at) => ({ kind: 'corrupt-read', at, offset: 3, mask: 0x10 }),
  },
  {
    name: 'stuck until cleared',
    strikes: CHANGES,
    fault: (at) => ({ kind: 'stuck-busy', at, until: 'clear-status' }),
  },
  {
    name: 'stuck until reset',
    strikes: CHANGES,
    fault: (at) => ({ kind: 'stuck-busy', at, until: 'reset' }),
  },
  {
    name: 'stuck until replug',
    strikes: CHANGES,
    fault: (at) => ({ kind: 'stuck-busy', at, until: 'replug' }),
  },
  {
    name: 'poll time too long',
    strikes: CHANGES,
    fault: (at) => ({ kind: 'poll-time', at, milliseconds: TOO_LONG_MS }),
  },
];

export interface Misfortune {
  readonly faults: readonly Fault[];
  /** Names of {@link MISHAPS}, one for each fault. */
  readonly names: readonly string[];
}

/**
 * About one fault in `oneIn` updates. All of them strike before the last update is complete: none is placed beyond what
 * the updates do at least, and what is done again only brings the rest forward.
 * @param firstBlock address of the first byte of every image
 */
export function misfortune(
  dice: Dice,
  updates: number,
  oneIn: number,
  least: LeastWork,
  firstBlock: number,
): Misfortune {
  const faults: Fault[] = [];
  const names: string[] = [];
  for (let update = 0; update < updates; update++) {
    if (dice(oneIn) !== 0) continue;
    const { name, strikes, fault } = pick(MISHAPS, dice);
    const command = pick(strikes, dice);
    const skip = update * least[command] + dice(least[command]);
    // Elsewhere it would be a register that is read wrongly, which nothing can tell from a true answer.
    const address = command === 'read' ? { address: firstBlock } : {};
    faults.push(fault({ command, skip, ...address }));
    names.push(name);
  }
  return { faults, names };
}

function pick<T>(items: readonly T[], dice: Dice): T {
  const item = items[dice(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
