/** What a maker and the environment say, as electron-builder is told. What comes of it: test/packaging. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSigned, makersConfiguration } from '../../scripts/packaging/configuration.ts';
import { makePackages } from '../../scripts/packaging/make.ts';
import { parsedProduct } from '../../src-main/services/product.ts';
import type { Product } from '../../shared/product.ts';

const ours = await parsedProduct('resources');
const PACKAGING = { appId: 'com.acme-pumps.updater', icon: 'icon.svg' };
const configure = (product: Partial<Product>, packaging = {}, environment = {}) =>
  makersConfiguration({ ...ours, ...product }, { ...PACKAGING, ...packaging }, environment);

const AZURE = {
  AZURE_SIGNING_ENDPOINT: 'https://weu.example',
  AZURE_SIGNING_ACCOUNT: 'acme',
  AZURE_SIGNING_PROFILE: 'public',
};

describe('names', () => {
  test.each([
    ['Acme Pump Updater', 'AcmePumpUpdater', 'acme-pump-updater'],
    ['Pump+ 2.0', 'Pump20', 'pump-2-0'],
    // Other letters than Latin ones, and a digit where none may be: the end of the id serves.
    ['ポンプ更新', 'updater', 'updater'],
    ['3D Printer', '3DPrinter', 'updater'],
  ])('%s: paths have plain letters and no spaces', (name, file, program) => {
    expect(configure({ name })).toMatchObject({
      productName: file,
      linux: { executableName: program },
      extraMetadata: { name: program, productName: name, desktopName: `${program}.desktop` },
    });
  });

  test('people see the name as it is', () => {
    const { nsis, dmg, linux, mac } = configure({ name: 'ポンプ更新' });
    expect([nsis?.shortcutName, dmg?.title, linux?.desktop?.entry?.['Name']]).toEqual(
      Array(3).fill('ポンプ更新'),
    );
    expect(mac?.extendInfo).toEqual({ CFBundleDisplayName: 'ポンプ更新' });
  });
});

describe('updates', () => {
  test('are in the repository of firmware, whose signatures they have', () => {
    const { publish } = configure({ catalog: { url: 'https://firmware.example', root: 'root.json' } });
    expect(publish).toEqual({ provider: 'generic', url: 'https://firmware.example' });
  });

  test('are none where there is no repository', () => {
    expect(configure({}).publish).toBeNull();
  });
});

describe('signing', () => {
  test('nothing of it without an environment: macOS gets what it needs to start the program at all', () => {
    const { win, mac, forceCodeSigning } = configure({ maker: 'Acme' });
    expect(win).toEqual({ signtoolOptions: { publisherName: 'Acme' } });
    expect(mac).toMatchObject({ identity: '-', hardenedRuntime: false });
    expect(forceCodeSigning).toBe(false);
    expect(isSigned('win', {})).toBe(false);
  });

  test('by Azure where all of its names are given, with the publisher of the certificate', () => {
    const { win } = configure({}, { publisherName: 'Acme GmbH' }, AZURE);
    expect(win).toEqual({
      azureSignOptions: {
        publisherName: 'Acme GmbH',
        endpoint: 'https://weu.example',
        codeSigningAccountName: 'acme',
        certificateProfileName: 'public',
      },
    });
    expect(isSigned('win', AZURE)).toBe(true);
    expect(isSigned('win', { ...AZURE, AZURE_SIGNING_PROFILE: '' })).toBe(false);
    expect(isSigned('mac', AZURE)).toBe(false);
  });

  test('by a certificate, hardened on macOS', () => {
    const environment = { CSC_LINK: 'certificate.p12' };
    expect(configure({}, {}, environment).mac).not.toHaveProperty('identity');
    expect(configure({}, {}, environment).mac).not.toHaveProperty('hardenedRuntime');
    expect(isSigned('mac', environment) && isSigned('win', environment)).toBe(true);
  });

  test('where it is required and there is nothing to sign with, nothing is made', async () => {
    const order = { product: 'resources', output: 'nowhere', environment: { STEPWISE_SIGNED: 'required' } };
    for (const os of ['mac', 'win'] as const)
      await expect(makePackages({ ...order, os })).rejects.toThrow('nothing to sign with');
    expect(existsSync('nowhere')).toBe(false);
  });
});
