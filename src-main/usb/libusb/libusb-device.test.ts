import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../shared/clock.ts';
import { FakeNativeDevice, FakeNativeUsb } from '../../../test/usb/fake-native.ts';
import { CALL_LIMIT_MS, CANCEL_GRACE_MS } from './deadline.ts';
import {
  CLAIM_ATTEMPTS,
  CLAIM_RETRY_MS,
  DEPARTURE_LOOK_MS,
  DEPARTURE_LOOKS,
  LibusbDevice,
} from './libusb-device.ts';

const GET_STATE = { requestType: 0xa1, request: 5, value: 0, index: 0 };
const ABORT = { requestType: 0x21, request: 6, value: 0, index: 0 };
const NO_DATA = new Uint8Array();

describe('a device of libusb', () => {
  let usb: FakeNativeUsb;
  let native: FakeNativeDevice;
  let device: LibusbDevice;
  let slept: number[];
  let onSleep: () => unknown;
  const clock: Clock = {
    now: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      onSleep();
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    slept = [];
    onSleep = () => undefined;
    usb = new FakeNativeUsb();
    native = new FakeNativeDevice([2, 4]);
    usb.devices = [native];
    device = new LibusbDevice(usb, native, clock);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is known by bus and ports, with what its descriptor says', () => {
    expect(device.path).toBe('1-2.4');
    expect(device.address).toBe(7);
    expect(device.identity).toEqual({
      vendorId: 0x0483,
      productId: 0xdf11,
      deviceVersion: 0x0200,
      usbVersion: 0x0100,
      manufacturerIndex: 1,
      productIndex: 2,
      serialIndex: 3,
    });
  });

  it('takes a device without ports for the root hub of its bus', () => {
    const hub = new FakeNativeDevice(undefined);
    expect(new LibusbDevice(new FakeNativeUsb(), hub, clock).path).toBe('1-0');
  });

  describe('open', () => {
    it.each([
      [-3, 'no-permission'],
      [-12, 'no-driver'],
      [-4, 'gone'],
      [-99, 'io'],
    ])('maps error %i to %s and stays closed', async (number, kind) => {
      native.failNext('open', number);
      await expect(device.open()).rejects.toMatchObject({ kind, operation: 'open' });
      await expect(device.controlIn(GET_STATE, 1, 10)).rejects.toMatchObject({ kind: 'io' });
    });

    it('opens once', async () => {
      await device.open();
      await device.open();
      expect(native.calls).toEqual(['open']);
    });

    it('does not mind a system that detaches no drivers', async () => {
      native.failNext('detach-driver', -12);
      await expect(device.open()).resolves.toBeUndefined();
    });

    it('waits for a close that is under way', async () => {
      await device.open();
      const closed = device.close();
      await device.open();
      await closed;
      expect(native.calls).toEqual(['open', 'close', 'open']);
    });
  });

  describe('claim', () => {
    it('is tried again while another program holds the interface', async () => {
      await device.open();
      native.failNext('claim', -6, -6);
      await device.claim(0);
      expect(slept).toEqual([CLAIM_RETRY_MS, CLAIM_RETRY_MS]);
    });

    it('gives up after its attempts', async () => {
      await device.open();
      native.failNext('claim', ...Array<number>(CLAIM_ATTEMPTS).fill(-6));
      await expect(device.claim(0)).rejects.toMatchObject({ kind: 'busy', operation: 'claim interface 0' });
      expect(slept).toHaveLength(CLAIM_ATTEMPTS - 1);
    });

    it('is not tried again for another reason', async () => {
      await device.open();
      native.failNext('claim', -4);
      await expect(device.claim(0)).rejects.toMatchObject({ kind: 'gone' });
      expect(slept).toEqual([]);
    });

    it('needs an open device', async () => {
      await expect(device.claim(0)).rejects.toMatchObject({ kind: 'io' });
    });
  });

  it('selects an alternate setting', async () => {
    await device.open();
    await device.selectAlternate(0, 1);
    expect(native.calls).toContain('select 0 1');
  });

  it('maps what selecting fails with', async () => {
    await device.open();
    native.failNext('select', -5);
    await expect(device.selectAlternate(0, 9)).rejects.toMatchObject({ kind: 'io' });
  });

  it('reads and writes', async () => {
    await device.open();
    native.onTransfer = (transfer) => transfer.answer(2);
    await expect(device.controlIn(GET_STATE, 1, 500)).resolves.toEqual(Uint8Array.of(2));
    native.onTransfer = (transfer) => transfer.accept();
    await expect(device.controlOut(ABORT, NO_DATA, 500)).resolves.toBeUndefined();
  });

  it('rejects a request that fits no setup packet with the error of the port', async () => {
    await device.open();
    await expect(device.controlIn(GET_STATE, 0x10000, 500)).rejects.toMatchObject({
      name: 'UsbError',
      kind: 'io',
    });
  });

  it('refuses a second transfer beside the first, and works again after it', async () => {
    await device.open();
    const first = device.controlIn(GET_STATE, 1, 500);
    await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
    native.transfers[0]?.answer(2);
    await first;
    native.onTransfer = (transfer) => transfer.answer(3);
    await expect(device.controlIn(GET_STATE, 1, 500)).resolves.toEqual(Uint8Array.of(3));
  });

  it('can be used again after a deadline', async () => {
    vi.useFakeTimers();
    await device.open();
    const failed = expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'timeout' });
    await vi.advanceTimersByTimeAsync(500);
    await failed;
    native.onTransfer = (transfer) => transfer.answer(2);
    await expect(device.controlIn(GET_STATE, 1, 500)).resolves.toEqual(Uint8Array.of(2));
  });

  describe('reset', () => {
    it('resets', async () => {
      await device.open();
      await device.reset();
      expect(native.calls).toContain('reset');
    });

    it('says the device is gone when it has to be enumerated as another one', async () => {
      await device.open();
      native.failNext('reset', -5);
      await expect(device.reset()).rejects.toMatchObject({ kind: 'gone' });
    });

    it('maps other errors', async () => {
      await device.open();
      native.failNext('reset', -1);
      await expect(device.reset()).rejects.toMatchObject({ kind: 'io' });
    });
  });

  describe('close', () => {
    it('releases what was claimed, then closes; a second time does nothing', async () => {
      await device.open();
      await device.claim(0);
      await Promise.all([device.close(), device.close()]);
      await device.close();
      expect(native.calls).toEqual(['open', 'claim 0', 'release 0', 'close']);
    });

    it('waits for the transfer under way and lets no further one in', async () => {
      await device.open();
      const transfer = device.controlIn(GET_STATE, 1, 500);
      const closed = device.close();
      await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
      expect(native.calls).not.toContain('close');
      native.transfers[0]?.answer(2);
      await closed;
      expect(native.calls).toContain('close');
      await expect(transfer).resolves.toEqual(Uint8Array.of(2));
    });

    it('does not fail when the device has left', async () => {
      await device.open();
      await device.claim(0);
      native.failNext('release', -4);
      native.failNext('close', -4);
      await expect(device.close()).resolves.toBeUndefined();
    });

    it('does nothing on a device that was never opened', async () => {
      await device.close();
      expect(native.calls).toEqual([]);
    });
  });

  describe('a failure without a better name', () => {
    const IO = -1;
    const transferError = 1;

    it('is one of the transfer while the device stays', async () => {
      await device.open();
      native.onTransfer = (transfer) => transfer.end(transferError);
      await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
      expect(slept).toEqual(Array(DEPARTURE_LOOKS).fill(DEPARTURE_LOOK_MS));
    });

    it('is the departure of a device that leaves soon after', async () => {
      await device.open();
      onSleep = () => (usb.devices = slept.length < 3 ? [native] : []);
      native.onTransfer = (transfer) => transfer.end(transferError);
      await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({
        kind: 'gone',
        operation: 'control in 0xA1 0x05 value 0 index 0',
      });
      expect(slept).toHaveLength(3);
    });

    it('is its departure when the bus has seen it leave', async () => {
      await device.open();
      onSleep = () => device.left();
      native.failNext('select', IO);
      await expect(device.selectAlternate(0, 1)).rejects.toMatchObject({ kind: 'gone' });
    });

    it.each([
      ['opening', 'open', () => device.open()],
      ['claiming', 'claim', () => device.claim(0)],
    ] as const)('means the same when %s', async (_, call, act) => {
      if (call === 'claim') await device.open();
      usb.devices = [];
      native.failNext(call, IO);
      await expect(act()).rejects.toMatchObject({ kind: 'gone' });
    });

    it('keeps its name when nobody can tell', async () => {
      await device.open();
      usb.broken = true;
      native.failNext('select', IO);
      await expect(device.selectAlternate(0, 1)).rejects.toMatchObject({ kind: 'io' });
    });
  });

  it('refuses everything once it has left, except close', async () => {
    await device.open();
    device.left();
    await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'gone' });
    await expect(device.claim(0)).rejects.toMatchObject({ kind: 'gone' });
    await device.close();
    await expect(device.open()).rejects.toMatchObject({ kind: 'gone' });
    expect(native.calls).toEqual(['open', 'close']);
  });

  describe('after a request that never ended', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });

    it('is unusable, and still closes', async () => {
      native.ignoresCancel = true;
      await device.open();
      await device.claim(0);
      const failed = expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
      await vi.advanceTimersByTimeAsync(500 + CANCEL_GRACE_MS);
      await failed;
      await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
      expect(native.transfers).toHaveLength(1);
      await expect(device.close()).resolves.toBeUndefined();
      expect(native.calls).not.toContain('release 0');
      await expect(device.open()).rejects.toMatchObject({ kind: 'io' });
    });

    it.each([
      ['select', () => device.selectAlternate(0, 1)],
      ['reset', () => device.reset()],
    ] as const)('bounds a %s that the library never ends', async (call, act) => {
      native.hanging.add(call);
      await device.open();
      const failed = expect(act()).rejects.toMatchObject({ kind: 'io' });
      await vi.advanceTimersByTimeAsync(CALL_LIMIT_MS);
      await failed;
      await expect(device.controlIn(GET_STATE, 1, 500)).rejects.toMatchObject({ kind: 'io' });
    });

    it('bounds a release that never ends', async () => {
      native.hanging.add('release');
      await device.open();
      await device.claim(0);
      await device.claim(1);
      const closed = device.close();
      await vi.advanceTimersByTimeAsync(CALL_LIMIT_MS);
      await closed;
      expect(native.calls).not.toContain('release 1');
    });
  });
});
