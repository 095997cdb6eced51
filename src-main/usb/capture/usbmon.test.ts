import { describe, expect, it } from 'vitest';
import { LINK, setupBytes, usbmon } from '../../../test/captures/build-capture.ts';
import type { UsbmonPacket } from '../../../test/captures/build-capture.ts';
import { usbmonEvent } from './usbmon.ts';

const SETUP = { requestType: 0x21, request: 1, value: 0x0203, index: 0x0405 };
const DATA = Uint8Array.of(1, 2, 3, 4);
const ID = 0xffff_8880_1234_5678n;
const TIME = 1_700_000_000_123_456;
const SUBMIT: UsbmonPacket = {
  type: 'S',
  id: ID,
  isIn: false,
  setup: setupBytes(SETUP, 4),
  data: DATA,
  time: TIME,
};
const CALLBACK: UsbmonPacket = { type: 'C', id: ID, isIn: true, data: DATA, time: TIME };

const LAYOUTS = [true, false].flatMap((littleEndian) =>
  ([48, 64] as const).map((headerLength) => ({ littleEndian, headerLength })),
);

describe.each(LAYOUTS)('a packet of usbmon, %o', ({ littleEndian, headerLength }) => {
  /** The event, when all but the last `missing` bytes of the packet were kept. */
  const eventOf = (packet: UsbmonPacket, missing = 0) => {
    const { bytes } = usbmon(packet, { littleEndian, headerLength });
    const kept = bytes.subarray(0, bytes.length - missing);
    return usbmonEvent(
      { linkType: LINK.usbLinux, littleEndian, offset: 0, bytes: kept, time: undefined },
      headerLength,
    );
  };
  const told = { request: ID, bus: 3, deviceAddress: 9, time: 1_700_000_000_123.456 };
  const place = { bus: 3, device: 9 };

  it('tells what was submitted, with what was sent', () => {
    expect(eventOf({ ...SUBMIT, ...place })).toEqual({
      kind: 'submit',
      ...told,
      setup: SETUP,
      length: 4,
      data: DATA,
      truncated: false,
    });
  });

  it('tells how it ended, with what was read', () => {
    expect(eventOf({ ...CALLBACK, ...place })).toEqual({
      kind: 'complete',
      ...told,
      result: 'done',
      status: 0,
      data: DATA,
      truncated: false,
    });
  });

  it('has no data where none goes: submitted to be read, called back after it was sent', () => {
    const reading = { ...SUBMIT, isIn: true, length: 64, data: Uint8Array.of() };
    expect(eventOf(reading)).toMatchObject({ data: Uint8Array.of(), truncated: false });
    const sent = { ...CALLBACK, isIn: false, length: 64, data: Uint8Array.of() };
    expect(eventOf(sent)).toMatchObject({ data: Uint8Array.of(), truncated: false });
  });

  it('is marked where its data were not all kept', () => {
    expect(eventOf(SUBMIT, 1)).toMatchObject({ data: DATA.subarray(0, 3), truncated: true });
    expect(eventOf({ ...SUBMIT, length: 9 })).toMatchObject({ data: DATA, truncated: true });
    expect(eventOf(CALLBACK, 4)).toMatchObject({ data: Uint8Array.of(), truncated: true });
  });

  it('cannot be read without its whole header', () => {
    expect(eventOf({ ...CALLBACK, isIn: false, data: Uint8Array.of() }, 1)).toBe('unreadable');
  });
});

const eventOf = (packet: UsbmonPacket) => {
  const { bytes } = usbmon(packet);
  return usbmonEvent({ linkType: LINK.usbLinuxMmapped, littleEndian: true, offset: 0, bytes, time: 0 }, 64);
};

it.each([
  [0, 'done'],
  [-32, 'stall'],
  [-19, 'gone'],
  [-108, 'gone'],
  [-2, 'cancelled'],
  [-104, 'cancelled'],
  [-110, 'cancelled'],
  [-71, 'other'],
])('status %i means %s', (status, result) => {
  expect(eventOf({ ...CALLBACK, status, data: Uint8Array.of() })).toMatchObject({ result, status });
});

it('a request that could not be submitted ended there', () => {
  expect(eventOf({ ...CALLBACK, type: 'E', status: -19, length: 64, data: Uint8Array.of() })).toMatchObject({
    kind: 'complete',
    result: 'gone',
    truncated: false,
  });
});

it.each<[string, Partial<UsbmonPacket>]>([
  ['interrupt transfer', { transferType: 1, endpoint: 1 }],
  ['bulk transfer', { transferType: 3, endpoint: 2 }],
  ['isochronous transfer', { transferType: 0 }],
  ['control transfer of another endpoint', { endpoint: 3 }],
])('a packet about an %s is about something else', (_, other) => {
  expect(eventOf({ ...SUBMIT, ...other })).toBe('other');
  expect(eventOf({ ...CALLBACK, ...other })).toBe('other');
});

it('a packet of unknown type, or submitted without its setup packet, cannot be read', () => {
  const { bytes } = usbmon(SUBMIT);
  bytes[8] = 0x51;
  const packet = { linkType: LINK.usbLinuxMmapped, littleEndian: true, offset: 0, bytes, time: 0 };
  expect(usbmonEvent(packet, 64)).toBe('unreadable');
  const { type, id, isIn, data } = SUBMIT;
  expect(eventOf({ type, id, isIn, ...(data && { data }) })).toBe('unreadable');
});
