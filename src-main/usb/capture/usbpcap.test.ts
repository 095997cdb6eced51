import { expect, it } from 'vitest';
import { LINK, STAGE, join, setupBytes, usbpcap } from '../../../test/captures/build-capture.ts';
import type { UsbpcapPacket } from '../../../test/captures/build-capture.ts';
import { usbpcapEvent } from './usbpcap.ts';

const SETUP = { requestType: 0x21, request: 1, value: 0x0203, index: 0x0405 };
const DATA = Uint8Array.of(1, 2, 3, 4);
const IRP = 0xffff_9a0d_1234_5678n;
const PLACE = { irp: IRP, bus: 2, device: 300 };
const WIRE = setupBytes(SETUP, 4);

/** The event, when all but the last `missing` bytes of the packet were kept. */
function eventOf(packet: Partial<UsbpcapPacket>, missing = 0) {
  const whole = { stage: STAGE.complete, isBack: true, isIn: false, ...PLACE, ...packet };
  const { bytes } = usbpcap(whole);
  const kept = bytes.subarray(0, bytes.length - missing);
  return usbpcapEvent({ linkType: LINK.usbpcap, littleEndian: true, offset: 0, bytes: kept, time: 7.5 });
}

const told = { request: IRP, bus: 2, deviceAddress: 300, time: 7.5, truncated: false };

it('SETUP tells what was submitted, since version 1.5 with what was sent', () => {
  const submit = { kind: 'submit', ...told, setup: SETUP, length: 4 };
  expect(eventOf({ stage: STAGE.setup, isBack: false, payload: WIRE })).toEqual({
    ...submit,
    data: Uint8Array.of(),
  });
  expect(eventOf({ stage: STAGE.setup, isBack: false, payload: join(WIRE, DATA) })).toEqual({
    ...submit,
    data: DATA,
  });
});

it.each([true, false])('DATA has the data of older versions; on its way back: %o', (isBack) => {
  expect(eventOf({ stage: STAGE.data, isBack, payload: DATA })).toEqual({
    kind: 'data',
    ...told,
    data: DATA,
  });
});

it('COMPLETE and STATUS tell how it ended', () => {
  const complete = { kind: 'complete', ...told, result: 'done', status: 0 };
  expect(eventOf({ isIn: true, payload: DATA })).toEqual({ ...complete, data: DATA });
  expect(eventOf({ stage: STAGE.status })).toEqual({ ...complete, data: Uint8Array.of() });
});

it.each([
  [0x0000_0000, 'done'],
  [0xc000_0004, 'stall'],
  [0xc000_0030, 'stall'],
  [0xc000_7000, 'gone'],
  [0xc001_0000, 'cancelled'],
  [0xc000_6000, 'cancelled'],
  [0xc000_0011, 'other'],
])('status 0x%x means %s', (status, result) => {
  expect(eventOf({ status })).toMatchObject({ result, status });
});

it('data that were not all kept are marked', () => {
  expect(eventOf({ isIn: true, payload: DATA }, 1)).toMatchObject({
    data: DATA.subarray(0, 3),
    truncated: true,
  });
  const submit = eventOf({ stage: STAGE.setup, isBack: false, payload: join(WIRE, DATA) }, 4);
  expect(submit).toMatchObject({ kind: 'submit', data: Uint8Array.of(), truncated: true });
});

it('what lacks part of a header, or is of an unknown stage, cannot be read', () => {
  expect(eventOf({}, 1)).toBe('unreadable');
  expect(eventOf({}, 27)).toBe('unreadable');
  expect(eventOf({ stage: STAGE.setup, payload: WIRE }, 1)).toBe('unreadable');
  expect(eventOf({ stage: 9 })).toBe('unreadable');
});

it('a longer header of a later version is stepped over', () => {
  const { bytes } = usbpcap({ stage: STAGE.complete, isBack: true, isIn: true, ...PLACE, payload: DATA });
  const longer = join(bytes.subarray(0, 28), Uint8Array.of(0xee, 0xee), bytes.subarray(28));
  longer[0] = 30;
  const packet = { linkType: LINK.usbpcap, littleEndian: true, offset: 0, bytes: longer, time: 0 };
  expect(usbpcapEvent(packet)).toMatchObject({ data: DATA, truncated: false });
});

it.each<[string, Partial<UsbpcapPacket>]>([
  ['an interrupt transfer', { transferType: 1, endpoint: 1 }],
  ['something that is no transfer', { transferType: 0xfe }],
  ['an unknown function', { transferType: 0xff }],
  ['a control transfer of another endpoint', { endpoint: 3 }],
])('a packet about %s is about something else', (_, packet) => {
  expect(eventOf(packet)).toBe('other');
});
