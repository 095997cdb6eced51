/** The port's contract, kept by a virtual device. */
import { describe, expect, it } from 'vitest';
import { DfuRequest } from '../dfuse/protocol.ts';
import { createVirtualDevice } from './catalogue/index.ts';
import { VirtualClock } from './clocks.ts';
import { TestHost } from './test-host.ts';
import { VirtualBus } from './virtual-bus.ts';

const getStatus = { requestType: 0xa1, request: DfuRequest.getStatus, value: 0, index: 0 };
const deviceDescriptor = { requestType: 0x80, request: 6, value: 0x0100, index: 0 };
const isKind = (kind: string) => expect.objectContaining({ kind }) as unknown;

async function unopened() {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock, [createVirtualDevice('h743-v-0x92', { clock })]);
  const [usb] = await bus.list();
  if (!usb) throw new Error('nothing is plugged in');
  return usb;
}

describe('open and claim', () => {
  it('come before transfers', async () => {
    const usb = await unopened();
    await expect(usb.controlIn(deviceDescriptor, 18, 100)).rejects.toEqual(isKind('io'));
    await expect(usb.claim(0)).rejects.toEqual(isKind('io'));
    await expect(usb.selectAlternate(0, 0)).rejects.toEqual(isKind('io'));
    await expect(usb.reset()).rejects.toEqual(isKind('io'));
    await usb.open();
    expect(await usb.controlIn(deviceDescriptor, 18, 100)).toHaveLength(18);
    await expect(usb.controlIn(getStatus, 6, 100)).rejects.toEqual(isKind('io'));
    await expect(usb.selectAlternate(0, 0)).rejects.toEqual(isKind('io'));
    await usb.claim(0);
    expect(await usb.controlIn(getStatus, 6, 100)).toHaveLength(6);
  });

  it('end with close', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.usb.close();
    await expect(host.getStatus()).rejects.toEqual(isKind('io'));
    await host.usb.open();
    await expect(host.getStatus()).rejects.toEqual(isKind('io'));
  });

  it('fail for interfaces and alternates that are not there', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await expect(host.usb.claim(1)).rejects.toEqual(isKind('io'));
    await expect(host.usb.selectAlternate(0, 2)).rejects.toEqual(isKind('io'));
    await expect(host.usb.selectAlternate(1, 0)).rejects.toEqual(isKind('io'));
  });
});

describe('alternate settings', () => {
  it('are selected and told', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const getInterface = { requestType: 0x81, request: 10, value: 0, index: 0 };
    expect((await host.usb.controlIn(getInterface, 1, 100))[0]).toBe(0);
    await host.usb.selectAlternate(0, 1);
    expect((await host.usb.controlIn(getInterface, 1, 100))[0]).toBe(1);
  });
});

describe('one transfer at a time', () => {
  it('rejects a second one as busy, and the first one goes on', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const first = host.getStatus();
    await expect(host.getStatus()).rejects.toEqual(isKind('busy'));
    await expect(host.usb.reset()).rejects.toEqual(isKind('busy'));
    expect((await first).state).toBe(2);
    expect((await host.getStatus()).state).toBe(2);
  });

  it('is waited for by close', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.sendErase(0x0800_0000);
    const transfer = host.getStatus();
    const before = host.clock.now();
    await host.usb.close();
    expect(host.clock.now() - before).toBeGreaterThan(1000);
    expect((await transfer).state).toBe(4);
  });
});

describe('deadlines', () => {
  it('end a transfer to the millisecond', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await host.sendErase(0x0800_0000);
    const before = host.clock.now();
    await expect(host.getStatus(321)).rejects.toEqual(isKind('timeout'));
    expect(host.clock.now() - before).toBe(321);
  });

  it('name the request in the error', async () => {
    const host = await TestHost.with('h743-v-0x92');
    await expect(host.upload(1, 64)).rejects.toThrow('control in 0xA1 0x02 value 1 index 0');
    await expect(host.out(DfuRequest.abort)).rejects.toThrow('control out 0x21 0x06 value 0 index 0');
  });
});

describe('a device that is gone', () => {
  it('fails every method but close', async () => {
    const host = await TestHost.with('h743-v-0x92');
    host.bus.unplug('1-1');
    await expect(host.getStatus()).rejects.toEqual(isKind('gone'));
    await expect(host.usb.open()).rejects.toEqual(isKind('gone'));
    await expect(host.usb.claim(0)).rejects.toEqual(isKind('gone'));
    await expect(host.usb.selectAlternate(0, 0)).rejects.toEqual(isKind('gone'));
    await expect(host.usb.reset()).rejects.toEqual(isKind('gone'));
    await host.usb.close();
  });

  it('ends a reset that is under way', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const reset = host.usb.reset();
    await host.clock.sleep(10);
    host.bus.unplug('1-1');
    await expect(reset).rejects.toEqual(isKind('gone'));
  });

  it('that leaves at the moment of a transfer answers nothing more', async () => {
    const host = await TestHost.with('h743-v-0x92', { contents: [] });
    await host.download(2, []);
    await host.getStatus();
    const late = host.getState();
    await expect(late).rejects.toMatchObject({ kind: 'stall' });
    await host.clock.sleep(50);
    await expect(host.getState()).rejects.toEqual(isKind('gone'));
  });
});

describe('the log of a device', () => {
  it('keeps every transfer when asked to', async () => {
    const host = await TestHost.with('h743-v-0x92', { log: true });
    await host.setAddress(0x0800_0000);
    expect(
      host.device.log.map(({ index, request, answer }) => [index, request.request, answer.kind]),
    ).toEqual([
      [0, DfuRequest.dnload, 'done'],
      [1, DfuRequest.getStatus, 'done'],
      [2, DfuRequest.getStatus, 'done'],
    ]);
    expect([...(host.device.log[0]?.request.data ?? [])]).toEqual([0x21, 0, 0, 0, 8]);
    expect((await TestHost.with('f405')).device.log).toEqual([]);
  });
});

describe('an answer', () => {
  it('is never longer than asked for', async () => {
    const host = await TestHost.with('h743-v-0x92');
    expect(await host.usb.controlIn(getStatus, 4, 100)).toHaveLength(4);
    expect(await host.usb.controlIn(deviceDescriptor, 8, 100)).toHaveLength(8);
  });
});

describe('a transfer the host gives up', () => {
  it('ends at once as a time-out, and the device can be used again', async () => {
    const host = await TestHost.with('h743-v-0x92', {
      faults: [{ kind: 'timeout', at: { request: DfuRequest.getStatus } }],
    });
    const patience = new AbortController();
    const started = host.clock.now();
    const pending = host.usb.controlIn(getStatus, 6, 60_000, patience.signal);
    void host.clock.sleep(5).then(() => {
      patience.abort();
    });
    await expect(pending).rejects.toEqual(isKind('timeout'));
    expect(host.clock.now() - started).toBe(5);
    expect(await host.usb.controlIn(getStatus, 6, 100, new AbortController().signal)).toHaveLength(6);
  });
});
