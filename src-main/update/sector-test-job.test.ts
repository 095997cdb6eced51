import { describe, expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { noise } from '../../test/rig/noise.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { ATTENDED, Rig, type RigOptions } from '../../test/rig/rig.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import type { Fault } from '../virtual/faults.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { TEST_ONE_SECTOR, testSector } from './sector-test-job.ts';

const FLASH = 0x0800_0000;
const KB = 1024;
/** An application in the first sector. */
const application = { address: FLASH, bytes: noise(1, 2_000) };

function rigWith(device: string, options: Omit<VirtualDeviceOptions, 'clock'> = {}, more: RigOptions = {}) {
  return new Rig(device, { contents: [application], ...options }, more);
}

function test(rig: Rig, begun: (step: string) => void = () => undefined, signal?: AbortSignal) {
  const { clock, listener } = rig;
  const options = { clock, listener, ...(signal && { signal }) };
  return rig.connected((open) => testSector(open, TEST_ONE_SECTOR, options, begun));
}

/** Flash holds what it held before, and nothing else. */
function expectAsBefore(rig: Rig): void {
  const { flash, definition } = rig.device;
  const wanted = new Uint8Array(flash.size).fill(definition.chip.erasedValue);
  wanted.set(application.bytes);
  expect(Buffer.compare(flash.read(flash.start, flash.size), wanted)).toBe(0);
}

describe('a test of one sector', () => {
  const writable = [...virtualDevices.keys()].filter((name) => name !== 'gd32vf103');

  it.each(writable.filter((name) => name !== 'h750'))(
    'works on %s, and leaves flash as it was',
    async (name) => {
      const rig = rigWith(name);
      const result = await test(rig);
      expect(result.address).toBeGreaterThan(FLASH);
      expect(result.erase).toBeGreaterThan(0);
      expect(result.write).toBeGreaterThan(0);
      expect(result.read).toBeGreaterThan(result.write);
      expectAsBefore(rig);
    },
  );

  it('takes the smallest sector nobody uses, and of those the last', async () => {
    const used = { address: FLASH + 0x1ff000, bytes: Uint8Array.of(0) };
    const rig = new Rig('u575', { contents: [application, used] });
    expect(await test(rig)).toMatchObject({ address: FLASH + 0x1fc000, size: 8 * KB });
  });

  it('takes the first of them where nobody knows how much flash there is', async () => {
    expect(await test(rigWith('f405'))).toMatchObject({ address: FLASH + 0x4000, size: 16 * KB });
  });

  it('really erases, writes and reads', async () => {
    const rig = rigWith('f405');
    const steps: string[] = [];
    await test(rig, (step) => steps.push(step));
    expect(steps).toEqual(['choose', 'erase', 'write', 'verify', 'clean']);
    // Once for the test and once to leave it blank.
    expect([...rig.device.flash.eraseCounts].filter((count) => count > 0)).toEqual([2]);
  });

  it('is refused where all is in use', async () => {
    const failure = await rejection(test(rigWith('h750')));
    expect(failure).toMatchObject({ code: 'no-unused-sector', facts: { looked: 1 }, condition: 'untouched' });
  });

  it('is refused where flash is locked', async () => {
    expect(await rejection(test(rigWith('f405', { protection: 1 })))).toMatchObject({
      code: 'read-protected',
      condition: 'untouched',
    });
  });

  it('is refused without the word of consent', async () => {
    const rig = rigWith('f405');
    const { clock, listener } = rig;
    const work = rig.connected((open) => testSector(open, 'yes', { clock, listener }, () => undefined));
    expect(await rejection(work)).toMatchObject({ code: 'consent-missing', facts: { what: 'test-sector' } });
    expectAsBefore(rig);
  });

  it('finds a sector that takes no writes, and says so', async () => {
    const rig = rigWith('f405', { writeProtected: [1] });
    expect(await rejection(test(rig))).toMatchObject({ code: 'verify-mismatch', condition: 'untouched' });
    expectAsBefore(rig);
  });
});

describe('a test that is disturbed', () => {
  const write = { command: 'write', skip: 2 } as const;

  it.each<[string, Fault]>([
    ['a block that is refused', { kind: 'stall', at: write, latched: true }],
    ['an answer that is lost', { kind: 'timeout', at: write, executed: true }],
    ['a bit that flips', { kind: 'corrupt-write', at: write, offset: 5, mask: 0x10 }],
  ])('gets over %s', async (_what, fault) => {
    const rig = rigWith('f405', { faults: [fault] });
    await test(rig);
    expectAsBefore(rig);
  });

  it('by a cancellation leaves the sector blank before it ends', async () => {
    const rig = rigWith('f405');
    const stop = new AbortController();
    const begun = (step: string) => {
      if (step === 'write') stop.abort();
    };
    expect(await rejection(test(rig, begun, stop.signal))).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expectAsBefore(rig);
  });

  it('by an unplugging goes on when it is plugged in again', async () => {
    const gone: Fault = { kind: 'disconnect', at: write, when: 'after' };
    const rig: Rig = rigWith(
      'f405',
      { faults: [gone] },
      {
        limits: ATTENDED,
        onEvent: ({ type }) => {
          if (type === 'needs') void rig.replug();
        },
      },
    );
    expect((await test(rig)).recoveries).toBeGreaterThan(0);
    expectAsBefore(rig);
  });

  it('by an unplugging that lasts says which sector may not be blank', async () => {
    const gone: Fault = { kind: 'disconnect', at: write, when: 'after' };
    const failure = await rejection(test(rigWith('f405', { faults: [gone] })));
    expect(failure).toBeInstanceOf(StepwiseError);
    expect(failure).toMatchObject({
      code: 'sector-not-cleaned',
      facts: { address: FLASH + 0x4000, size: 16 * KB },
    });
    expect((failure as StepwiseError).condition).toBeUndefined();
  });
});
