import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateFolder } from './state-folder.ts';

it.each([
  ['linux', {}, join('/home/me', '.local', 'state', 'stepwise')],
  ['linux', { XDG_STATE_HOME: '/state' }, join('/state', 'stepwise')],
  ['darwin', {}, join('/home/me', 'Library', 'Application Support', 'stepwise')],
  ['win32', { LOCALAPPDATA: '/appdata' }, join('/appdata', 'stepwise')],
  ['win32', {}, join('/home/me', 'AppData', 'Local', 'stepwise')],
  ['linux', { STEPWISE_STATE: '/elsewhere', XDG_STATE_HOME: '/state' }, '/elsewhere'],
] as const)('on %s with %j it is %s', (platform, environment, folder) => {
  expect(stateFolder({ platform, environment, homeFolder: '/home/me' })).toBe(folder);
});
