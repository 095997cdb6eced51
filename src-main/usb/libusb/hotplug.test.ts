import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeNativeDevice, FakeNativeUsb } from '../../../test/usb/fake-native.ts';
import { Attachments } from './hotplug.ts';
import type { NativeDevice } from './native.ts';

const POLL = 1_000;

describe('attachments', () => {
  let usb: FakeNativeUsb;
  let attachments: Attachments<{ readonly native: NativeDevice }>;
  let left: NativeDevice[];
  let changes: [string, NativeDevice][];
  const one = new FakeNativeDevice([1]);
  const two = new FakeNativeDevice([2]);
  const hear = () => attachments.subscribe((type, { native }) => changes.push([type, native]));

  beforeEach(() => {
    vi.useFakeTimers();
    usb = new FakeNativeUsb();
    left = [];
    changes = [];
    attachments = new Attachments(
      usb,
      (native) => ({ native }),
      ({ native }) => left.push(native),
      POLL,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('hands out the same object for the same attachment', () => {
    usb.devices = [one, two];
    const first = attachments.look();
    expect(attachments.look()).toEqual(first);
    expect(attachments.look()[0]).toBe(first[0]);
  });

  it('does not report what was there before', async () => {
    usb.devices = [one];
    hear();
    await vi.advanceTimersByTimeAsync(3 * POLL);
    expect(changes).toEqual([]);
  });

  it('reports an attach and a detach at once when the library notices, and only once', async () => {
    hear();
    await vi.advanceTimersByTimeAsync(0);
    usb.devices = [one];
    usb.notice();
    usb.notice();
    expect(changes).toEqual([['attached', one]]);
    usb.devices = [];
    usb.notice();
    await vi.advanceTimersByTimeAsync(2 * POLL);
    expect(changes).toEqual([
      ['attached', one],
      ['detached', one],
    ]);
    expect(left).toEqual([one]);
  });

  it('finds by polling what no event told', async () => {
    hear();
    await vi.advanceTimersByTimeAsync(0);
    usb.devices = [one];
    await vi.advanceTimersByTimeAsync(POLL - 1);
    expect(changes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(changes).toEqual([['attached', one]]);
  });

  it('takes an event that comes after its device has gone again for nothing', async () => {
    hear();
    await vi.advanceTimersByTimeAsync(0);
    usb.notice();
    expect(changes).toEqual([]);
  });

  it('tells two attachments at the same place apart, the old one leaving first', async () => {
    usb.devices = [one];
    const [before] = attachments.look();
    hear();
    const again = new FakeNativeDevice([1], 8);
    usb.devices = [again];
    await vi.advanceTimersByTimeAsync(POLL);
    expect(changes).toEqual([
      ['detached', one],
      ['attached', again],
    ]);
    expect(attachments.look()[0]).not.toBe(before);
  });

  it('tells a late subscriber what changed since the list was read, after subscribing has returned', async () => {
    attachments.look();
    usb.devices = [one];
    hear();
    expect(changes).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual([['attached', one]]);
  });

  it('keeps what it knows while the list cannot be read', async () => {
    usb.devices = [one];
    hear();
    await vi.advanceTimersByTimeAsync(0);
    usb.broken = true;
    expect(() => attachments.look()).toThrow();
    await vi.advanceTimersByTimeAsync(2 * POLL);
    usb.broken = false;
    await vi.advanceTimersByTimeAsync(POLL);
    expect(changes).toEqual([]);
  });

  it('reports in order when a listener looks again by itself', async () => {
    usb.devices = [one];
    attachments.look();
    attachments.subscribe((type) => {
      if (type === 'detached') {
        usb.devices = [];
        attachments.look();
      }
    });
    hear();
    usb.devices = [two];
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual([
      ['detached', one],
      ['attached', two],
      ['detached', two],
    ]);
  });

  it('ends events and polling with the last subscriber', () => {
    const endOne = hear();
    const endTwo = hear();
    endOne();
    expect(usb.watchers.size).toBe(1);
    endTwo();
    expect(usb.watchers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reports nothing after it was stopped', async () => {
    hear();
    await vi.advanceTimersByTimeAsync(0);
    attachments.stop();
    usb.devices = [one];
    attachments.look();
    expect(changes).toEqual([]);
  });

  it('does not keep the process alive with its timer', () => {
    vi.useRealTimers();
    const unref = vi.spyOn(globalThis, 'setInterval');
    hear();
    const timer = unref.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    attachments.stop();
    unref.mockRestore();
  });
});
