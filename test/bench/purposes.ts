/** What each request to a bootloader is for, from a virtual device's own record of what it was asked. */
import { DfuRequest, DfuSeCommand } from '../../src-main/dfuse/protocol.ts';
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';

/** `other` is finding out who the device is, and what belongs to nothing else. */
export type Purpose = 'erase' | 'write' | 'read' | 'other';

type Request = TransferRecord['request'];

const CLASS_REQUEST = 0x21;
const DIRECTION = 0x80;

/**
 * One purpose for each request. What prepares (SET_ADDRESS, ABORT) belongs to the data that follow it, a GETSTATUS to
 * what it asks about.
 * @param block bytes of a full block; reading less is the reading of registers, which is `other`
 */
export function purposesOf(log: readonly Pick<TransferRecord, 'request'>[], block: number): Purpose[] {
  const purposes: Purpose[] = [];
  let preparing = 0;
  for (const { request } of log) {
    if (prepares(request) || (preparing > 0 && isClass(request, DfuRequest.getStatus))) {
      preparing += 1;
    } else {
      const purpose: Purpose = isClass(request, DfuRequest.getStatus)
        ? (purposes.at(-1) ?? 'other')
        : purposeOf(request, block);
      const ofPreparation = purpose === 'write' || purpose === 'read' ? purpose : 'other';
      while (preparing > 0) {
        purposes.push(ofPreparation);
        preparing -= 1;
      }
      purposes.push(purpose);
    }
  }
  return [...purposes, ...Array.from({ length: preparing }, () => 'other' as const)];
}

/** Whether a request carries a block of data. */
export function carriesData(request: Request): boolean {
  return request.value > 0 && (isClass(request, DfuRequest.upload) || isClass(request, DfuRequest.dnload));
}

function purposeOf(request: Request, block: number): Purpose {
  if (isCommand(request, DfuSeCommand.erase)) return 'erase';
  if (!carriesData(request)) return 'other';
  if (isClass(request, DfuRequest.dnload)) return 'write';
  return request.length < block ? 'other' : 'read';
}

function prepares(request: Request): boolean {
  return isClass(request, DfuRequest.abort) || isCommand(request, DfuSeCommand.setAddressPointer);
}

function isCommand(request: Request, command: number): boolean {
  return isClass(request, DfuRequest.dnload) && request.value === 0 && request.data[0] === command;
}

function isClass({ requestType, request }: Request, wanted: number): boolean {
  return (requestType & ~DIRECTION) === CLASS_REQUEST && request === wanted;
}
