/** The model gives back the measurements it was made from: each test is a published figure. */
import { describe, expect, it } from 'vitest';
import { DfuState } from '../dfuse/protocol.ts';
import { TestHost } from './test-host.ts';
import { wireTime } from './timing.ts';

const FLASH = 0x0800_0000;

/** Milliseconds a piece of work takes in virtual time. */
async function took(host: TestHost, work: () => Promise<unknown>): Promise<number> {
  const before = host.clock.now();
  await work();
  return host.clock.now() - before;
}

describe('reading', () => {
  it('2048 bytes from an F7 takes 3 ms', async () => {
    const host = await TestHost.idle('f746');
    expect(await took(host, () => host.upload(2, 2048))).toBeCloseTo(3, 1);
  });

  it('1024 bytes from an H743 takes 4 to 5 ms', async () => {
    const host = await TestHost.with('h743-v-0x92');
    const time = await took(host, () => host.upload(2, 1024));
    expect(time).toBeGreaterThanOrEqual(4);
    expect(time).toBeLessThanOrEqual(5);
  });
});

describe('writing an F4', () => {
  /** Writes 64 KB by blocks of 2048, each polled at once or after the time the loader reports. @returns KB/s */
  async function rate(patient: boolean): Promise<number> {
    const host = await TestHost.idle('f405');
    await host.setAddress(FLASH);
    const time = await took(host, async () => {
      for (let block = 2; block < 34; block++) {
        await host.download(block, new Uint8Array(2048));
        const { poll } = await host.getStatus();
        if (patient) await host.clock.sleep(poll);
        expect((await host.getStatus()).state).toBe(DfuState.dnloadIdle);
      }
    });
    return 64_000 / time;
  }

  it('is as fast as EdgeTX Buddy, which does not wait for the reported poll times', async () => {
    expect(await rate(false)).toBeCloseTo(65, 0);
  });

  it('is three times slower for a host that waits for them', async () => {
    expect(await rate(true)).toBeLessThan(20);
  });
});

describe('poll times of L0 and L4', () => {
  it.each(['l072', 'l476', 'l4r5'])('are long enough for a block on %s', async (name) => {
    const host = await TestHost.with(name);
    await host.download(2, new Uint8Array(2048));
    const { poll } = await host.getStatus();
    await host.clock.sleep(poll);
    expect((await host.getStatus()).state).toBe(DfuState.dnloadIdle);
  });

  it('are too short for an erase on L4, within the three tries dfu-util allows itself', async () => {
    const host = await TestHost.with('l476');
    await host.sendErase(FLASH);
    const { poll } = await host.getStatus();
    let stalls = 0;
    for (;;) {
      await host.clock.sleep(poll);
      const answer = await host.getStatus().catch(() => undefined);
      if (answer) break;
      stalls++;
    }
    expect(stalls).toBeGreaterThanOrEqual(1);
    expect(stalls).toBeLessThanOrEqual(3);
  });
});

describe('erasing', () => {
  it('a whole F4 of 2 MB takes 23 to 24 s', async () => {
    const host = await TestHost.idle('f427');
    const time = await took(host, async () => {
      for (const sector of host.device.flash.sectors) await host.erase(sector.start);
    });
    expect(time).toBeGreaterThan(23_000);
    expect(time).toBeLessThan(24_000);
  });
});

describe('the wire', () => {
  it('carries packets of 64 bytes', () => {
    const usb = { perTransfer: 1, perPacket: 0.5 };
    expect([0, 1, 64, 65, 1024].map((bytes) => wireTime(usb, bytes))).toEqual([1, 1.5, 1.5, 2, 9]);
  });
});
