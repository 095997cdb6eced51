import { expect, it } from 'vitest';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import { overCurrents, topologyOnLinux } from './sysfs.ts';

const SYS = '/sys/bus/usb/devices';
const { files } = new FakeComputer({
  files: {
    [`${SYS}/1-2/product`]: 'USB2.0 Hub\n',
    [`${SYS}/1-2/speed`]: '480\n',
    [`${SYS}/1-2.4.1/speed`]: '12\n',
    [`${SYS}/3-1/speed`]: '1.5\n',
    [`${SYS}/1-0:1.0/usb1-port2/over_current_count`]: '3\n',
    [`${SYS}/1-2.4:1.0/1-2.4-port1/over_current_count`]: '0\n',
  },
});

it('the way to a device is told with its hubs by name, and its speed', async () => {
  expect(await topologyOnLinux(files, '1-2.4.1')).toEqual({
    hubs: 2,
    speed: 12,
    via: ['USB2.0 Hub', '1-2.4'],
  });
  expect(await topologyOnLinux(files, '3-1')).toEqual({ hubs: 0, speed: 1.5, via: [] });
});

it('without sysfs the path alone tells how many hubs there are', async () => {
  expect(await topologyOnLinux(new FakeComputer().files, '1-2.4')).toEqual({ hubs: 1, via: ['1-2'] });
});

it('a port says how often it was overloaded, on the computer and on a hub', async () => {
  expect(await overCurrents(files, '1-2')).toBe(3);
  expect(await overCurrents(files, '1-2.4.1')).toBe(0);
  expect(await overCurrents(files, '9-9')).toBeUndefined();
});
