/** What a device was told to do to its flash, in order, from the log of its transfers. */
import { DfuRequest } from '../../src-main/dfuse/protocol.ts';
import { downloadSubject } from '../../src-main/virtual/commands.ts';
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';

export interface FlashCommand {
  readonly command: 'erase' | 'write';
  readonly address: number;
}

export function flashCommands(log: readonly TransferRecord[]): FlashCommand[] {
  const commands: FlashCommand[] = [];
  let pointer = 0;
  for (const { request } of log) {
    if (request.requestType !== 0x21 || request.request !== DfuRequest.dnload) continue;
    const { command, address } = downloadSubject(request.value, request.data, pointer);
    if (address === undefined) continue;
    if (command === 'set-address') pointer = address;
    if (command === 'erase' || command === 'write') commands.push({ command, address });
  }
  return commands;
}
