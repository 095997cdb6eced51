import { expect, it } from 'vitest';
import { shellArguments } from './arguments.ts';

it.each([
  [[], { demo: false, devices: [], speed: 1 }],
  [['--demo'], { demo: true, devices: [], speed: 1 }],
  [
    ['--demo', '--device', 'f405', '--device=h750', '--speed', '20'],
    { demo: true, devices: ['f405', 'h750'], speed: 20 },
  ],
  [['--product', 'examples/a'], { demo: false, devices: [], speed: 1, product: 'examples/a' }],
  [
    ['.', '--no-sandbox', '--user-data-dir=/a', 'a.dfu', '--speed', 'fast', '--device'],
    { speed: 1, demo: false, devices: [] },
  ],
])('arguments %j', (args, expected) => {
  expect(shellArguments(args)).toEqual(expected);
});
