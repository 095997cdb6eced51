import { expect, it } from 'vitest';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import { deviceNode, programsWith } from './usbfs.ts';

const NODE = '/dev/bus/usb/001/004';

it('the file of a device has bus and address in it', () => {
  expect(deviceNode({ path: '1-2.4', address: 4 })).toBe(NODE);
  expect(deviceNode({ path: '12-1', address: 127 })).toBe('/dev/bus/usb/012/127');
});

it('who has it open is told by name, each program once; we are no other program', async () => {
  const computer = new FakeComputer({
    files: { '/proc/70/comm': 'dfu-util\n', '/proc/71/comm': 'dfu-util\n', '/proc/90/comm': 'stepwise\n' },
    links: {
      '/proc/70/fd/3': NODE,
      '/proc/71/fd/0': '/dev/null',
      '/proc/71/fd/9': NODE,
      '/proc/72/fd/5': NODE,
      '/proc/73/fd/5': '/dev/bus/usb/001/005',
      '/proc/90/fd/11': NODE,
      '/proc/self/fd/11': NODE,
    },
  });
  expect(await programsWith(computer, NODE, 90)).toEqual(['dfu-util', 'process 72']);
});

it('where /proc tells nothing, nobody is accused', async () => {
  expect(await programsWith(new FakeComputer(), NODE, 90)).toEqual([]);
});
