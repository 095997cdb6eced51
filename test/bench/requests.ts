/** Counts requests by what they are for, from a virtual device's own record of what it was asked. */
import { DfuRequest, DfuSeCommand } from '../../src-main/dfuse/protocol.ts';
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';

export interface RequestCount {
  /** Requests per data block written: its DNLOAD and GETSTATUS, and the commands that prepared it. */
  readonly perBlockWritten: number | undefined;
  /** Requests per data block read: its UPLOAD, and the commands that prepared it. */
  readonly perBlockRead: number | undefined;
}

type Purpose = 'write' | 'read' | 'other';

const CLASS_REQUEST = 0x21;

/** @param block bytes of a full block; what is shorter is the reading of registers, which belongs to identification */
export function countRequests(log: readonly TransferRecord[], block: number): RequestCount {
  const requests = { write: 0, read: 0, other: 0 };
  const blocks = { write: 0, read: 0, other: 0 };
  /** SET_ADDRESS and ABORT belong to the data that follow them. */
  let preparing = 0;
  let purpose: Purpose | 'preparing' = 'other';
  for (const { request } of log) {
    if ((request.requestType & 0x7f) !== CLASS_REQUEST) continue;
    const data = request.request === DfuRequest.upload ? 'read' : 'write';
    const carriesData = request.value > 0 && (data === 'read' || request.request === DfuRequest.dnload);
    if (carriesData && request.length < block && data === 'read') {
      purpose = 'other';
      preparing = 0;
    } else if (carriesData) {
      purpose = data;
      blocks[data] += 1;
      requests[data] += 1 + preparing;
      preparing = 0;
    } else if (request.request === DfuRequest.abort || isSetAddress(request)) {
      purpose = 'preparing';
      preparing += 1;
    } else if (request.request === DfuRequest.getStatus && purpose === 'preparing') {
      preparing += 1;
    } else if (request.request === DfuRequest.getStatus) {
      requests[purpose === 'preparing' ? 'other' : purpose] += 1;
    } else {
      purpose = 'other';
    }
  }
  const per = (kind: 'write' | 'read') => (blocks[kind] === 0 ? undefined : requests[kind] / blocks[kind]);
  return { perBlockWritten: per('write'), perBlockRead: per('read') };
}

function isSetAddress({ request, value, data }: TransferRecord['request']): boolean {
  return request === DfuRequest.dnload && value === 0 && data[0] === DfuSeCommand.setAddressPointer;
}
