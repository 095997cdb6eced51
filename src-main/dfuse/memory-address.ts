/**
 * Where in memory a transfer of a DfuSe session reads or writes, for whoever only looks on. SET_ADDRESS sets a pointer; block
 * n of a DNLOAD or UPLOAD then lies at pointer + (n - 2) · size of a full block (AN3156 §4). A short block at the end is
 * still counted in full ones, so the size is that of the longest since the pointer was set.
 */
import type { ControlSetup } from '../usb/port.ts';
import { DfuRequest, DfuSeCommand, FIRST_DATA_BLOCK, REQUEST_IN, REQUEST_OUT } from './protocol.ts';

const SET_ADDRESS_LENGTH = 5;

/** What a transfer moves: memory at an address as far as that is certain, or anything else. */
export type Moved = 'no memory' | { readonly address: number | undefined };

export class MemoryAddress {
  #pointer: number | undefined;
  #blockSize = 0;

  /**
   * To be told of all transfers of one device in their order.
   * @param length bytes of the data stage; for a read those asked for
   * @param sent data of a transfer to the device, as far as it is known
   */
  follow({ requestType, request, value }: ControlSetup, length: number, sent?: Uint8Array): Moved {
    const isWrite = requestType === REQUEST_OUT && request === DfuRequest.dnload;
    const isRead = requestType === REQUEST_IN && request === DfuRequest.upload;
    if (!isWrite && !isRead) return 'no memory';
    if (value < FIRST_DATA_BLOCK) {
      if (isWrite && sent) this.#command(sent);
      return 'no memory';
    }
    this.#blockSize = Math.max(this.#blockSize, length);
    if (this.#pointer === undefined) return { address: undefined };
    return { address: this.#pointer + (value - FIRST_DATA_BLOCK) * this.#blockSize };
  }

  #command(sent: Uint8Array): void {
    const [command] = sent;
    if (command === DfuSeCommand.erase) this.#pointer = undefined;
    if (command !== DfuSeCommand.setAddressPointer || sent.length !== SET_ADDRESS_LENGTH) return;
    this.#pointer = new DataView(sent.buffer, sent.byteOffset, sent.length).getUint32(1, true);
    this.#blockSize = 0;
  }
}
