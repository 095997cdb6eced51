import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { demoFirmware } from '../../../virtual/demo-firmware.ts';
import { demoProduct, openDemoRepository, type DemoRepository } from '../../demo-repository.ts';

const NEW = demoFirmware(2);

let world = new FakeWorld();
let repository: DemoRepository;
beforeEach(async () => {
  repository = await openDemoRepository();
});
afterEach(async () => {
  await repository.close();
  world.dispose();
});

/** A maker whose product takes its firmware from the repository of the demo. */
function branding(changes: object = {}): string {
  const folder = world.path('branding');
  mkdirSync(folder, { recursive: true });
  const catalog = { url: repository.url, root: 'root.json' };
  writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...demoProduct, catalog, ...changes }));
  writeFileSync(join(folder, 'root.json'), repository.root);
  return folder;
}

const flat = () => world.terminal.out.text.replace(/\s+/g, ' ');

function holdsNew(device = world.device): boolean {
  return NEW.ranges.every(({ address, bytes }) =>
    Buffer.from(device.flash.read(address, bytes.length)).equals(bytes),
  );
}

describe('releases', () => {
  it('are all listed where no device is plugged in', async () => {
    world = new FakeWorld();
    expect(await world.run('releases', '--branding', branding())).toBe(0);
    expect(flat()).toContain('Stepwise demo · checked just now');
    expect(flat()).toMatch(/2\.0\.0 Demo firmware 2\.0\.0 · stable · 2026-06-01/);
    expect(flat()).toContain('1.0.0');
  });

  it('are told for a device: the one to take, and why another is not for it', async () => {
    world = new FakeWorld(['h743-v-0x90'], ['c071']);
    expect(await world.run('releases', '--branding', branding(), '--all')).toBe(0);
    expect(flat()).toMatch(/✓ 2\.0\.0 .* the one to take/);
    expect(flat()).toContain('needs more flash than this chip has');
  });

  it('are one JSON document for programs', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('releases', '--branding', branding(), '--json')).toBe(0);
    expect(world.json).toMatchObject({
      catalog: { freshness: 'current' },
      devices: [
        { path: '1-1', product: 'stm32', releases: [{ release: { version: '2.0.0' }, refusal: null }, {}] },
      ],
    });
  });
});

describe('update', () => {
  it('fetches the newest release, writes and proves it', async () => {
    world = new FakeWorld(['h743-v-0x90', { contents: demoFirmware(1).ranges }]);
    expect(await world.run('update', '--branding', branding(), '--yes')).toBe(0);
    expect(flat()).toContain(
      'Release Demo firmware 2.0.0 · stable · 246 093 bytes signed by Stepwise demo, checked just now',
    );
    expect(flat()).toContain('Done: 245 776 bytes read back and equal');
    expect(holdsNew()).toBe(true);
  });

  it('brings a whole bench there with one question', async () => {
    world = new FakeWorld(['h743-v-0x90'], ['h743-v-0x91'], ['h743-y-0xd2']).inTerminal('y');
    expect(await world.run('update', '--branding', branding(), '--all')).toBe(0);
    expect(world.terminal.asked).toEqual(['Go on? [y/N] ']);
    expect(world.devices.every(holdsNew)).toBe(true);
  });

  it('takes the version that was named', async () => {
    world = new FakeWorld(['h743-v-0x90', { contents: NEW.ranges }]);
    expect(await world.run('update', '--branding', branding(), '--yes', '--version', '1.0.0')).toBe(0);
    expect(flat()).toContain('Demo firmware 1.0.0');
    expect(holdsNew()).toBe(false);
  });

  it('touches nothing where there is no release for the device', async () => {
    world = new FakeWorld(['c071'], ['h743-v-0x90']);
    expect(await world.run('update', '--branding', branding(), '--yes', '--all')).toBe(5);
    expect(world.terminal.err.text).toContain('Release 2.0.0 needs more flash than this chip has');
    const [small, large] = world.devices;
    expect(small?.flash.eraseCounts.every((count) => count === 0)).toBe(true);
    expect(large && holdsNew(large)).toBe(true);
  });

  it('refuses a version that there is not', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('update', '--branding', branding(), '--yes', '--version', '9.9.9')).toBe(5);
    expect(world.terminal.err.text).toContain('There is no release for this device');
  });

  it('goes on with what was fetched before when the repository is gone', async () => {
    world = new FakeWorld(['h743-v-0x90', { contents: demoFirmware(1).ranges }]);
    const maker = branding();
    await world.run('update', '--branding', maker, '--yes', '--version', '2.0.0');
    await repository.close();
    world.clear();
    expect(await world.run('update', '--branding', maker, '--yes', '--offline')).toBe(0);
    expect(flat()).toContain('The device held this image already');
  });

  it('says so where nothing is known and nobody answers', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    const maker = branding();
    await repository.close();
    expect(await world.run('update', '--branding', maker, '--yes', '--offline')).toBe(5);
    expect(world.terminal.err.text).toContain('There is no release for this device');
  });

  it('asks which product it is where the chip does not tell', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    const [line] = demoProduct.products;
    const products = [line, { ...line, id: 'windmeter' }];
    const args = ['update', '--branding', branding({ products }), '--yes'];
    expect(await world.run(...args)).toBe(2);
    expect(world.terminal.err.text).toContain('say which with --product');
    expect(await world.run(...args, '--product', 'stm32')).toBe(0);
    expect(holdsNew()).toBe(true);
  });

  it('is not to be had from a product without a repository', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('update', '--branding', branding({ catalog: undefined }), '--yes')).toBe(5);
    expect(world.terminal.err.text).toContain('no repository of signed releases');
  });
});
