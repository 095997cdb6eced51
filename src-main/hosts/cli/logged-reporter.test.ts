import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { FakeWorld } from '../../../test/cli/fake-world.ts';
import { writeIntelHex } from '../../firmware/intel-hex.ts';
import { demoFirmwareWithin } from '../../virtual/demo-firmware.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const logged = () => readFileSync(join(world.stateFolder, 'logs', 'command-line.log'), 'utf8');

it('what a command did can be read afterwards, a line each', async () => {
  world = new FakeWorld(['f405']);
  const file = world.path('app.hex');
  writeFileSync(file, writeIntelHex(demoFirmwareWithin(1, 0x0810_0000)));
  await world.run('flash', file, '--yes');
  const lines = logged();
  expect(lines).toContain('cli      -     stepwise 1.2.3: flash');
  expect(lines).toMatch(/info  update   1-1   erase\n/);
  expect(lines).toMatch(/info  update   1-1   Done: [\d ]+ bytes read back and equal/);
});

it('a failure is kept with all its facts, and what was typed is not', async () => {
  world = new FakeWorld();
  await world.run('flash', world.path('secret.bin'), '--yes');
  expect(logged()).toMatch(/error cli +- +\{"code":"bad-file"/);
  world.environment['STEPWISE_PASSPHRASE'] = 'open sesame';
  await world.run('repo', 'check', '--repo', world.path('nothing'));
  expect(logged()).not.toContain('sesame');
});
