import { describe, expect, it } from 'vitest';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { Rig } from '../../test/rig/rig.ts';
import { WrappedDevice } from '../../test/rig/wrapped-device.ts';
import { onTheWire } from '../../test/rig/wire.ts';
import { DfuRequest } from '../dfuse/protocol.ts';
import type { UsbBus } from '../usb/port.ts';
import { UsbError } from '../usb/port.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import type { DeviceDefinition } from '../virtual/definition.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { ERASE_EVERYTHING, unprotect } from './unprotect-job.ts';

const FLASH = 0x0800_0000;
const contents = [{ address: FLASH, bytes: noise(1, 5_000) }];

function locked(device: string | DeviceDefinition, options: Omit<VirtualDeviceOptions, 'clock'> = {}): Rig {
  return new Rig(device, { protection: 1, contents, log: true, ...options });
}

interface Unlocking {
  readonly consent?: string;
  readonly signal?: AbortSignal;
  readonly bus?: UsbBus;
}

function unlock(
  rig: Rig,
  { consent = ERASE_EVERYTHING, signal, bus = rig.bus }: Unlocking = {},
): Promise<void> {
  const { clock, listener } = rig;
  return rig.connected((connected) =>
    unprotect(connected, consent, bus, { clock, listener, ...(signal && { signal }) }),
  );
}

function isBlank({ device: { flash } }: Rig): boolean {
  return flash.snapshot().every((byte) => byte === flash.erasedValue);
}

const withCommand = [...virtualDevices.values()].filter(
  ({ usb, loader }) => usb.vendorId === 0x0483 && loader.commands.includes(0x92),
);

describe('a locked device', () => {
  it.each(withCommand.map((each) => [each.name, each] as const))(
    '%s is unlocked and blank afterwards',
    async (_name, definition) => {
      const rig = locked(definition);
      await unlock(rig);
      expect(rig.device.protection).toBe(0);
      expect(isBlank(rig)).toBe(true);
      expect(onTheWire(rig.device).filter((line) => line === 'DNLOAD 0: 92')).toHaveLength(1);
      expect(uncalledForClears(rig.device.log)).toEqual([]);
      expect(rig.events).toContainEqual({ type: 'phase', phase: 'unprotect' });
    },
  );

  it.each(['', 'yes', 'erase everything', ERASE_EVERYTHING.toUpperCase()])(
    'is left alone without the very words of consent: %j',
    async (consent) => {
      const rig = locked('f405');
      expect(await rejection(unlock(rig, { consent }))).toMatchObject({
        code: 'consent-missing',
        condition: 'untouched',
      });
      expect(onTheWire(rig.device)).not.toContain('DNLOAD 0: 92');
      expect(rig.device.protection).toBe(1);
    },
  );

  it('whose loader has no command for it is left alone', async () => {
    const rig = locked('h563');
    expect(await rejection(unlock(rig))).toMatchObject({ code: 'not-supported', condition: 'untouched' });
    expect(onTheWire(rig.device)).not.toContain('DNLOAD 0: 92');
  });

  it('whose loader does not list its commands is asked all the same', async () => {
    const rig = locked('f405', {
      faults: [{ kind: 'stall', at: { command: 'get-commands', times: 'always' }, latched: true }],
    });
    await unlock(rig);
    expect(rig.device.protection).toBe(0);
  });

  it.each(['stall', 'timeout'] as const)(
    'that answers the last question with a %s is waited for',
    async (kind) => {
      const rig = locked('f405');
      const device = new WrappedDevice(await rig.attached(), {
        controlIn: async (setup, length, deadline) => {
          const bytes = await (await rig.attached()).controlIn(setup, length, deadline);
          const sent = onTheWire(rig.device);
          if (setup.request === DfuRequest.getStatus && sent.at(-2) === 'DNLOAD 0: 92')
            throw new UsbError(kind, 'x');
          return bytes;
        },
      });
      const { clock, listener } = rig;
      // The job waits for another attachment than the wrapped one, which is on no bus: the old one leaves it in time.
      const bus: UsbBus = {
        list: async () => (await rig.bus.list()).filter(({ address }) => address !== device.address),
        subscribe: (each) => rig.bus.subscribe(each),
        close: () => rig.bus.close(),
      };
      await rig.connected((connected) => unprotect(connected, ERASE_EVERYTHING, bus, { clock, listener }), {
        device,
      });
      expect(rig.device.protection).toBe(0);
    },
  );
});

