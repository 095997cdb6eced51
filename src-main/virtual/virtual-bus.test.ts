import { describe, expect, it } from 'vitest';
import type { UsbEvent } from '../usb/port.ts';
import { createVirtualDevice } from './catalogue/index.ts';
import { VirtualClock } from './clocks.ts';
import { TestHost } from './test-host.ts';
import { VirtualBus } from './virtual-bus.ts';

function bench(names: readonly string[] = ['h743-v-0x92']) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const events: (UsbEvent & { at: number })[] = [];
  const unsubscribe = bus.subscribe((event) => events.push({ ...event, at: clock.now() }));
  return {
    clock,
    bus,
    events,
    unsubscribe,
    devices: names.map((name) => createVirtualDevice(name, { clock })),
  };
}

describe('plugging in', () => {
  it('is seen half a second later, by event and in the list', async () => {
    const { clock, bus, events, devices } = bench();
    expect(devices.map((device) => bus.plug(device))).toEqual(['1-1']);
    expect(await bus.list()).toEqual([]);
    await clock.sleep(1000);
    expect(events).toMatchObject([{ type: 'attached', at: 500 }]);
    expect((await bus.list())[0]).toBe(events[0]?.device);
  });

  it('gives each device its own port, path and address, though their serials are equal', async () => {
    const { clock, bus, devices } = bench(['h743-v-0x92', 'h743-v-0x92', 'f405']);
    for (const device of devices) bus.plug(device);
    await clock.sleep(1000);
    const list = await bus.list();
    expect(list.map((device) => device.path)).toEqual(['1-1', '1-2', '1-3']);
    expect(new Set(list.map((device) => device.address)).size).toBe(3);
  });

  it('goes where it is told', () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const device = createVirtualDevice('f405', { clock, path: '2-1.4' });
    expect(bus.plug(device)).toBe('2-1.4');
    expect(() => bus.plug(createVirtualDevice('f405', { clock }), '2-1.4')).toThrow('2-1.4');
    bus.unplug('2-1.4');
    expect(bus.plug(device, '1-7')).toBe('1-7');
  });

  it('that ends before the host has noticed is never noticed', async () => {
    const { clock, bus, events, devices } = bench();
    for (const device of devices) bus.plug(device);
    await clock.sleep(100);
    bus.unplug('1-1');
    await clock.sleep(2000);
    expect(events).toEqual([]);
    expect(await bus.list()).toEqual([]);
  });

  it('long ago makes a list without an event', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock, [
      createVirtualDevice('f405', { clock }),
      createVirtualDevice('f411', { clock }),
    ]);
    expect((await bus.list()).map((device) => device.path)).toEqual(['1-1', '1-2']);
  });
});

describe('unplugging', () => {
  it('is noticed later when nothing is under way, sooner in a transfer', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const times: number[] = [];
    host.bus.subscribe(() => times.push(host.clock.now()));
    const start = host.clock.now();
    host.bus.unplug('1-1');
    await host.clock.sleep(1000);
    expect(times).toEqual([start + 165]);

    await host.bus.replug('1-1');
    await host.clock.sleep(1000);
    await host.reopen();
    await host.sendErase(0x0800_0000);
    const status = host.getStatus();
    await host.clock.sleep(100);
    const pulled = host.clock.now();
    host.bus.unplug('1-1');
    await expect(status).rejects.toMatchObject({ kind: 'gone' });
    expect(host.clock.now()).toBe(pulled);
    await host.clock.sleep(1000);
    expect(times.at(-1)).toBe(pulled + 17);
  });

  it('an empty socket does nothing', async () => {
    const { bus } = bench();
    bus.unplug('9-9');
    await expect(bus.replug('9-9')).rejects.toThrow('9-9');
  });
});

describe('replugging', () => {
  it('makes a new object with a new address at the same path; flash survives, the loader starts anew', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const before = host.usb;
    await host.erase(0x0800_0000);
    await host.write(0x0800_0000, new Uint8Array(32));
    await host.bus.replug(before.path);
    await host.clock.sleep(1000);
    await host.reopen();
    expect(host.usb).not.toBe(before);
    expect(host.usb.path).toBe(before.path);
    expect(host.usb.address).not.toBe(before.address);
    expect((await host.getStatus()).state).toBe(2);
    expect((await host.read(0x0800_0000, 2))[0]).toBe(0);
    await expect(before.open()).rejects.toMatchObject({ kind: 'gone' });
    await expect(before.reset()).rejects.toMatchObject({ kind: 'gone' });
    await before.close();
  });

  it('runs addresses round from 127 to 1', async () => {
    const host = await TestHost.with('g474');
    const seen = new Set<number>();
    for (let i = 0; i < 130; i++) {
      await host.bus.replug('1-1');
      await host.clock.sleep(600);
      await host.reopen();
      seen.add(host.usb.address);
    }
    expect(Math.min(...seen)).toBe(1);
    expect(Math.max(...seen)).toBe(127);
  });
});

describe('subscribing', () => {
  it('ends when the listener says so, and for all when the bus closes', async () => {
    const { clock, bus, events, unsubscribe, devices } = bench();
    const others: string[] = [];
    bus.subscribe((event) => others.push(event.type));
    unsubscribe();
    for (const device of devices) bus.plug(device);
    await clock.sleep(1000);
    expect(events).toEqual([]);
    expect(others).toEqual(['attached']);
    const [usb] = await bus.list();
    await usb?.open();
    await bus.close();
    bus.unplug('1-1');
    await clock.sleep(1000);
    expect(others).toEqual(['attached']);
  });
});

describe('a power cycle', () => {
  it('leaves a device that is as new at the same path at once, without a word', async () => {
    const { device, bus, clock, usb } = await TestHost.with('u575');
    const events: UsbEvent[] = [];
    bus.subscribe((event) => events.push(event));
    bus.powerCycle('1-1');
    const listed = await bus.list();
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ path: '1-1', address: usb.address + 1 });
    expect(listed.map((each) => bus.isPresent(each))).toEqual([true]);
    expect(bus.isPresent(usb)).toBe(false);
    await expect(usb.open()).rejects.toMatchObject({ kind: 'gone' });
    await clock.sleep(5_000);
    expect(events).toEqual([]);
    expect(device.running).toBe('bootloader');
  });

  it('of an empty port, or of none, is nothing', async () => {
    const { bus } = await TestHost.with('u575');
    bus.unplug('1-1');
    bus.powerCycle('1-1');
    bus.powerCycle('1-9');
    expect((await bus.list()).filter((each) => bus.isPresent(each))).toEqual([]);
  });
});

describe('several devices', () => {
  it('erase side by side in the time of one', async () => {
    const clock = new VirtualClock();
    const hosts = await Promise.all(Array.from({ length: 4 }, () => TestHost.with('h743-v-0x92')));
    expect(new Set(hosts.map((host) => host.device)).size).toBe(4);

    const bus = new VirtualBus(
      clock,
      Array.from({ length: 4 }, () => createVirtualDevice('h743-v-0x92', { clock })),
    );
    const erase = Uint8Array.of(0x41, 0, 0, 0, 8);
    await Promise.all(
      (await bus.list()).map(async (usb) => {
        await usb.open();
        await usb.claim(0);
        await usb.controlOut({ requestType: 0x21, request: 1, value: 0, index: 0 }, erase, 1000);
        await usb.controlIn({ requestType: 0xa1, request: 3, value: 0, index: 0 }, 6, 5000);
      }),
    );
    expect(clock.now()).toBeGreaterThan(1000);
    expect(clock.now()).toBeLessThan(1010);
  });
});
