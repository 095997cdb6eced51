import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devicesIn } from '../../src-main/usb/capture/captured-devices.ts';
import type { ControlTransfer } from '../../src-main/usb/capture/control-transfers.ts';
import { parseCapture } from '../../src-main/usb/capture/read.ts';
import { createVirtualDevice, virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDeviceOptions } from '../../src-main/virtual/virtual-device.ts';
import { isDfuRequest, play } from './play.ts';

const IMAGE = readFixture('image.bin');
const CAPTURES = [
  { file: 'h743-v-0x92.pcap', name: 'h743-v-0x92', address: 0x0801_f800, sectors: [0, 1] },
  { file: 'f405.pcapng', name: 'f405', address: 0x0800_3c00, sectors: [0, 1] },
] as const;
const [H743, F405] = CAPTURES;

function readFixture(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(import.meta.dirname, name)));
}

/** What the DFU device of a capture was asked. */
function captured(file: string): readonly ControlTransfer[] {
  const { transfers } = parseCapture(readFixture(file));
  const device = devicesIn(transfers).find(({ usbId }) => usbId?.vendorId === 0x0483);
  if (!device) throw new Error('no device of ST in the capture');
  return transfers.filter(
    ({ bus, deviceAddress }) => bus === device.bus && deviceAddress === device.deviceAddress,
  );
}

function definition(name: string): DeviceDefinition {
  const found = virtualDevices.get(name);
  if (!found) throw new Error(`no virtual device ${name}`);
  return found;
}

/** Plays to a fresh device, which a host has just found. */
async function playTo(
  device: DeviceDefinition,
  transfers: readonly ControlTransfer[],
  options: Omit<VirtualDeviceOptions, 'clock'> = {},
  compareUploads = true,
) {
  const clock = new VirtualClock();
  const virtual = createVirtualDevice(device, { ...options, clock });
  const [usb] = await new VirtualBus(clock, [virtual]).list();
  if (!usb) throw new Error('nothing is plugged in');
  await usb.open();
  await usb.reset();
  await usb.claim(0);
  return { deviation: await play(transfers, usb, { clock, compareUploads }), virtual, clock };
}

/** The transfers with the one at this place among the DFU requests changed. */
function changed(
  transfers: readonly ControlTransfer[],
  at: number,
  change: Partial<ControlTransfer>,
): readonly ControlTransfer[] {
  return transfers.filter(isDfuRequest).map((one, place) => (place === at ? { ...one, ...change } : one));
}

describe.each(CAPTURES)('what dfu-util did to $name', ({ file, name, address, sectors }) => {
  const transfers = captured(file);

  it('ends on a fresh device as it did then, and leaves the image in its flash', async () => {
    const { deviation, virtual } = await playTo(definition(name), transfers);
    expect(deviation).toBeUndefined();
    expect(virtual.flash.read(address, IMAGE.length)).toEqual(IMAGE);
    expect(virtual.flash.faults).toEqual([]);
    const erased = [...virtual.flash.eraseCounts.keys()].filter((at) => virtual.flash.eraseCounts[at]);
    expect(erased).toEqual(sectors);
  });

  it('holds the image in its blocks and in what was read back', () => {
    const blocks = transfers.filter(({ setup }) => setup.requestType === 0x21 && setup.value >= 2);
    const sent = Buffer.concat(blocks.map(({ data }) => data));
    expect(Uint8Array.from(sent.subarray(0, IMAGE.length))).toEqual(IMAGE);
    const uploads = transfers.filter(({ setup }) => setup.requestType === 0xa1 && setup.request === 2);
    const read = Buffer.concat(uploads.map(({ data }) => data));
    expect(Uint8Array.from(read.subarray(0, IMAGE.length))).toEqual(IMAGE);
  });

  it.each([0.1, 7])('ends so on a chip whose operations take %d times as long', async (factor) => {
    const device = definition(name);
    const { timing } = device;
    const other: DeviceDefinition = {
      ...device,
      timing: {
        ...timing,
        erase: Object.fromEntries(Object.entries(timing.erase).map(([size, ms]) => [size, ms * factor])),
        programPerKilobyte: timing.programPerKilobyte * factor,
      },
    };
    const { deviation, virtual } = await playTo(other, transfers);
    expect(deviation).toBeUndefined();
    expect(virtual.flash.read(address, IMAGE.length)).toEqual(IMAGE);
  });

  it.each(['answers', 'holds-first', 'holds-next', 'stalls'] as const)(
    'ends so whatever the loader does while it is busy: %s',
    async (whileBusy) => {
      const device = definition(name);
      const { deviation } = await playTo({ ...device, loader: { ...device.loader, whileBusy } }, transfers);
      expect(deviation).toBeUndefined();
    },
  );
});