describe('a device that is not locked', () => {
  it('is not erased', async () => {
    const rig = locked('f405', { protection: 0 });
    expect(await rejection(unlock(rig))).toMatchObject({ code: 'not-supported', condition: 'untouched' });
    expect(onTheWire(rig.device)).not.toContain('DNLOAD 0: 92');
    expect(isBlank(rig)).toBe(false);
    expect(rig.clock.now()).toBeLessThan(1_000);
  });
});

describe('unlocking that fails', () => {
  it('because the command is refused says so at once, untouched', async () => {
    for (const latched of [true, false]) {
      const rig = locked('f405', {
        faults: [{ kind: 'stall', at: { command: 'read-unprotect' }, latched }],
      });
      expect(await rejection(unlock(rig))).toMatchObject({ code: 'usb-transfer', condition: 'untouched' });
      expect(rig.clock.now()).toBeLessThan(1_000);
      expect(isBlank(rig)).toBe(false);
    }
  });

  it('because the device does not come back tells how long it was waited for', async () => {
    const rig = locked('f405');
    void rig.clock.sleep(1_000).then(() => rig.bus.unplug('1-1'));
    expect(await rejection(unlock(rig))).toMatchObject({
      code: 'did-not-return',
      facts: { path: '1-1', waited: 60_000 },
      condition: 'incomplete',
    });
    expect(rig.clock.now()).toBeLessThan(65_000);
  });

  it('because it is still locked says so', async () => {
    const rig = locked('f405');
    // It never erases, but somebody plugs it in again.
    const { clock } = rig;
    void clock.sleep(500).then(() => rig.replug());
    expect(await rejection(unlock(rig))).toMatchObject({
      code: 'read-protected',
      phase: 'unprotect',
      condition: 'incomplete',
    });
    expect(rig.device.protection).toBe(1);
  });

  it('because the person gives up waiting is a cancel, and says what may be gone', async () => {
    const abort = new AbortController();
    const rig = locked('f405');
    void rig.clock.sleep(3_000).then(() => {
      abort.abort();
    });
    expect(await rejection(unlock(rig, { signal: abort.signal }))).toMatchObject({
      code: 'cancelled',
      facts: { condition: 'incomplete' },
    });
    expect(rig.clock.now()).toBeLessThan(4_000);
  });

  it('because the person cancelled before it began does nothing', async () => {
    const rig = locked('f405');
    expect(await rejection(unlock(rig, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expect(rig.device.protection).toBe(1);
    expect(onTheWire(rig.device)).not.toContain('DNLOAD 0: 92');
  });
});

describe('the device that comes back', () => {
  /** A bus whose devices can be opened only at the third try, from the second attachment on. */
  function slowToOpen(rig: Rig): UsbBus {
    const refusals = new Map<number, number>();
    return {
      list: async () =>
        (await rig.bus.list()).map((device) =>
          device.address === 1
            ? device
            : new WrappedDevice(device, {
                open: () => {
                  const refused = refusals.get(device.address) ?? 0;
                  refusals.set(device.address, refused + 1);
                  return refused < 2 ? Promise.reject(new UsbError('no-permission', 'open')) : device.open();
                },
              }),
        ),
      subscribe: (listener) => rig.bus.subscribe(listener),
      close: () => rig.bus.close(),
    };
  }

  it('may not be openable at first', async () => {
    const rig = locked('f405');
    await unlock(rig, { bus: slowToOpen(rig) });
    expect(rig.device.protection).toBe(0);
  });

  it('is closed', async () => {
    const rig = locked('f405');
    await unlock(rig);
    await expect((await rig.attached()).claim(0)).rejects.toMatchObject({ kind: 'io' });
  });
});
