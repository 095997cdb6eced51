import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';

let world: FakeWorld;
const flat = (text: string) => text.replace(/\s+/g, ' ');
const said = () => flat(world.terminal.out.text);
const complained = () => flat(world.terminal.err.text);

const EXE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(3_000, 7)]);
const APPIMAGE = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00AI\x02'), Buffer.alloc(2_000, 8)]);

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(world.path(name), content);
  return world.path(name);
}

async function repo(...args: readonly string[]): Promise<number> {
  world.clear();
  return world.run('repo', ...args, '--repo', world.path('shop'));
}

const add = (name: string, content: Uint8Array, ...options: readonly string[]) =>
  repo('add-app', file(name, content), '--notes', file('notes.md', 'Better.'), ...options);

beforeEach(async () => {
  world = new FakeWorld();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(world.surroundings.today()) });
  await world.run('repo', 'init', world.path('shop'), '--without-keys');
  for (const role of ['root', 'targets', 'snapshot', 'timestamp'])
    await repo('key', 'generate', role, '--for', role, '--without-passphrase');
});
afterEach(() => {
  vi.useRealTimers();
  world.dispose();
});

describe('a version of the application', () => {
  it('is added file by file, signed, checked as a client does, and offered with all its files', async () => {
    const version = ['--version', '1.4.0', '--minimum', '1.2.0', '--as', 'updater'];
    expect(await add('Updater.exe', EXE, '--arch', 'x64', ...version)).toBe(0);
    expect(said()).toContain(
      'app/updater-1.4.0-win32-x64.exe: new, “1.4.0”, for development only, the application for win32, x64; older than 1.2.0 must take it first',
    );
    expect(await add('Updater.AppImage', APPIMAGE, '--arch', 'arm64', ...version)).toBe(0);
    expect(await repo('sign')).toBe(0);
    expect(await repo('promote', 'app/1.4.0', '--to', 'stable', '--rollout', '10%')).toBe(0);
    expect(said()).toContain('updater-1.4.0-linux-arm64.AppImage: for everybody from now on');
    expect(said()).toContain('updater-1.4.0-win32-x64.exe: for everybody from now on');
    expect(await repo('sign')).toBe(0);
    expect(await repo('check', '--json')).toBe(0);
    const offer = { channel: 'stable', rollout: 10, minimum: '1.2.0', notes: { en: 'Better.' } };
    expect(world.json).toMatchObject({
      duties: [],
      releases: [],
      unreferenced: [],
      applications: [
        { release: { ...offer, platform: 'linux', arch: 'arm64', package: 'appimage' } },
        { release: { ...offer, platform: 'win32', arch: 'x64', package: 'nsis' } },
      ],
    });
  });

  it('is not checked right where its file is another one', async () => {
    expect(await add('Updater.exe', EXE, '--arch', 'x64', '--version', '1.4.0')).toBe(0);
    expect(await repo('sign')).toBe(0);
    const folder = world.path('shop/public/targets/app');
    const [name = ''] = readdirSync(folder);
    writeFileSync(
      `${folder}/${name}`,
      EXE.map((byte) => byte ^ 1),
    );
    expect(await repo('check')).toBe(10);
  });

  it.each([
    ['Updater.exe', APPIMAGE, ['--arch', 'x64', '--version', '1.0.0'], 'not what its name says'],
    ['Updater.dmg', EXE, ['--arch', 'x64', '--version', '1.0.0'], 'is none of these'],
    ['Updater.exe', EXE, ['--arch', 'x64', '--version', '1.0.0', '--platform', 'linux'], 'is for win32'],
    ['Updater.exe', EXE, ['--arch', 'x64', '--version', '1.0.0', '--minimum', '1.0.1'], 'newer than 1.0.0'],
    ['Updater.exe', EXE, ['--arch', 'x64', '--version', '1.0'], 'makes no release'],
  ])('is refused: %s with %o', async (name, content, options, why) => {
    expect(await add(name, content, ...options)).toBe(2);
    expect(complained()).toContain(why);
  });
});
