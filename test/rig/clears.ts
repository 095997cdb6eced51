/**
 * CLRSTATUS is for dfuERROR. A loader that is merely busy must not get one: some stall it, and what it does to the others
 * is ST's secret, but for the H7, which is un-wedged by a pair of them.
 */
import { DfuRequest, DfuState } from '../../src-main/dfuse/protocol.ts';
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';
import { isClass } from './wire.ts';

/** Numbers of the transfers that cleared a loader which had not said that it is in dfuERROR. */
export function uncalledForClears(log: readonly TransferRecord[]): number[] {
  let state: number | undefined;
  return log.flatMap(({ index, request, answer }) => {
    if (!isClass(request)) return [];
    const before = state;
    state = request.request === DfuRequest.getStatus && answer.kind === 'done' ? answer.bytes[4] : undefined;
    return request.request === DfuRequest.clrStatus && before !== DfuState.error ? [index] : [];
  });
}
