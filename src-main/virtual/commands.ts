/** The commands of AN3156 §5, read from a DNLOAD. */
import { DfuSeCommand, FIRST_DATA_BLOCK } from '../dfuse/protocol.ts';
import type { TransferSubject } from './usb-function.ts';

export type Command =
  | { readonly command: 'set-address'; readonly address: number }
  | { readonly command: 'erase'; readonly address: number }
  | { readonly command: 'mass-erase' }
  | { readonly command: 'read-unprotect' }
  | { readonly command: 'write'; readonly address: number; readonly length: number }
  | { readonly command: 'unknown' };

/** A block's address: its number counts blocks of the length of this very request (AN3156 §5.2, not wTransferSize). */
export function blockAddress(pointer: number, block: number, length: number): number {
  return pointer + (block - FIRST_DATA_BLOCK) * length;
}

/** The command in the data of a DNLOAD with wValue 0. */
export function parseCommand(data: Uint8Array): Command {
  const code = data[0];
  if (data.length === 5) {
    const address = new DataView(data.buffer, data.byteOffset).getUint32(1, true);
    if (code === DfuSeCommand.setAddressPointer) return { command: 'set-address', address };
    if (code === DfuSeCommand.erase) return { command: 'erase', address };
  }
  if (data.length === 1) {
    if (code === DfuSeCommand.erase) return { command: 'mass-erase' };
    if (code === DfuSeCommand.readUnprotect) return { command: 'read-unprotect' };
  }
  return { command: 'unknown' };
}

/** What a DNLOAD or UPLOAD is about. */
export function downloadSubject(block: number, data: Uint8Array, pointer: number): TransferSubject {
  if (data.length === 0) return { command: 'leave', address: pointer };
  if (block === 0) return parseCommand(data);
  return { command: 'write', address: blockAddress(pointer, block, data.length) };
}

export function uploadSubject(block: number, length: number, pointer: number): TransferSubject {
  if (block === 0) return { command: 'get-commands' };
  return { command: 'read', address: blockAddress(pointer, block, length) };
}
