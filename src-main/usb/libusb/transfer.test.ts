import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectGarbage } from '../../../test/rig/garbage.ts';
import { FakeNativeDevice, FakeNativeUsb } from '../../../test/usb/fake-native.ts';
import { systemClock } from '../system-clock.ts';
import { CANCEL_GRACE_MS, NeverEndedError } from './deadline.ts';
import type { NativeTransfer, TransferCallback } from './native.ts';
import { controlIn, controlOut } from './transfer.ts';

const GET_STATUS = { requestType: 0xa1, request: 3, value: 0, index: 0 };
const DNLOAD = { requestType: 0x21, request: 1, value: 2, index: 0x0102 };

describe('control transfers', () => {
  const usb = new FakeNativeUsb();
  let device: FakeNativeDevice;
  const read = (deadline = 500) => controlIn(usb, device, GET_STATUS, 6, deadline);
  const write = (data: readonly number[], deadline = 500) =>
    controlOut(usb, device, DNLOAD, Uint8Array.from(data), deadline);

  beforeEach(() => {
    vi.useFakeTimers();
    device = new FakeNativeDevice([1]);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('puts the setup packet before the data, little-endian', async () => {
    device.onTransfer = (transfer) => transfer.accept();
    await write([0xaa, 0xbb, 0xcc]);
    expect([...(device.transfers[0]?.packet ?? [])]).toEqual([
      0x21, 1, 2, 0, 0x02, 0x01, 3, 0, 0xaa, 0xbb, 0xcc,
    ]);
  });

  it('asks for the length it was told and returns what came', async () => {
    device.onTransfer = (transfer) => transfer.answer(1, 2, 3);
    await expect(read()).resolves.toEqual(Uint8Array.of(1, 2, 3));
    expect(device.transfers[0]?.packet.readUInt16LE(6)).toBe(6);
  });

  it('leaves no timer behind', async () => {
    device.onTransfer = (transfer) => transfer.answer();
    await read();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets go of a transfer that has ended, though the library keeps the callback', async () => {
    vi.useRealTimers();
    const kept: TransferCallback[] = [];
    let transfer: WeakRef<NativeTransfer> | undefined;
    const library = Object.assign(new FakeNativeUsb(), {
      controlTransfer(_device: unknown, callback: TransferCallback): NativeTransfer {
        kept.push(callback);
        const native = {
          submit(packet: Buffer) {
            queueMicrotask(() => callback(undefined, packet, 0));
          },
          cancel: () => true,
        };
        transfer = new WeakRef(native);
        return native;
      },
    });
    await controlIn(library, device, GET_STATUS, 6, 500);
    await systemClock.sleep(1);
    collectGarbage();
    expect(kept).toHaveLength(1);
    expect(transfer?.deref()).toBeUndefined();
  });

  it('fails when only part of the data was taken', async () => {
    device.onTransfer = (transfer) => transfer.accept(2);
    await expect(write([1, 2, 3])).rejects.toMatchObject({ kind: 'io' });
  });

  it('maps the status a transfer ends with', async () => {
    device.onTransfer = (transfer) => transfer.end(4);
    await expect(read()).rejects.toMatchObject({
      kind: 'stall',
      operation: 'control in 0xA1 0x03 value 0 index 0',
    });
  });

  it('maps what submitting throws, and leaves no timer behind', async () => {
    device.failNext('submit', -4);
    await expect(read()).rejects.toMatchObject({ kind: 'gone' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cancels at its own deadline and not before', async () => {
    const ended = read(500);
    const failed = expect(ended).rejects.toMatchObject({ kind: 'timeout' });
    await vi.advanceTimersByTimeAsync(499);
    expect(device.transfers[0]?.cancelled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(device.transfers[0]?.cancelled).toBe(true);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not end before the library has handed back a cancelled transfer', async () => {
    device.ignoresCancel = true;
    let ended = false;
    const result = read(500).finally(() => (ended = true));
    const failed = expect(result).rejects.toMatchObject({ kind: 'timeout' });
    await vi.advanceTimersByTimeAsync(500 + CANCEL_GRACE_MS - 1);
    expect(ended).toBe(false);
    device.transfers[0]?.end(3);
    await failed;
  });

  it('returns an answer that overtook the cancellation', async () => {
    device.ignoresCancel = true;
    const result = read(500);
    await vi.advanceTimersByTimeAsync(600);
    device.transfers[0]?.answer(9);
    await expect(result).resolves.toEqual(Uint8Array.of(9));
  });

  it('waits for the end by itself when a device that has left cannot be told to cancel', async () => {
    device.failNext('cancel', -4);
    const failed = expect(read(500)).rejects.toMatchObject({ kind: 'gone' });
    await vi.advanceTimersByTimeAsync(500);
    device.transfers[0]?.end(5);
    await failed;
  });

  it.each([
    ['while it is under way', (abort: AbortController) => setTimeout(() => abort.abort(), 100)],
    ['before it began', (abort: AbortController) => abort.abort()],
  ])('cancels when its signal is aborted %s', async (_, arrange) => {
    const abort = new AbortController();
    arrange(abort);
    const ended = controlIn(usb, device, GET_STATUS, 6, 500, abort.signal);
    const failed = expect(ended).rejects.toMatchObject({ kind: 'timeout' });
    await vi.advanceTimersByTimeAsync(100);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not touch a transfer that ended before its signal was aborted', async () => {
    const abort = new AbortController();
    device.onTransfer = (transfer) => transfer.answer(1);
    await controlIn(usb, device, GET_STATUS, 6, 500, abort.signal);
    abort.abort();
    expect(device.transfers[0]?.cancelled).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up on a transfer that does not end after it was cancelled', async () => {
    device.ignoresCancel = true;
    const failed = expect(read(500)).rejects.toThrow(NeverEndedError);
    await vi.advanceTimersByTimeAsync(500 + CANCEL_GRACE_MS);
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });
});
