/**
 * Packages of a maker who is not us, for each system, and what that system finds in them. Electron's runtime is a stand-in;
 * so is fpm, and Windows' installer is left where NSIS would begin: both are fetched by whoever makes a release.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { extractFile } from '@electron/asar';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePackages, type Order } from '../../scripts/packaging/make.ts';
import { fusesIn, makeElectronStandIn } from './electron-stand-in.ts';
import { filesUnder } from './files-under.ts';
import { MAKER, makeMakersFolder } from './maker.ts';

const run = promisify(execFile);

const SAFE_FUSES = {
  runAsNode: false,
  cookieEncryption: true,
  nodeOptions: false,
  nodeInspect: false,
  asarIntegrity: true,
  onlyLoadFromAsar: true,
  browserSnapshot: false,
  fileProtocolPrivileges: false,
};
/** Of Chromium's words those in the languages of the maker; `es` stands for all its kinds. */
const WANTED_LOCALES = ['de', 'en-GB', 'en-US', 'es', 'es-419', 'fr', 'ja', 'zh-CN'];

const place = await mkdtemp(join(tmpdir(), 'stepwise-packaging-'));
const product = join(place, 'acme');

async function make(order: Pick<Order, 'os' | 'target' | 'configuration'>): Promise<string> {
  const electron = join(place, 'electron', order.os);
  const output = join(place, order.os);
  await makeElectronStandIn(electron, order.os);
  await makePackages({ ...order, product, output, electron, environment: {} });
  return output;
}

beforeAll(() => makeMakersFolder(product));
afterAll(() => rm(place, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('for Linux', () => {
  const app = join(place, 'linux/linux-unpacked');
  const root = join(place, 'root');
  const control = join(place, 'control');
  const installed = (path: string) => readFile(join(root, path), 'utf8');

  beforeAll(async () => {
    process.env['CUSTOM_FPM_PATH'] = resolve('test/packaging/fpm-stand-in');
    const output = await make({ os: 'linux', target: { kind: 'deb', arch: 'x64' } });
    const [deb = ''] = (await filesUnder(output)).filter((file) => file.endsWith('.deb'));
    expect(deb).toBe('AcmePumpUpdater-0.1.0-linux-amd64.deb');
    await run('dpkg-deb', ['-x', join(output, deb), root]);
    await run('dpkg-deb', ['-e', join(output, deb), control]);
  });

  test('the program has safe fuses', async () => {
    expect(fusesIn(await readFile(join(app, 'acme-pump-updater')))).toEqual(SAFE_FUSES);
  });

  test('of Chromium only the languages of the maker are there', async () => {
    const paks = (await filesUnder(join(app, 'locales'))).map((file) => file.replace('.pak', ''));
    expect(new Set(paks)).toEqual(new Set(WANTED_LOCALES));
  });

  test('what Electron and Chromium ask for is beside it', async () => {
    expect(await filesUnder(app)).toEqual(
      expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html']),
    );
  });

  test('it knows where updates are kept for a while', async () => {
    const feed = await installed('opt/AcmePumpUpdater/resources/app-update.yml');
    expect(feed).toContain('updaterCacheDirName: ');
  });

  test('the desktop entry shows the name, opens files and belongs to the window', async () => {
    const entry = await installed('usr/share/applications/acme-pump-updater.desktop');
    expect(entry.split('\n')).toEqual(
      expect.arrayContaining([
        'Name=Acme Pump Updater',
        'Exec=/opt/AcmePumpUpdater/acme-pump-updater %F',
        'Icon=acme-pump-updater',
        'StartupWMClass=acme-pump-updater',
        'MimeType=application/x-dfu;',
        'Categories=Utility;',
      ]),
    );
    await run('desktop-file-validate', [join(root, 'usr/share/applications/acme-pump-updater.desktop')]);
  });

  test('.dfu is a kind of file of its own', async () => {
    expect(await installed('usr/share/mime/packages/acme-pump-updater.xml')).toMatch(
      /type="application\/x-dfu"[\s\S]*pattern="\*\.dfu"/,
    );
  });

  test('icons are there in all sizes', async () => {
    const icons = await filesUnder(join(root, 'usr/share/icons/hicolor'));
    const sizes = icons.map((file) => file.split('/')[0]);
    expect(sizes).toEqual(
      expect.arrayContaining([
        '16x16',
        '24x24',
        '32x32',
        '48x48',
        '64x64',
        '128x128',
        '256x256',
        '512x512',
        'scalable',
      ]),
    );
  });

  test('the rule for USB comes with the package and goes with it', async () => {
    expect(await installed('usr/lib/udev/rules.d/70-acme-pump-updater.rules')).toBe(
      await readFile('resources/70-stepwise.rules', 'utf8'),
    );
  });

  test('the profile for AppArmor is of this program', async () => {
    const profile = await installed('opt/AcmePumpUpdater/resources/apparmor-profile');
    expect(profile).toContain('profile "acme-pump-updater" "/opt/AcmePumpUpdater/acme-pump-updater"');
    expect(profile).toContain('userns,');
  });

  test('the scripts are whole, and name this program', async () => {
    for (const name of ['postinst', 'postrm']) {
      const script = join(control, name);
      await run('sh', ['-n', script]);
      const text = await readFile(script, 'utf8');
      expect(text).toContain('/usr/bin/acme-pump-updater');
      expect(text).toContain('/etc/apparmor.d/acme-pump-updater');
      expect(text).not.toContain('${');
    }
  });

  test('the maker answers for the package', async () => {
    const fields = await readFile(join(control, 'control'), 'utf8');
    expect(fields).toContain('Package: acme-pump-updater\n');
    expect(fields).toContain('Maintainer: Acme Pumps <support@acme-pumps.example>\n');
    expect(fields).toContain('Homepage: https://acme-pumps.example/\n');
  });

  test('the bill of materials has what is inside, with the hash of each', async () => {
    const bill = JSON.parse(await readFile(join(place, 'linux/sbom-linux.cdx.json'), 'utf8')) as {
      components: { name: string; purl: string; hashes: { content: string }[] }[];
    };
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['electron', 'usb', 'svelte', 'tuf-js', 'zod']));
    expect(names).not.toContain('vitest');
    for (const { name, hashes } of bill.components)
      expect(hashes[0]?.content, name).toMatch(/^[0-9a-f]{128}$/);
  });
});