it('the pauses of the capture pass on the clock of the player', async () => {
  const transfers = captured(H743.file);
  const [first, last] = [transfers.find(isDfuRequest), transfers.findLast(isDfuRequest)];
  const { clock } = await playTo(definition(H743.name), transfers);
  const took = (last?.submittedAt ?? 0) - (first?.submittedAt ?? 0);
  // The emulated host's requests take longer than the virtual bus, so the whole is a little shorter.
  expect(clock.now()).toBeGreaterThan(took / 2);
  expect(clock.now()).toBeLessThan(took);
});

describe('a deviation', () => {
  const transfers = captured(H743.file);
  const device = definition(H743.name);

  it('is found where a read-protected device refuses to erase', async () => {
    const { deviation } = await playTo(device, transfers, { protection: 1 });
    expect(deviation).toEqual({
      at: 2,
      request: 'control in 0xA1 0x03 value 0 index 0',
      expected: 'ok in dfuDNBUSY, then ok in dfuDNLOAD-IDLE',
      got: 'ok in dfuDNBUSY, then errVendor in dfuERROR',
    });
  });

  it('is found in what was read where sectors are write-protected, and only there', async () => {
    const options = { writeProtected: [1] };
    expect((await playTo(device, transfers, options)).deviation?.request).toBe(
      'control in 0xA1 0x02 value 4 index 0',
    );
    expect((await playTo(device, transfers, options, false)).deviation).toBeUndefined();
  });

  it('is found where a loader never ends', async () => {
    const range = { start: 0x0802_0000, end: 0x0804_0000 };
    const loader = { ...device.loader, eraseDefects: [{ kind: 'busy-for-ever', range }] } as const;
    const { deviation } = await playTo({ ...device, loader }, transfers);
    expect(deviation).toMatchObject({ at: 5, got: 'ok in dfuDNBUSY' });
  });

  it('is found where a device stays that then had left', async () => {
    const played = changed(transfers, 1, { result: 'gone', status: -19 });
    expect((await playTo(device, played)).deviation).toEqual({
      at: 1,
      request: 'control out 0x21 0x01 value 0 index 0',
      expected: 'no answer',
      got: 'done',
    });
  });

  it('is found where a request is refused that then was done', async () => {
    const small = { ...device, loader: { ...device.loader, maxBlock: 512 } };
    expect((await playTo(small, transfers)).deviation).toMatchObject({ expected: 'done', got: 'stall' });
  });

  it('is no matter of how an answer failed to come', async () => {
    const all = captured(F405.file);
    const leaving = definition(F405.name);
    const early = { ...leaving, loader: { ...leaving.loader, leaves: 'before-status' } } as const;
    const place = all.filter(isDfuRequest).length - 1;
    for (const result of ['gone', 'cancelled', 'other'] as const) {
      const played = changed(all, place, { result, data: new Uint8Array(), elapsed: 1_000 });
      expect((await playTo(early, played)).deviation).toBeUndefined();
    }
  });
});

it('what the capture did not keep cannot be played', async () => {
  const played = changed(captured(H743.file), 1, { truncated: true });
  await expect(playTo(definition(H743.name), played)).rejects.toThrow('did not keep');
});
