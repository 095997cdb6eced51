/** Every command's JSON is what its schema says: nothing is missing, nothing of another kind, nothing beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { writeDfuse } from '../../src-main/firmware/dfuse-file.ts';
import { demoProduct, openDemoRepository } from '../../src-main/hosts/demo-repository.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { FakeWorld } from '../cli/fake-world.ts';
import { documents, lines, outcomes } from './json-outputs.ts';

const OLD = { contents: demoFirmware(1).ranges };
const LOCKED = { protection: 1 } as const;

let world = new FakeWorld();
afterEach(() => world.dispose());

/** What a schema keeps, which is what it knows, is all there is. */
function expectExactly(schema: z.ZodType, value: unknown): void {
  expect(schema.parse(value)).toEqual(value);
}

/** A command line, with files for `FILE` and `OUT`. */
function run(line: string): Promise<number> {
  const file = world.path('app.dfu');
  writeFileSync(file, writeDfuse(demoFirmware(2)));
  const args = line
    .replace('FILE', file)
    .replaceAll('OUT', world.path('out'))
    .replace('BRANDING', world.path('branding'))
    .split(' ');
  return world.run(...args, '--json');
}

/** A maker with releases, as long as `work` lasts. */
async function withReleases(work: () => Promise<unknown>): Promise<void> {
  const repository = await openDemoRepository();
  try {
    const folder = world.path('branding');
    mkdirSync(folder);
    const catalog = { url: repository.url, root: 'root.json' };
    writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...demoProduct, catalog }));
    writeFileSync(join(folder, 'root.json'), repository.root);
    await work();
  } finally {
    await repository.close();
  }
}

describe('documents', () => {
  it.each([
    ['devices', 'devices --every'],
    ['info', 'info --all'],
    ['doctor', 'doctor'],
    ['plan', 'plan FILE --all'],
    ['convert', 'convert FILE OUT.hex'],
    ['virtual', 'virtual'],
    ['failure', 'plan FILE'],
  ] as const)('%s: %s', async (name, line) => {
    world = new FakeWorld(['h743-v-0x90', OLD], ['f411', LOCKED], ['gd32vf103']);
    await run(line);
    expectExactly(documents[name], world.json);
  });

  it.each([
    ['no device', []],
    ['one that it fits and one that it does not', ['h743-v-0x90', 'c071']],
  ] as const)('releases, for %s', async (_which, devices) => {
    world = new FakeWorld(...devices.map((name) => [name] as const));
    await withReleases(() => run('releases --branding BRANDING --all'));
    expectExactly(documents.releases, world.json);
  });
});

it('documents of a bundle, and of one that is opened', async () => {
  world = new FakeWorld(['h743-v-0x90', OLD]);
  await run('flash FILE --yes');
  world.clear();
  await run('bundle --out OUT.zip');
  expectExactly(documents.bundle, world.json);
  world.clear();
  await run('bundle open OUT.zip --extract OUT');
  expectExactly(documents['bundle open'], world.json);
});

describe('lines', () => {
  it.each([
    ['flash', 'flash FILE --yes --leave'],
    ['verify', 'verify FILE'],
    ['read', 'read --out OUT.bin --range 0x08000000:4K'],
    ['erase', 'erase --sectors 3 --yes'],
    ['survey', 'survey --firmware FILE'],
    ['option-bytes', 'option-bytes'],
    ['test-link', 'test-link'],
    ['test-sector', 'test-sector --yes'],
    ['enter-bootloader', 'enter-bootloader'],
    ['leave', 'leave'],
  ] as const)('%s', async (name, line) => {
    world = new FakeWorld(['h743-v-0x90', OLD]);
    await run(line);
    for (const each of world.jsonLines) expectExactly(lines, each);
    const { type, device, ...outcome } = world.jsonLines.at(-1) ?? {};
    expect([type, device]).toEqual(['outcome', '1-1']);
    expectExactly(outcomes[name], outcome);
  });

  it('update', async () => {
    world = new FakeWorld(['h743-v-0x90', OLD]);
    await withReleases(() => run('update --branding BRANDING --yes'));
    for (const each of world.jsonLines) expectExactly(lines, each);
    expect(world.jsonLines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['release', 'plan', 'outcome']),
    );
  });

  it('unprotect, and a device that refuses', async () => {
    world = new FakeWorld(['f411', LOCKED]);
    await run('flash FILE --yes');
    expect(world.jsonLines.at(-1)).toMatchObject({ type: 'failure' });
    await world.run('unprotect', '--consent', 'erase everything on this device', '--json');
    for (const each of world.jsonLines) expectExactly(lines, each);
    expect(world.jsonLines.at(-1)).toMatchObject({ unlocked: true });
  });

  it('devices --watch', async () => {
    world = new FakeWorld(['f405']);
    const watching = run('devices --watch');
    await world.until(() => world.terminal.out.text.includes('attached'));
    world.bus.unplug('1-1');
    await world.until(() => world.terminal.out.text.includes('detached'));
    world.terminal.stop();
    await watching;
    for (const each of world.jsonLines) expectExactly(lines, each);
    expect(world.jsonLines.map(({ type }) => type)).toEqual(['attached', 'detached']);
  });

  it('demo', async () => {
    world = new FakeWorld();
    await run('demo');
    for (const each of world.jsonLines) expectExactly(lines, each);
    expect(world.jsonLines).toContainEqual({ type: 'checked', equal: true });
  });
});