describe('for Windows', () => {
  const app = join(place, 'win/win-unpacked');
  const signed: string[] = [];

  beforeAll(async () => {
    const making = make({
      os: 'win',
      target: { kind: 'nsis', arch: 'x64' },
      configuration: {
        artifactBuildStarted: () => Promise.reject(new Error('as far as this goes')),
        win: {
          signtoolOptions: {
            publisherName: MAKER.packaging.publisherName,
            sign: ({ path }) => {
              signed.push(path);
              return Promise.resolve();
            },
          },
        },
      },
    });
    await expect(making).rejects.toThrow('as far as this goes');
  });

  test('the program has safe fuses, and the digest of its archive', async () => {
    const program = await readFile(join(app, 'AcmePumpUpdater.exe'));
    expect(fusesIn(program)).toEqual(SAFE_FUSES);
    const { entries } = NtExecutableResource.from(NtExecutable.from(program));
    const integrity = entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR');
    expect(Buffer.from(integrity?.bin ?? new ArrayBuffer()).toString()).toMatch(
      /resources\\\\app\.asar.*"alg":"SHA256","value":"[0-9a-f]{64}"/,
    );
  });

  test('the program has the name of the maker, and an icon in all sizes', async () => {
    const { entries } = NtExecutableResource.from(
      NtExecutable.from(await readFile(join(app, 'AcmePumpUpdater.exe'))),
    );
    const [version] = Resource.VersionInfo.fromEntries(entries);
    expect(version?.getStringValues({ lang: 1033, codepage: 1200 })).toMatchObject({
      ProductName: 'AcmePumpUpdater',
      CompanyName: 'Acme Pumps',
    });
    const [icons] = Resource.IconGroupEntry.fromEntries(entries);
    expect(icons?.icons.map(({ width }) => width || 256)).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);
  });

  test('every program and library is signed, and the catalogue of the driver', () => {
    const names = new Set(signed.map((path) => path.slice(app.length + 1).replaceAll('\\', '/')));
    expect([...names].sort()).toEqual([
      'AcmePumpUpdater.exe',
      'ffmpeg.dll',
      'resources/app.asar.unpacked/node_modules/usb/prebuilds/win32-x64/node.napi.node',
      'resources/app.asar.unpacked/resources/drivers/acme.cat',
    ]);
  });

  test('an update has to be of the same publisher', async () => {
    const feed = await readFile(join(app, 'resources/app-update.yml'), 'utf8');
    expect(feed).toMatch(/publisherName:\s+- Acme Pumps GmbH/);
  });
});

describe('for macOS', () => {
  const contents = join(place, 'mac/mac/AcmePumpUpdater.app/Contents');

  beforeAll(() => make({ os: 'mac', target: { kind: 'dir', arch: 'x64' } }));

  test('the framework has safe fuses', async () => {
    const framework = join(contents, 'Frameworks/Electron Framework.framework/Electron Framework');
    expect(fusesIn(await readFile(framework))).toEqual(SAFE_FUSES);
  });

  test('the bundle says who it is, which files it opens, and what its archive must be', async () => {
    const list = await readFile(join(contents, 'Info.plist'), 'utf8');
    expect(list).toMatch(/<key>CFBundleDisplayName<\/key>\s*<string>Acme Pump Updater<\/string>/);
    const flat = list.replaceAll(/\s+/g, '');
    expect(flat).toContain('<key>CFBundleIdentifier</key><string>com.acme-pumps.updater</string>');
    expect(flat).toContain('<key>CFBundleTypeExtensions</key><array><string>dfu</string></array>');
    expect(flat).toMatch(/<key>ElectronAsarIntegrity<\/key><dict><key>Resources\/app\.asar<\/key>/);
    expect((await stat(join(contents, 'Resources/icon.icns'))).size).toBeGreaterThan(10_000);
  });

  test('the native module is the one for both processors', async () => {
    const unpacked = await filesUnder(join(contents, 'Resources/app.asar.unpacked'));
    expect(unpacked).toEqual(['node_modules/usb/prebuilds/darwin-x64+arm64/node.napi.node']);
  });
});

describe('the example of a maker', () => {
  test('becomes a package as it lies there', async () => {
    const [electron, output] = [join(place, 'electron', 'example'), join(place, 'example')];
    await makeElectronStandIn(electron, 'linux');
    await makePackages({
      os: 'linux',
      target: { kind: 'dir', arch: 'x64' },
      product: resolve('examples/aurora-audio'),
      output,
      electron,
      environment: {},
    });
    const archive = join(output, 'linux-unpacked/resources/app.asar');
    const packed = (file: string) => extractFile(archive, `resources/${file}`);
    for (const file of await filesUnder('examples/aurora-audio')) {
      if (file === 'icon.svg') continue;
      expect(packed(file).equals(await readFile(join('examples/aurora-audio', file))), file).toBe(true);
    }
  });
});
