import { describe, expect, it } from 'vitest';
import { appendSuffix, dfuCrc, PLAIN_DFU, readSuffixedRaw, splitSuffix } from './dfu-suffix.ts';

const BODY = Uint8Array.of(1, 2, 3, 4);
/** The 16 bytes for version 0x2200 of product 0xDF11 of vendor 0x0483; CRC computed with another implementation. */
const SUFFIX = '002211df8304000155464410d292ad61';

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

it('the checksum is CRC-32/JAMCRC', () => {
  expect(dfuCrc(new TextEncoder().encode('123456789'))).toBe(0x340b_c6d9);
});

describe('a raw file with a suffix', () => {
  const target = { vendorId: 0x0483, productId: 0xdf11, deviceVersion: 0x2200 };
  const file = appendSuffix(BODY, PLAIN_DFU, target);

  it('has its bytes in the order of the specification', () => {
    expect(Buffer.from(file).toString('hex')).toBe('01020304' + SUFFIX);
  });

  it('is read without its suffix, at the address given', () => {
    const image = readSuffixedRaw(file, 0x0800_0000);
    expect(image.ranges).toEqual([{ address: 0x0800_0000, bytes: BODY }]);
    expect(image.target).toEqual(target);
  });

  it('needs that address', () => {
    expect(failureOf(() => readSuffixedRaw(file, undefined))).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault: 'address-needed', format: 'dfu-suffix' },
    });
  });

  it('is for any product where the suffix says 0xFFFF', () => {
    const any = appendSuffix(BODY, PLAIN_DFU, {});
    expect([...any.subarray(4, 10)]).toEqual([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    expect(readSuffixedRaw(any, 0).target).toEqual({});
  });

  it.each([
    ['a body that was changed', 0, 'bad-checksum'],
    ['a checksum that was changed', 16, 'bad-checksum'],
    ['a signature that was changed', 12, 'truncated'],
    ['another length of the suffix', 15, 'unsupported'],
  ])('is refused with %s', (_, offset, fault) => {
    const changed = file.map((byte, i) => (i === offset ? byte ^ 1 : byte));
    expect(failureOf(() => readSuffixedRaw(changed, 0))).toMatchObject({
      code: 'bad-file',
      facts: { fault, format: 'dfu-suffix', offset: BODY.length },
    });
  });

  it('is refused where it claims to be another kind of .dfu file', () => {
    const dfuse = appendSuffix(BODY, 0x011a, target);
    expect(failureOf(() => readSuffixedRaw(dfuse, 0))).toMatchObject({ facts: { fault: 'inconsistent' } });
  });

  it('is refused when shorter than a suffix', () => {
    expect(failureOf(() => splitSuffix(file.subarray(-15), PLAIN_DFU, 'dfu-suffix'))).toMatchObject({
      facts: { fault: 'truncated', offset: 0 },
    });
  });
});
