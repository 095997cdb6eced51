/**
 * `npm run package -- --dir`, of a maker who is not us, and its archive opened again: what is in it, and that it runs. Only
 * Electron's runtime around it is a stand-in.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startHost } from '../browser/host-process.ts';
import { makeElectronStandIn } from './electron-stand-in.ts';
import { filesUnder } from './files-under.ts';
import { makeMakersFolder } from './maker.ts';
import { packageSize, SIZE_BUDGET } from './package-size.ts';

const run = promisify(execFile);

const place = await mkdtemp(join(tmpdir(), 'stepwise-packaging-'));
const product = join(place, 'acme');
const electron = join(place, 'electron');
const resources = join(place, 'made/linux-unpacked/resources');
const archive = join(resources, 'app.asar');
const extracted = join(place, 'extracted');
let files: readonly string[] = [];

/** From sources to a folder, as a release does it: `dist` is built anew. */
async function packageInto(output: string): Promise<void> {
  const options = ['--os', 'linux', '--arch', 'x64', '--product', product, '--electron', electron];
  await run('npm', ['run', '--silent', 'package', '--', '--dir', ...options, '--output', output], {
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 26,
  });
}

beforeAll(async () => {
  await makeMakersFolder(product);
  await makeElectronStandIn(electron, 'linux');
  await packageInto(join(place, 'made'));
  extractAll(archive, extracted);
  files = await filesUnder(extracted);
});
afterAll(() => rm(place, { recursive: true, force: true }));

test('holds what runs, and nothing else', () => {
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  const expected = /^(package\.json|LICENSE|dist\/(shared|src-main|src-renderer)\/.+|resources\/.+)$/;
  expect(own.filter((file) => !expected.test(file))).toEqual([]);
  expect(own).toContain('dist/src-main/preload.cjs');
  expect(own).toContain('dist/src-renderer/licences.json');
  expect(own).toContain('resources/product.json');
  const idle = /\.(map|[mc]?ts|test\.js|spec\.js|svelte|tsbuildinfo|gyp|cc?|h)$|(^|\/)(tests?|docs)\//;
  expect(files.filter((file) => idle.test(file))).toEqual([]);
});

test('has every module that is needed, and no tool of development', async () => {
  const lock = z
    .object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) })
    .parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
  const inside = files.filter(
    (file) => file.endsWith('/package.json') && /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file),
  );
  const folders = inside.map((file) => file.slice(0, -'/package.json'.length));
  expect(folders.filter((folder) => lock.packages[folder]?.dev !== false)).toEqual([]);
  // Types and headers are no part of what runs.
  const needed = Object.keys(lock.packages).filter(
    (folder) => folder !== '' && lock.packages[folder]?.dev === false && existsSync(folder),
  );
  expect(needed.filter((folder) => !folders.includes(folder))).toEqual([
    'node_modules/@types/w3c-web-usb',
    'node_modules/node-addon-api',
  ]);
});

test('says nothing of the computer it was made on', async () => {
  const telling = [process.cwd(), homedir()].filter((path) => path.length > 1);
  const told: string[] = [];
  for (const file of files) {
    const bytes = await readFile(join(extracted, file));
    if (telling.some((path) => bytes.includes(`${path}/`))) told.push(file);
  }
  expect(told).toEqual([]);
});

test('leaves beside it what others than the application read: the native module of this system alone', async () => {
  expect(await filesUnder(`${archive}.unpacked`)).toEqual([
    'node_modules/usb/prebuilds/linux-x64/node.napi.glibc.node',
  ]);
  const own = await readFile('node_modules/usb/prebuilds/linux-x64/node.napi.glibc.node');
  const packed = await readFile(
    join(`${archive}.unpacked`, 'node_modules/usb/prebuilds/linux-x64/node.napi.glibc.node'),
  );
  expect(packed.equals(own)).toBe(true);
});

test(`is within its budget of ${SIZE_BUDGET / 1e6} MB`, async () => {
  const size = await packageSize(resources);
  process.stdout.write(
    `app.asar and what is unpacked: ${(size / 1e6).toFixed(2)} MB of ${SIZE_BUDGET / 1e6}\n`,
  );
  expect(size).toBeLessThan(SIZE_BUDGET);
});

test('is the application of the maker', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(extracted, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    name: 'acme-pump-updater',
    productName: 'Acme Pump Updater',
    desktopName: 'acme-pump-updater.desktop',
    main: 'dist/src-main/main.js',
    author: { name: 'Acme Pumps', email: 'support@acme-pumps.example' },
  });
  expect(manifest).not.toHaveProperty('devDependencies');
  expect(manifest).not.toHaveProperty('scripts');
  expect(await readFile(join(extracted, 'resources/product.json'), 'utf8')).toContain('Acme Pump Updater');
});

test('runs: the screens answer from it, for the maker', async () => {
  const state = join(place, 'state');
  const host = await startHost(
    ['--demo', '--device', 'h743-v-0x90', '--state', state],
    join(extracted, 'dist/src-main/loopback.js'),
  );
  try {
    const entry = await fetch(host.address, { redirect: 'manual' });
    const cookie = entry.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const page = await fetch(new URL('/', host.address), { headers: { cookie } });
    const html = await page.text();
    const script = /src="(\.\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const screens = await fetch(new URL(script, host.address), { headers: { cookie } });
    expect(screens.status).toBe(200);
    expect(Buffer.from(await screens.arrayBuffer())).toEqual(
      await readFile(join(extracted, 'dist/src-renderer', script)),
    );
  } finally {
    await host.stop();
  }
});

test('runs: a whole update of a virtual device by its command line', async () => {
  const { stdout } = await run(process.execPath, [join(extracted, 'dist/src-main/cli.js'), 'demo'], {
    cwd: place,
    env: { ...process.env, TMPDIR: place },
  });
  expect(stdout).toContain('✓');
});

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'loads libusb from beside it',
  async () => {
    const { stdout } = await run(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        "const { usb } = await import('usb'); console.log(typeof usb.getDeviceList);",
      ],
      { cwd: extracted },
    );
    expect(stdout.trim()).toBe('function');
  },
);

test('is the same to the byte when the same sources are packaged again', async () => {
  await packageInto(join(place, 'again'));
  const again = await readFile(join(place, 'again/linux-unpacked/resources/app.asar'));
  expect(again.equals(await readFile(archive))).toBe(true);
});
