import { describe, expect, it } from 'vitest';
import { FakeNativeDevice, FakeNativeUsb } from '../../../test/usb/fake-native.ts';
import type { UsbEvent } from '../port.ts';
import { LibusbBus } from './libusb-bus.ts';

const clock = { now: () => 0, sleep: () => Promise.resolve() };
const GET_STATE = { requestType: 0xa1, request: 5, value: 0, index: 0 };

describe('the bus of libusb', () => {
  it('lists every device, each attachment as one object', async () => {
    const usb = new FakeNativeUsb();
    usb.devices = [new FakeNativeDevice([1]), new FakeNativeDevice([2])];
    const bus = new LibusbBus(usb, { clock });
    const first = await bus.list();
    expect(first.map(({ path }) => path)).toEqual(['1-1', '1-2']);
    const second = await bus.list();
    expect(second[0]).toBe(first[0]);
  });

  it('fails as the port fails when the list cannot be read', async () => {
    const usb = new FakeNativeUsb();
    usb.broken = true;
    await expect(new LibusbBus(usb, { clock }).list()).rejects.toMatchObject({
      name: 'UsbError',
      kind: 'io',
      operation: 'list devices',
    });
  });

  it('reports changes with the objects it lists', async () => {
    const usb = new FakeNativeUsb();
    const bus = new LibusbBus(usb, { clock });
    const events: UsbEvent[] = [];
    const end = bus.subscribe((event) => events.push(event));
    await bus.list();
    usb.devices = [new FakeNativeDevice([1])];
    usb.notice();
    const [device] = await bus.list();
    expect(events).toEqual([{ type: 'attached', device }]);
    expect(events[0]?.device).toBe(device);
    end();
  });

  it('closes a device that left, and fails it as gone', async () => {
    const usb = new FakeNativeUsb();
    const native = new FakeNativeDevice([1]);
    usb.devices = [native];
    const bus = new LibusbBus(usb, { clock });
    const [device] = await bus.list();
    await device?.open();
    usb.devices = [];
    await bus.list();
    await expect(device?.controlIn(GET_STATE, 1, 10)).rejects.toMatchObject({ kind: 'gone' });
    await device?.close();
    expect(native.calls).toEqual(['open', 'close']);
  });

  it('ends hotplug and closes every open device', async () => {
    const usb = new FakeNativeUsb();
    const [one, two] = [new FakeNativeDevice([1]), new FakeNativeDevice([2])];
    usb.devices = [one, two];
    const bus = new LibusbBus(usb, { clock });
    bus.subscribe(() => undefined);
    const [first] = await bus.list();
    await first?.open();
    await bus.close();
    expect(usb.watchers.size).toBe(0);
    expect(one.calls).toEqual(['open', 'close']);
    expect(two.calls).toEqual([]);
  });
});
