import { describe, expect, it } from 'vitest';
import {
  collecting,
  parseAddress,
  parseKilobytes,
  parseLength,
  parsePort,
  parseRange,
  parseSeconds,
  parseSectors,
  parseSpeed,
  parseUsbId,
} from './arguments.ts';

describe('an address', () => {
  it.each([
    ['0x08000000', 0x0800_0000],
    ['08000000', 0x0800_0000],
    ['0XFFFFFFFF', 0xffff_ffff],
    ['0', 0],
  ])('%s is %d', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each(['', '0x', 'flash', '0x123456789', '-1', '0x08000000 '])('%j is none', (text) => {
    expect(() => parseAddress(text)).toThrow('eight hexadecimal digits');
  });
});

describe('a length', () => {
  it.each([
    ['4096', 4096],
    ['128K', 131_072],
    ['128kb', 131_072],
    ['1M', 1_048_576],
    ['0x20000', 131_072],
  ])('%s is %d bytes', (text, length) => {
    expect(parseLength(text)).toBe(length);
  });

  it.each(['0', '-1', '1.5K', '1G', '', '0x1FFFFFFFF'])('%j is none', (text) => {
    expect(() => parseLength(text)).toThrow('number of bytes');
  });
});

describe('a range', () => {
  it('is a start and a length', () => {
    expect(parseRange('0x08000000:128K')).toEqual({ start: 0x0800_0000, end: 0x0802_0000 });
  });

  it('is two addresses that are both inside', () => {
    expect(parseRange('0x08000000-0x0801FFFF')).toEqual({ start: 0x0800_0000, end: 0x0802_0000 });
  });

  it('may end with the address space', () => {
    expect(parseRange('0xFFFFFFF0-0xFFFFFFFF').end).toBe(0x1_0000_0000);
  });

  it.each(['0x08000000', '0x08000000:', ':128K', '0x2-0x1', '0xFFFFFFFF:2'])('%j is none', (text) => {
    expect(() => parseRange(text)).toThrow();
  });
});

describe('a list of sectors', () => {
  it('is numbers and ranges, sorted, each once', () => {
    expect(parseSectors('7, 0-2,1')).toEqual([0, 1, 2, 7]);
  });

  it('may be all of them', () => {
    expect(parseSectors('all')).toBe('all');
  });

  it.each(['', '1,', 'a', '3-1', '-1', '999999'])('%j is none', (text) => {
    expect(() => parseSectors(text)).toThrow('0,2,4-7');
  });
});

describe('other values', () => {
  it('a USB ID is vendor and product', () => {
    expect(parseUsbId('0483:DF11')).toEqual({ vendorId: 0x0483, productId: 0xdf11 });
    expect(parseUsbId('0x1209:0x1')).toEqual({ vendorId: 0x1209, productId: 1 });
    expect(() => parseUsbId('0483')).toThrow('0483:DF11');
  });

  it('kilobytes become bytes, seconds milliseconds', () => {
    expect(parseKilobytes('512')).toBe(524_288);
    expect(() => parseKilobytes('0')).toThrow('above 0');
    expect(parseSeconds('0')).toBe(0);
    expect(parseSeconds('120')).toBe(120_000);
    expect(() => parseSeconds('-1')).toThrow('whole number');
  });

  it('a speed is above nought', () => {
    expect(parseSpeed('2.5')).toBe(2.5);
    for (const text of ['0', '-1', 'fast', 'Infinity']) expect(() => parseSpeed(text)).toThrow('above 0');
  });

  it('options given more than once are kept in order', () => {
    const collect = collecting((text) => text.toUpperCase());
    expect(collect('b', collect('a', undefined))).toEqual(['A', 'B']);
  });
});

it('a port is a number that TCP has', () => {
  expect(['0', '3240', '65535'].map(parsePort)).toEqual([0, 3240, 65_535]);
  for (const none of ['', '-1', '65536', 'http', '3240.5']) expect(() => parsePort(none)).toThrow('TCP port');
});
