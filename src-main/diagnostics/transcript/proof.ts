/**
 * Whether what was written was read back: the hash of each block that was read is that of the block written there last.
 * What was read in other pieces than it was written is compared as well, where the transcript has its bytes.
 */
import { fromHex, withhold, type Payload } from '../../usb/recording.ts';
import type { Block } from './steps.ts';

export type Compared = 'nothing was written there' | 'equal' | 'different';

/** Bytes that were written, by what was last seen of them. */
export interface ProofResult {
  readonly equal: number;
  readonly different: number;
  readonly notRead: number;
  readonly erasedSince: number;
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
  state: 'not read' | 'equal' | 'different' | 'erased since';
}

export class Proof {
  /** The last block written at each address. */
  readonly #written = new Map<number, Written>();
  /** First addresses of sectors, as far as they were erased. */
  readonly #sectors = new Set<number>();

  wrote({ address, bytes, data }: Block): void {
    if (address === undefined || data === undefined) return;
    this.#written.set(address, { bytes, sha256: hashOf(data), state: 'not read' });
  }

  /** @param address of the sector; nobody says how long it is, only where others begin */
  erased(address: number): void {
    this.#sectors.add(address);
    const end = Math.min(...[...this.#sectors].filter((other) => other > address));
    for (const [at, written] of this.#written) if (at >= address && at < end) written.state = 'erased since';
  }

  erasedAll(): void {
    for (const written of this.#written.values()) written.state = 'erased since';
  }

  read({ address, bytes, data }: Block): Compared {
    if (address === undefined || data === undefined) return 'nothing was written there';
    const inside = this.#within(address, bytes, data);
    for (const { written, sha256 } of inside)
      written.state = written.sha256 === sha256 ? 'equal' : 'different';
    if (inside.length === 0) return 'nothing was written there';
    return inside.some(({ written }) => written.state === 'different') ? 'different' : 'equal';
  }

  get result(): ProofResult {
    const sum = (state: Written['state']) =>
      [...this.#written.values()].reduce((all, each) => all + (each.state === state ? each.bytes : 0), 0);
    return {
      equal: sum('equal'),
      different: sum('different'),
      notRead: sum('not read'),
      erasedSince: sum('erased since'),
    };
  }

  /** The blocks that lie in what was read, each with the hash of what was read there. */
  #within(address: number, bytes: number, data: Payload) {
    const exact = this.#written.get(address);
    if (exact?.bytes === bytes)
      return exact.state === 'erased since' ? [] : [{ written: exact, sha256: hashOf(data) }];
    if (typeof data !== 'string') return [];
    const read = fromHex(data);
    return [...this.#written].flatMap(([at, written]) => {
      const isInside = at >= address && at + written.bytes <= address + bytes;
      if (!isInside || written.state === 'erased since') return [];
      const from = at - address;
      return [{ written, sha256: withhold(read.subarray(from, from + written.bytes)).sha256 }];
    });
  }
}

function hashOf(data: Payload): string {
  return typeof data === 'string' ? withhold(fromHex(data)).sha256 : data.sha256;
}
