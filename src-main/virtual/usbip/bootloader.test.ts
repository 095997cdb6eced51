import { describe, expect, it } from 'vitest';
import { UsbipClient } from '../../../test/usb/usbip-client.ts';
import { systemClock } from '../../usb/system-clock.ts';
import { demoApplication } from '../catalogue/application.ts';
import { createVirtualDevice } from '../catalogue/index.ts';
import { ScaledClock } from '../clocks.ts';
import { VirtualBus } from '../virtual-bus.ts';
import { UsbipServer } from './server.ts';

/** Whatever it still has to say. */
async function untilGone(host: UsbipClient): Promise<void> {
  while (!(await host.ended()));
}

describe('a virtual bootloader behind the server', () => {
  it('is enumerated as Linux enumerates it', async () => {
    const device = createVirtualDevice('f405', { clock: systemClock, path: '1-1' });
    const server = new UsbipServer(new VirtualBus(systemClock, [device]));
    const { port } = await server.listen(0);
    const host = new UsbipClient(port);
    expect((await host.import('1-1')).status).toBe(0);
    const descriptor = (type: number, index: number, language: number, length: number) =>
      host.read([0x80, 6, index, type, language & 0xff, language >> 8, length & 0xff, length >> 8]);
    const first = await descriptor(1, 0, 0, 64);
    expect(first).toHaveLength(18);
    expect(Buffer.from(first).readUInt16LE(8)).toBe(0x0483);
    const header = Buffer.from(await descriptor(2, 0, 0, 9));
    const configuration = await descriptor(2, 0, 0, header.readUInt16LE(2));
    expect(configuration).toHaveLength(header.readUInt16LE(2));
    expect(await descriptor(3, 0, 0, 255)).toEqual([4, 3, 0x09, 0x04]);
    expect(Buffer.from(await descriptor(3, 4, 0x0409, 255)).toString('utf16le', 2)).toMatch(
      /^@Internal Flash/,
    );
    expect(await host.write([0x00, 9, 1, 0, 0, 0, 0, 0])).toBe(0);
    expect(await host.write([0x01, 11, 1, 0, 0, 0, 0, 0])).toBe(0);
    expect(await host.read([0xa1, 3, 0, 0, 0, 0, 6, 0])).toEqual([0, 0, 0, 0, 2, 0]);
    host.socket.destroy();
    await server.close();
  });

  it('that starts its application ends the connection, and can be imported again as what it is then', async () => {
    const clock = new ScaledClock(systemClock, 20);
    const contents = [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 0x01, 0x01, 0, 0x08) }];
    const device = createVirtualDevice('u575', {
      clock,
      path: '1-1',
      application: demoApplication,
      contents,
    });
    const server = new UsbipServer(new VirtualBus(clock, [device]));
    const { port } = await server.listen(0);
    const identities: (readonly number[])[] = [];
    const attach = async () => {
      const host = new UsbipClient(port);
      const { status, device: described } = await host.import('1-1');
      expect(status).toBe(0);
      identities.push([294, 300, 302].map((at) => described?.readUInt16BE(at) ?? 0));
      return host;
    };
    const bootloader = await attach();
    await bootloader.write([0x21, 1, 2, 0, 0, 0, 0, 0]);
    bootloader.submit([0xa1, 3, 0, 0, 0, 0, 6, 0]);
    await untilGone(bootloader);
    const application = await attach();
    application.submit([0x21, 0, 0xff, 0, 0, 0, 0, 0]);
    await untilGone(application);
    await attach();
    expect(identities).toEqual([
      [1, 0x0483, 0xdf11],
      [2, 0x1209, 0x0001],
      [3, 0x0483, 0xdf11],
    ]);
    await server.close();
  });
});
