/**
 * Which transfers of a DfuSe session carry firmware, for a recorder that keeps the rest only. What the chip itself has to
 * say at known addresses (bootloader ID, flash size, unique ID, option bytes) is none of the maker's and stays: without it
 * nobody could tell afterwards what the device was. Everything else in memory counts as firmware, and so does whatever is
 * not understood.
 */
import { FAMILIES } from '../stm32/families.ts';
import type { FirmwareWatch } from '../usb/recorder.ts';
import { MemoryAddress } from './memory-address.ts';
import { DfuRequest, REQUEST_IN, REQUEST_OUT } from './protocol.ts';

/** Neither a command and its answer nor a fact of a chip is longer. */
const LONGEST_FACT = 64;

export function firmwareWatch(): FirmwareWatch {
  const memory = new MemoryAddress();
  return {
    carriesFirmware(setup, length, sent) {
      const moved = memory.follow(setup, length, sent);
      if (moved === 'no memory') return length > LONGEST_FACT && movesData(setup);
      return length > LONGEST_FACT || moved.address === undefined || !isFactOfChip(moved.address);
    },
  };
}

/** A plain DFU loader counts its blocks of firmware from 0 (DFU 1.1 §6.1.1). */
function movesData({ requestType, request }: { readonly requestType: number; readonly request: number }) {
  return (
    (requestType === REQUEST_OUT && request === DfuRequest.dnload) ||
    (requestType === REQUEST_IN && request === DfuRequest.upload)
  );
}

const REGISTERS = new Set(
  FAMILIES.flatMap(({ bootloaderId, flashSizeRegister, uniqueId }) =>
    [bootloaderId, flashSizeRegister, uniqueId].flatMap((register) => (register ? [register.address] : [])),
  ),
);
const RANGES = FAMILIES.flatMap(({ systemMemory, optionBytes }) => [...systemMemory, ...optionBytes]);

function isFactOfChip(address: number): boolean {
  return REGISTERS.has(address) || RANGES.some(({ start, end }) => address >= start && address < end);
}
