/** Counts requests by what they are for, from a virtual device's own record of what it was asked. */
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';
import { carriesData, purposesOf } from './purposes.ts';

export interface RequestCount {
  /** Requests per data block written: its DNLOAD and GETSTATUS, and the commands that prepared it. */
  readonly perBlockWritten: number | undefined;
  /** Requests per data block read: its UPLOAD, and the commands that prepared it. */
  readonly perBlockRead: number | undefined;
}

/** @param block bytes of a full block; what is shorter is the reading of registers, which belongs to identification */
export function countRequests(log: readonly TransferRecord[], block: number): RequestCount {
  const purposes = purposesOf(log, block);
  const per = (purpose: 'write' | 'read') => {
    const requests = log.filter((_, i) => purposes[i] === purpose);
    const blocks = requests.filter(({ request }) => carriesData(request)).length;
    return blocks === 0 ? undefined : requests.length / blocks;
  };
  return { perBlockWritten: per('write'), perBlockRead: per('read') };
}
