/** Whatever a host sends, in whatever order: a device answers, and does only to its flash what it was asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsbError } from '../usb/port.ts';
import { virtualDevices } from './catalogue/index.ts';
import { littleEndian, TestHost } from './test-host.ts';

const FLASH = 0x0800_0000;

const address = fc.constantFrom(
  FLASH,
  FLASH + 0x800,
  FLASH + 0x2_0000,
  0x0810_0000,
  0x2000_4000,
  0x1fff_c000,
  0,
);
const command = fc.oneof(
  fc.tuple(fc.constantFrom(0x21, 0x41), address).map(([code, at]) => [code, ...littleEndian(at)]),
  fc.constantFrom([0x41], [0x92], [0x77], [], [0x21, 1]),
);
const send = fc.oneof(
  fc.record({ request: fc.constant(1), value: fc.constant(0), data: command }),
  fc.record({
    request: fc.constant(1),
    value: fc.integer({ min: 0, max: 4 }),
    data: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 64 }),
  }),
  fc.record({ request: fc.constantFrom(4, 6, 0, 9), value: fc.constant(0), data: fc.constant<number[]>([]) }),
);
const receive = fc.record({
  request: fc.constantFrom(2, 3, 3, 3, 5),
  value: fc.integer({ min: 0, max: 4 }),
  length: fc.constantFrom(1, 2, 6, 64, 1024, 2048),
});
const pause = fc.record({ pause: fc.constantFrom(1, 20, 500, 3000) });
const name = fc.constantFrom(...virtualDevices.keys());

describe('any sequence of requests', () => {
  it('is answered, refused, or ends in a failure of the port, and time goes on', async () => {
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.array(fc.oneof(send, receive, pause), { maxLength: 40 }),
        async (device, steps) => {
          const host = await TestHost.with(device);
          for (const step of steps) {
            const before = host.clock.now();
            try {
              if ('pause' in step) await host.clock.sleep(step.pause);
              else if ('data' in step)
                await host.out(step.request, step.value, Uint8Array.from(step.data), 2000);
              else
                expect(
                  (await host.in(step.request, step.length, step.value, 2000)).length,
                ).toBeLessThanOrEqual(step.length);
            } catch (error) {
              expect(error).toBeInstanceOf(UsbError);
              if (error instanceof UsbError && error.kind === 'gone') break;
            }
            expect(host.clock.now()).toBeGreaterThan(before);
          }
          const { flash } = host.device;
          if (flash.bytesProgrammed === 0 && flash.eraseCounts.every((count) => count === 0)) {
            expect(flash.read(flash.start, 4096).every((byte) => byte === flash.erasedValue)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
