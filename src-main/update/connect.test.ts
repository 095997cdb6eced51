import { describe, expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ATTENDED, Rig, UNATTENDED } from '../../test/rig/rig.ts';
import { WrappedDevice } from '../../test/rig/wrapped-device.ts';
import { UsbError, type UsbFailureKind } from '../usb/port.ts';
import { f405 } from '../virtual/catalogue/f4.ts';
import { gd32vf103 } from '../virtual/catalogue/gd32.ts';
import { h743V92 } from '../virtual/catalogue/h7.ts';
import type { DeviceDefinition } from '../virtual/definition.ts';
import { connect, withDevice, type Connected } from './connect.ts';

const FLASH = 0x0800_0000;

/** Nothing that is plugged in is still open. */
async function expectClosed(rig: Rig): Promise<void> {
  for (const device of await rig.bus.list()) {
    await expect(device.claim(0)).rejects.toMatchObject({ kind: 'io' });
  }
}

function failing(rig: Rig, job: (connected: Connected) => Promise<unknown>): Promise<unknown> {
  return rejection(rig.connected(job));
}

describe('a job on a device', () => {
  it('is given it open and identified, and its result is handed on', async () => {
    const rig = new Rig('h743-v-0x92');
    const title = await rig.connected(async ({ device, target, connection }) => {
      expect(target).toMatchObject({ transferSize: 1024, readProtected: false, vendorId: 0x0483 });
      expect(await connection.session.readBlock(FLASH, FLASH, 16)).toHaveLength(16);
      return device.identity.title;
    });
    expect(title).toBe('STM32 H74x/H75x');
    await expectClosed(rig);
  });

  it('closes it after a failure, which keeps its name', async () => {
    const rig = new Rig('f405');
    const failure = new StepwiseError('verify-mismatch', { address: FLASH, differing: 1, tries: 3 });
    expect(await failing(rig, () => Promise.reject(failure))).toMatchObject({ code: 'verify-mismatch' });
    await expectClosed(rig);
  });

  it.each<[UsbFailureKind, string]>([
    ['gone', 'disconnected'],
    ['stall', 'usb-transfer'],
    ['timeout', 'no-answer'],
    ['io', 'usb-transfer'],
    ['busy', 'busy'],
    ['no-driver', 'no-driver'],
    ['no-permission', 'no-permission'],
  ])('that fails with %s of the bus fails as %s', async (kind, code) => {
    const rig = new Rig('f405');
    const error = new UsbError(kind, 'x');
    expect(await failing(rig, () => Promise.reject(error))).toMatchObject({
      name: 'StepwiseError',
      code,
      facts: { path: '1-1' },
      cause: error,
    });
    await expectClosed(rig);
  });

  it('that has a fault of its own is not given another name', async () => {
    const rig = new Rig('f405');
    const fault = new TypeError('x is not a function');
    expect(await failing(rig, () => Promise.reject(fault))).toBe(fault);
    await expectClosed(rig);
  });

  it('closes the device that came back, not only the one that left', async () => {
    const rig = new Rig('h743-v-0x92', {}, { limits: ATTENDED });
    await rig.connected(async ({ connection }) => {
      void rig.replug();
      await connection.recover(new UsbError('gone', 'x'));
      expect(await connection.session.readBlock(FLASH, FLASH, 16)).toHaveLength(16);
    });
    await expectClosed(rig);
  });

  it.each([true, false])(
    'is not spoilt by a device that will not close (it succeeded: %s)',
    async (succeeds) => {
      const rig = new Rig('f405');
      const device = new WrappedDevice(await rig.attached(), {
        close: () => Promise.reject(new UsbError('io', 'close')),
      });
      const failure = new StepwiseError('read-protected', {});
      const work = rig.connected(() => (succeeds ? Promise.resolve('done') : Promise.reject(failure)), {
        device,
      });
      if (succeeds) expect(await work).toBe('done');
      else expect(await rejection(work)).toMatchObject({ code: 'read-protected' });
    },
  );
});

describe('a device that cannot be identified', () => {
  it.each<[UsbFailureKind, string]>([
    ['no-driver', 'no-driver'],
    ['no-permission', 'no-permission'],
    ['busy', 'busy'],
    ['gone', 'disconnected'],
    ['io', 'usb-transfer'],
  ])('because opening it ends with %s fails as %s, untouched', async (kind, code) => {
    const rig = new Rig('f405');
    const device = new WrappedDevice(await rig.attached(), {
      open: () => Promise.reject(new UsbError(kind, 'open')),
    });
    expect(await rejection(rig.connected(() => Promise.resolve(), { device }))).toMatchObject({
      name: 'StepwiseError',
      code,
      phase: 'identify',
      condition: 'untouched',
    });
  });

  it.each([...Array(36).keys()])('because it is unplugged in transfer %i is told by name', async (index) => {
    const rig = new Rig('h743-v-0x92', { faults: [{ kind: 'disconnect', at: { index }, when: 'after' }] });
    expect(await failing(rig, () => Promise.resolve())).toMatchObject({
      code: 'disconnected',
      phase: 'identify',
    });
  });

  it('because it has no flash to show is told by its strings', async () => {
    const rig = new Rig({ ...f405, usb: { ...f405.usb, alternates: ['@FSBL /0x01/1*1Me'] } });
    expect(await failing(rig, () => Promise.resolve())).toMatchObject({ code: 'no-flash-layout' });
    await expectClosed(rig);
  });
});

