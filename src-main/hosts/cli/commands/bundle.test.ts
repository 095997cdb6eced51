import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { demoFirmware } from '../../../virtual/demo-firmware.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const NEVER_ANSWERS = { faults: [{ kind: 'timeout', at: { times: 'always' } }] } as const;

describe('bundle', () => {
  it('holds what the device is, what was done with it, and what is left out', async () => {
    world = new FakeWorld(['h743-v-0x92', { contents: demoFirmware(1).ranges }]);
    expect(await world.run('info')).toBe(0);
    world.clear();
    expect(await world.run('bundle', '--out', world.path('a.zip'), '--json')).toBe(0);
    expect(world.json).toMatchObject({ file: world.path('a.zip'), serials: 'hashed' });
    const { entries, size } = world.json as { entries: { name: string }[]; size: number };
    expect(entries.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['index.html', 'report.json', 'manifest.json', 'logs/command-line.log']),
    );
    expect(readFileSync(world.path('a.zip'))).toHaveLength(size);
  });

  it('is made while a device never answers, and says that it did not', async () => {
    world = new FakeWorld(['h743-v-0x90', NEVER_ANSWERS]);
    expect(await world.run('bundle', '--out', world.path('a.zip'))).toBe(0);
    world.clear();
    expect(await world.run('bundle', 'open', world.path('a.zip'))).toBe(0);
    expect(world.terminal.out.text).toContain('has not answered yet');
  });

  it('leaves out what is not wanted, and says so; an unknown name is refused before anything is written', async () => {
    world = new FakeWorld(['f405']);
    const file = world.path('a.zip');
    expect(await world.run('bundle', '--out', file, '--without', 'nonsense')).toBe(2);
    expect(existsSync(file)).toBe(false);
    expect(world.terminal.err.text).toContain('nonsense');
    world.clear();
    expect(await world.run('bundle', '--out', file, '--without', 'devices')).toBe(0);
    world.clear();
    expect(await world.run('bundle', 'open', file, '--json')).toBe(0);
    expect(world.json).toMatchObject({
      leftOut: expect.arrayContaining([{ name: 'devices', why: 'unticked' }]) as unknown,
    });
    expect((world.json as { report: object }).report).not.toHaveProperty('devices');
  });

  it('keeps dumps of crashed programs out unless they are asked for', async () => {
    world = new FakeWorld();
    const dumps = join(world.stateFolder, 'electron', 'Crashpad', 'completed');
    mkdirSync(dumps, { recursive: true });
    writeFileSync(join(dumps, 'a.dmp'), 'MDMP of memory');
    const names = async (...args: string[]) => {
      world.clear();
      expect(await world.run('bundle', '--out', world.path('a.zip'), '--yes', '--json', ...args)).toBe(0);
      return (world.json as { entries: { name: string }[] }).entries.map(({ name }) => name);
    };
    expect(await names()).not.toContain('crash-dumps/a.dmp');
    expect(await names('--include-crash-dumps')).toContain('crash-dumps/a.dmp');
  });

  it('does not replace a file without being told to, and says what is in the way', async () => {
    world = new FakeWorld();
    writeFileSync(world.path('a.zip'), 'mine');
    expect(await world.run('bundle', '--out', world.path('a.zip'))).toBe(2);
    expect(await world.run('bundle', '--out', join(world.folder, 'no', 'such', 'folder.zip'))).toBe(9);
    expect(readFileSync(world.path('a.zip'), 'utf8')).toBe('mine');
  });
});
