import { describe, expect, it } from 'vitest';
import { firmwareWatch } from './firmware-transfers.ts';
import { MemoryAddress } from './memory-address.ts';
import { REQUEST_IN, REQUEST_OUT } from './protocol.ts';

const dnload = (value: number) => ({ requestType: REQUEST_OUT, request: 1, value, index: 0 });
const upload = (value: number) => ({ requestType: REQUEST_IN, request: 2, value, index: 0 });
const getStatus = { requestType: REQUEST_IN, request: 3, value: 0, index: 0 };
const command = (code: number, address: number) => {
  const bytes = new Uint8Array(5);
  bytes[0] = code;
  new DataView(bytes.buffer).setUint32(1, address, true);
  return bytes;
};
const setAddress = (address: number) => [dnload(0), 5, command(0x21, address)] as const;
const erase = (address: number) => [dnload(0), 5, command(0x41, address)] as const;

describe('the address of a block', () => {
  it('is counted in full blocks from the pointer, also that of a short one at the end', () => {
    const memory = new MemoryAddress();
    expect(memory.follow(...setAddress(0x0800_0000))).toBe('no memory');
    expect(memory.follow(dnload(2), 1024)).toEqual({ address: 0x0800_0000 });
    expect(memory.follow(getStatus, 6)).toBe('no memory');
    expect(memory.follow(dnload(3), 1024)).toEqual({ address: 0x0800_0400 });
    expect(memory.follow(dnload(4), 16)).toEqual({ address: 0x0800_0800 });
    memory.follow(...setAddress(0x1fff_7a22));
    expect(memory.follow(upload(2), 2)).toEqual({ address: 0x1fff_7a22 });
  });

  it('is not known before one is set, nor behind an erase', () => {
    const memory = new MemoryAddress();
    expect(memory.follow(upload(2), 64)).toEqual({ address: undefined });
    memory.follow(...setAddress(0x0800_0000));
    memory.follow(...erase(0x0800_4000));
    expect(memory.follow(dnload(2), 64)).toEqual({ address: undefined });
  });
});

describe('what counts as firmware', () => {
  const at = (address: number, length: number) => {
    const watch = firmwareWatch();
    watch.carriesFirmware(...setAddress(address));
    return watch.carriesFirmware(upload(2), length);
  };

  it.each([
    ['the flash size of an F4', 0x1fff_7a22, 2],
    ['the unique ID of an H7', 0x1ff1_e800, 12],
    ['the bootloader ID of an H7', 0x1ff1_e7fe, 1],
    ['option bytes of an F4', 0x1fff_c000, 16],
  ])('is not %s', (_, address, length) => {
    expect(at(address, length)).toBe(false);
  });

  it.each([
    ['a block of flash', 0x0800_0000, 1024],
    ['a few bytes of flash', 0x0800_0000, 2],
    ['RAM', 0x2000_0000, 16],
    ['much of system memory', 0x1fff_0000, 1024],
  ])('is %s', (_, address, length) => {
    expect(at(address, length)).toBe(true);
  });

  it('is memory whose address nobody set, and whatever a plain DFU loader is sent', () => {
    expect(firmwareWatch().carriesFirmware(upload(2), 4)).toBe(true);
    expect(firmwareWatch().carriesFirmware(dnload(0), 1024, new Uint8Array(1024))).toBe(true);
  });

  it('is neither a command nor its answer, nor a status, nor a descriptor', () => {
    const watch = firmwareWatch();
    expect(watch.carriesFirmware(...setAddress(0x0800_0000))).toBe(false);
    expect(watch.carriesFirmware(upload(0), 64)).toBe(false);
    expect(watch.carriesFirmware(getStatus, 6)).toBe(false);
    expect(watch.carriesFirmware({ requestType: 0x80, request: 6, value: 0x200, index: 0 }, 255)).toBe(false);
  });
});
