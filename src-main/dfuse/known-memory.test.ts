import { describe, expect, it } from 'vitest';
import { FirmwareImage } from '../firmware/image.ts';
import { knownMemory } from './known-memory.ts';
import { REQUEST_IN, REQUEST_OUT } from './protocol.ts';

const dnload = (value: number) => ({ requestType: REQUEST_OUT, request: 1, value, index: 0 });
const upload = (value: number) => ({ requestType: REQUEST_IN, request: 2, value, index: 0 });
const TO_FLASH = Uint8Array.of(0x21, 0, 0, 0, 8);
const FLASH = 0x0800_0000;

const texts = (candidates: Iterable<Uint8Array>) =>
  [...candidates].map((each) => Buffer.from(each).toString('hex'));

describe('what may be in memory', () => {
  it('is what was written, beside erased cells', () => {
    const memory = knownMemory([]);
    memory.sent(dnload(0), TO_FLASH);
    memory.sent(dnload(2), Uint8Array.of(1, 2));
    expect(memory.where(upload(2), 4)).toBe(FLASH);
    expect(texts(memory.candidates(FLASH, 4))).toContain('0102ffff');
    expect(texts(memory.candidates(FLASH, 4))).toContain('01020000');
  });

  it('is an image that was there, with what was written over it or before that', () => {
    const image = FirmwareImage.from([{ address: FLASH + 1, bytes: Uint8Array.of(7, 8) }]);
    const memory = knownMemory([image]);
    memory.sent(dnload(0), TO_FLASH);
    memory.sent(dnload(2), Uint8Array.of(1, 2));
    const candidates = texts(memory.candidates(FLASH, 4));
    expect(candidates).toContain('010208ff');
    expect(candidates).toContain('ff0708ff');
    expect(candidates).toContain('ffffffff');
  });

  it('is the later of two writes, across the border of a page', () => {
    const memory = knownMemory([]);
    memory.sent(dnload(0), TO_FLASH);
    memory.sent(dnload(2), new Uint8Array(2048).fill(5));
    memory.sent(dnload(0), Uint8Array.of(0x21, 0xff, 3, 0, 8));
    memory.sent(dnload(2), Uint8Array.of(9, 9));
    expect(texts(memory.candidates(FLASH + 0x3fe, 4))[0]).toBe('05090905');
  });

  it('is nowhere without an address', () => {
    expect(knownMemory([]).where(upload(2), 4)).toBeUndefined();
  });
});