describe('a device whose identification is disturbed', () => {
  it.each([...Array(36).keys()])('is identified all the same where transfer %i is lost', async (index) => {
    const rig = new Rig('h743-v-0x92', { faults: [{ kind: 'timeout', at: { index } }] });
    const { identity } = await rig.connected(({ device }) => Promise.resolve(device));
    expect(identity).toMatchObject({ title: 'STM32 H74x/H75x', flashSize: { value: 2 * 1024 * 1024 } });
    expect(rig.events).toMatchObject([{ type: 'recovery', rung: 're-open' }]);
    await expectClosed(rig);
  });

  it('is given up where nothing is answered, by the name of what was wrong', async () => {
    const rig = new Rig('f405', { faults: [{ kind: 'timeout', at: { times: 'always' } }] });
    expect(await failing(rig, () => Promise.resolve())).toMatchObject({
      code: 'no-answer',
      phase: 'identify',
      condition: 'untouched',
    });
    expect(rig.events).toHaveLength(2);
    await expectClosed(rig);
  });

  it('is not asked again where the person cancelled', async () => {
    const rig = new Rig('f405', { faults: [{ kind: 'timeout', at: { times: 'always' } }] });
    await rejection(rig.connected(() => Promise.resolve(), { signal: AbortSignal.abort() }));
    expect(rig.events).toEqual([]);
  });
});

describe('a bootloader that is not ST’s', () => {
  const amplifier: DeviceDefinition = { ...h743V92, usb: { ...h743V92.usb, product: 'Amplifier' } };

  it.each([
    ['a clone', gd32vf103, 'GigaDevice GD32'],
    ['one built into a product', amplifier, 'Amplifier'],
  ])('%s is refused, and closed', async (_what, definition, what) => {
    const rig = new Rig(definition);
    let asked = false;
    const failure = await failing(rig, () => {
      asked = true;
      return Promise.resolve();
    });
    expect(failure).toMatchObject({
      code: 'not-st-rom',
      facts: { what },
      phase: 'identify',
      condition: 'untouched',
    });
    expect((failure as StepwiseError<'not-st-rom'>).facts.evidence.length).toBeGreaterThan(0);
    expect(asked).toBe(false);
    await expectClosed(rig);
  });

  it('is refused by its name though it will not close', async () => {
    const rig = new Rig(gd32vf103);
    const device = new WrappedDevice(await rig.attached(), {
      close: () => Promise.reject(new UsbError('io', 'close')),
    });
    expect(await rejection(rig.connected(() => Promise.resolve(), { device }))).toMatchObject({
      code: 'not-st-rom',
    });
  });

  it('is worked on where the person allows it', async () => {
    const rig = new Rig(gd32vf103, {}, { allowOthers: true });
    expect(await rig.connected(({ device }) => Promise.resolve(device.identity.kind))).toBe('clone');
  });
});

describe('the way back to a device', () => {
  it('leads to one that looks the same and has the same chip', async () => {
    const rig = new Rig('h743-v-0x92');
    const { bus, clock, listener } = rig;
    const options = { bus, clock, listener, limits: UNATTENDED };
    const connected = await inTime(clock, connect(await rig.attached(), options));
    await inTime(
      clock,
      connected.connection.recover(new StepwiseError('bad-state', { state: 0, status: 0, wanted: '' })),
    );
    await connected.close();
    await expectClosed(rig);
  });

  it('ends when the person gives up', async () => {
    const abort = new AbortController();
    const rig = new Rig('h743-v-0x92');
    const { bus, clock, listener } = rig;
    const work = withDevice(
      await rig.attached(),
      { bus, clock, listener, limits: ATTENDED, signal: abort.signal },
      async ({ connection }) => {
        bus.unplug('1-1');
        void clock.sleep(2_000).then(() => {
          abort.abort();
        });
        await connection.recover(new UsbError('gone', 'x'));
      },
    );
    expect(await inTime(clock, rejection(work))).toMatchObject({ code: 'did-not-return' });
    expect(clock.now()).toBeLessThan(10_000);
  });
});
