import { afterEach, describe, expect, it } from 'vitest';
import { UsbipClient } from '../../../test/usb/usbip-client.ts';
import { demoApplication } from '../catalogue/application.ts';
import { createVirtualDevice } from '../catalogue/index.ts';
import { VirtualClock } from '../clocks.ts';
import type { Fault } from '../faults.ts';
import { ServedDevices } from './served-devices.ts';
import type { ServedEvent } from './served-devices.ts';

const GET_STATUS = [0xa1, 3, 0, 0, 0, 0, 6, 0];
const leaving = [0x21, 1, 2, 0, 0, 0, 0, 0];
const dnload = (block: number, length: number) => [0x21, 1, block, 0, 0, 0, length, 0];
const ERASE = [0x41, 0, 0, 0, 8];
const APPLICATION = [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 0x01, 0x01, 0, 0x08) }];

let served: ServedDevices;
let clock: VirtualClock;
let onTold: (event: ServedEvent) => void;
let told: ServedEvent[];
let port: number;
const hosts: UsbipClient[] = [];

async function serve(name: string, ...faults: readonly Fault[]): Promise<UsbipClient> {
  clock = new VirtualClock();
  const device = createVirtualDevice(name, {
    clock,
    faults,
    contents: APPLICATION,
    application: demoApplication,
  });
  told = [];
  onTold = () => undefined;
  served = new ServedDevices([device], clock, (event) => {
    told.push(event);
    onTold(event);
  });
  ({ port } = await served.listen(0));
  return attach();
}

async function attach(): Promise<UsbipClient> {
  const host = new UsbipClient(port);
  hosts.push(host);
  expect((await host.import('1-1')).status).toBe(0);
  return host;
}

const happened = (...types: ServedEvent['type'][]) =>
  expect.poll(() => told.map(({ type }) => type)).toEqual(types);

afterEach(async () => {
  for (const { socket } of hosts.splice(0)) socket.destroy();
  await served.close();
});

describe('a device on the desk', () => {
  it('loses its power when its host detaches it, and is there at once for the next', async () => {
    const host = await serve('u575');
    await host.write(dnload(0, 1), [0x77]);
    expect((await host.read(GET_STATUS))[4]).toBe(10);
    host.socket.destroy();
    await happened('attached', 'detached');
    expect((await (await attach()).read(GET_STATUS))[4]).toBe(2);
    await happened('attached', 'detached', 'attached');
  });

  it('that starts its application has to be attached again, and comes back as what it then is', async () => {
    const host = await serve('u575');
    await host.write(leaving);
    host.submit(GET_STATUS);
    await happened('attached', 'left', 'returned');
    expect(told.at(-1)).toMatchObject({ path: '1-1', identity: { vendorId: 0x1209, productId: 1 } });
    await attach();
  });

  it('that locks up is plugged in again in its bootloader', async () => {
    const host = await serve('h563');
    await host.write(leaving);
    host.submit(GET_STATUS);
    await happened('attached', 'left', 'replugged', 'returned');
    expect(told.at(-1)).toMatchObject({ identity: { productId: 0xdf11 } });
    expect((await (await attach()).read(GET_STATUS))[4]).toBe(2);
  });

  it('whose cable is pulled by a fault is plugged in again', async () => {
    const host = await serve('u575', { kind: 'disconnect', at: { command: 'erase' }, when: 'before' });
    host.submit(dnload(0, 5), { data: ERASE });
    await happened('attached', 'left', 'replugged', 'returned');
    await attach();
  });

  it('is not touched any more when serving has ended', async () => {
    const host = await serve('h563');
    onTold = ({ type }) => void (type === 'left' && served.close());
    await host.write(leaving);
    host.submit(GET_STATUS);
    await happened('attached', 'left');
    await clock.sleep(60_000);
    await happened('attached', 'left');
  });
});
