import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDfu, parseConfiguration, readConfiguration } from './descriptors.ts';
import { UsbError } from './port.ts';
import type { ControlSetup } from './port.ts';

const FUNCTIONAL = [9, 0x21, 0x0b, 0xff, 0x00, 0x00, 0x04, 0x1a, 0x01];
const HID = [9, 0x21, 0x11, 0x01, 0x00, 0x01, 0x22, 0x40, 0x00];
const alternate = (interfaceNumber: number, setting: number, name: number, classes = [0xfe, 1, 2]) => [
  9,
  4,
  interfaceNumber,
  setting,
  0,
  ...classes,
  name,
];
const configuration = (row: readonly number[], total = 9 + row.length) => [
  9,
  2,
  total & 0xff,
  total >> 8,
  1,
  1,
  0,
  0xc0,
  0x32,
  ...row,
];
const parse = (bytes: readonly number[]) => parseConfiguration(Uint8Array.from(bytes));

/** As the H743's loader answers. */
const H743 = configuration([...alternate(0, 0, 4), ...alternate(0, 1, 5), ...FUNCTIONAL]);

describe('parsing a configuration', () => {
  it('finds every alternate setting and the functional descriptor behind the last', () => {
    const dfu = { interfaceClass: 0xfe, interfaceSubclass: 1, interfaceProtocol: 2, endpointCount: 0 };
    expect(parse(H743)).toEqual({
      value: 1,
      attributes: 0xc0,
      maxPower: 100,
      interfaces: [
        {
          number: 0,
          alternates: [
            { ...dfu, alternate: 0, nameIndex: 4 },
            { ...dfu, alternate: 1, nameIndex: 5 },
          ],
          dfuFunctional: Uint8Array.from(FUNCTIONAL),
        },
      ],
      wellFormed: true,
    });
  });

  it('takes 0x21 for a functional descriptor behind a DFU interface only', () => {
    const found = parse(
      configuration([...alternate(0, 0, 4, [3, 1, 1]), ...HID, ...alternate(1, 0, 5), ...FUNCTIONAL]),
    );
    expect(found?.interfaces.map(({ dfuFunctional }) => dfuFunctional?.[2])).toEqual([undefined, 0x0b]);
  });

  it('takes none that stands before every interface', () => {
    expect(
      parse(configuration([...FUNCTIONAL, ...alternate(0, 0, 4)]))?.interfaces[0]?.dfuFunctional,
    ).toBeUndefined();
  });

  it('keeps the first functional descriptor of an interface', () => {
    const second = [9, 0x21, 0x00, 0, 0, 0, 0, 0, 0];
    const found = parse(
      configuration([...alternate(0, 0, 4), ...FUNCTIONAL, ...alternate(0, 1, 5), ...second]),
    );
    expect(found?.interfaces[0]?.dfuFunctional?.[2]).toBe(0x0b);
    expect(found?.interfaces[0]?.alternates).toHaveLength(2);
  });

  it('steps over descriptors it does not know', () => {
    const endpoint = [7, 5, 0x81, 2, 64, 0, 0];
    const found = parse(configuration([...alternate(0, 0, 4), ...endpoint, 3, 0x77, 1, ...FUNCTIONAL]));
    expect(found?.wellFormed).toBe(true);
    expect(found?.interfaces[0]?.dfuFunctional).toBeDefined();
  });

  it('does not read behind the total length', () => {
    const found = parse([...configuration(alternate(0, 0, 4)), ...alternate(0, 1, 5)]);
    expect(found?.interfaces[0]?.alternates).toHaveLength(1);
    expect(found?.wellFormed).toBe(true);
  });

  it.each<[string, readonly number[]]>([
    ['a length of 0', [...alternate(0, 0, 4), 0, 0x21, ...FUNCTIONAL]],
    ['a length of 1', [...alternate(0, 0, 4), 1, ...FUNCTIONAL]],
    ['a length beyond the end', [...alternate(0, 0, 4), 30, 0x21, 0]],
    ['a last byte alone', [...alternate(0, 0, 4), 9]],
    ['an interface that is too short', [...alternate(0, 0, 4), 5, 4, 0, 1, 0, ...FUNCTIONAL]],
  ])('keeps what stands before %s, and says so', (_, row) => {
    const found = parse(configuration(row));
    expect(found?.wellFormed).toBe(false);
    expect(found?.interfaces[0]?.alternates).toHaveLength(1);
    expect(found?.interfaces[0]?.dfuFunctional).toBeUndefined();
  });

  it('says so when less came than was announced', () => {
    expect(parse(configuration(alternate(0, 0, 4), 60))?.wellFormed).toBe(false);
  });

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['a short header', [9, 2, 9, 0, 0, 1]],
    ['a header that says it is short', [8, 2, 18, 0, 1, 1, 0, 0xc0, 0x32]],
    ['another type', [9, 1, 18, 0, 1, 1, 0, 0xc0, 0x32]],
    ['a total shorter than the header', [9, 2, 8, 0, 1, 1, 0, 0xc0, 0x32]],
  ])('takes %s for no configuration', (_, bytes) => {
    expect(parse(bytes)).toBeUndefined();
  });

  it('takes any bytes without failing', () => {
    const near = fc
      .tuple(fc.constant(H743), fc.array(fc.tuple(fc.nat(H743.length - 1), fc.nat(255)), { maxLength: 6 }))
      .map(([bytes, changes]) => {
        const changed = Uint8Array.from(bytes);
        for (const [at, value] of changes) changed[at] = value;
        return changed;
      });
    fc.assert(
      fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 512 })), (bytes) => {
        const found = parseConfiguration(bytes);
        for (const { dfuFunctional, alternates } of found?.interfaces ?? []) {
          expect(alternates.length).toBeGreaterThan(0);
          if (dfuFunctional) expect(alternates.some(isDfu)).toBe(true);
        }
      }),
    );
  });
});

describe('reading the configuration', () => {
  function deviceWith(bytes: readonly number[]) {
    const lengths: number[] = [];
    const controlIn = (setup: ControlSetup, length: number) => {
      expect(setup).toEqual({ requestType: 0x80, request: 6, value: 0x0200, index: 0 });
      lengths.push(length);
      return Promise.resolve(Uint8Array.from(bytes).subarray(0, length));
    };
    return { controlIn, lengths };
  }

  it('reads the header, then the whole', async () => {
    const device = deviceWith(H743);
    await expect(readConfiguration(device)).resolves.toEqual(parse(H743));
    expect(device.lengths).toEqual([9, 36]);
  });

  it('reads the header alone when that is the whole', async () => {
    const device = deviceWith(configuration([]));
    await expect(readConfiguration(device)).resolves.toMatchObject({ interfaces: [], wellFormed: true });
    expect(device.lengths).toEqual([9]);
  });

  it('reads no more than it bears', async () => {
    const device = deviceWith(configuration(alternate(0, 0, 4), 0xffff));
    await expect(readConfiguration(device)).resolves.toMatchObject({ wellFormed: false });
    expect(device.lengths).toEqual([9, 4096]);
  });

  it('fails when the answer is no configuration', async () => {
    await expect(readConfiguration(deviceWith([1, 2, 3]))).rejects.toMatchObject({ kind: 'io' });
  });

  it('passes on what the transfer fails with', async () => {
    const controlIn = () => Promise.reject(new UsbError('gone', 'test'));
    await expect(readConfiguration({ controlIn })).rejects.toMatchObject({ kind: 'gone' });
  });
});
