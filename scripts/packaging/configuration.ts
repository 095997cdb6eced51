/**
 * What a maker's product.json and the environment say about packages, in electron-builder's words. What is the same for
 * every maker stands in electron-builder.yml.
 */
import type { Configuration } from 'electron-builder';
import type { Packaging, Product } from '../../shared/product.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where fpm's own default sends people, in packages of somebody who says nothing. */
const NO_HOMEPAGE = 'https://example.com/no-homepage-given';

export interface Names {
  /** Of the folder, the bundle, the Windows program and the files that are published: no spaces, plain letters. */
  readonly file: string;
  /** Of the Linux package, its program and its desktop entry. */
  readonly package: string;
}

/** A name in other letters than these gives way to the end of the application's id. */
function namesOf(product: Pick<Product, 'name'>, { appId }: Packaging): Names {
  const plain = /^[\x20-\x7e]*$/.test(product.name) ? product.name : '';
  const last = appId.slice(appId.lastIndexOf('.') + 1);
  const words = plain.match(/[A-Za-z0-9]+/g) ?? [last];
  const own = words.join('-').toLowerCase();
  return { file: words.join(''), package: /^[a-z]/.test(own) ? own : last.toLowerCase() };
}

/** What the rule is called where all rules lie: every application has its own, and the number keeps its place. */
const ruleName = (names: Names): string => `70-${names.package}.rules`;

export function makersConfiguration(
  product: Product,
  packaging: Packaging,
  environment: Environment,
): Configuration {
  const { name, maker, catalog } = product;
  const { appId, homepage = product.support.url ?? NO_HOMEPAGE } = packaging;
  const names = namesOf(product, packaging);
  const contact = packaging.contact ?? product.support.email ?? `${names.package}@localhost`;
  const description = `Firmware updates for products of ${maker}`;
  const linuxFiles = [
    `dist/product/70-stepwise.rules=/usr/lib/udev/rules.d/${ruleName(names)}`,
    `dist/icons/icon.svg=/usr/share/icons/hicolor/scalable/apps/${names.package}.svg`,
  ];
  return {
    extends: 'electron-builder.yml',
    appId,
    productName: names.file,
    copyright: `© ${maker}`,
    extraMetadata: {
      name: names.package,
      productName: name,
      description,
      homepage,
      author: { name: maker, email: contact },
      desktopName: `${names.package}.desktop`,
    },
    // Chromium's own words: English is what it falls back to.
    electronLanguages: [...new Set(['en-US', ...product.languages])],
    // For app-update.yml, where the publisher of updates stands; what there is, the application reads from what is signed.
    publish: catalog === undefined ? null : { provider: 'generic', url: catalog.url },
    forceCodeSigning: environment['STEPWISE_SIGNED'] === 'required',
    win: signedOnWindows(packaging, maker, environment),
    nsis: { shortcutName: name, uninstallDisplayName: name },
    mac: {
      // Not with whatever certificate happens to be in the keychain of whoever builds. A program without any signature does
      // not start on an Apple processor; one by nobody cannot be hardened, for its libraries would be strangers to it.
      ...(!isSigned('mac', environment) && { identity: '-', hardenedRuntime: false, notarize: false }),
      extendInfo: { CFBundleDisplayName: name },
    },
    dmg: { title: name },
    linux: {
      executableName: names.package,
      maintainer: `${maker} <${contact}>`,
      vendor: maker,
      synopsis: description,
      description: 'Writes new firmware over USB, and proves by reading back that it is there.',
      desktop: { entry: { Name: name } },
    },
    deb: { fpm: linuxFiles },
    rpm: { fpm: linuxFiles },
  };
}

/** Azure Trusted Signing where its three names are given; else a certificate, which electron-builder finds by itself. */
function signedOnWindows(
  { publisherName = '' }: Packaging,
  maker: string,
  environment: Environment,
): NonNullable<Configuration['win']> {
  const publisher = publisherName === '' ? maker : publisherName;
  const {
    AZURE_SIGNING_ENDPOINT: endpoint,
    AZURE_SIGNING_ACCOUNT: codeSigningAccountName,
    AZURE_SIGNING_PROFILE: certificateProfileName,
  } = environment;
  if (endpoint && codeSigningAccountName && certificateProfileName)
    return {
      azureSignOptions: {
        publisherName: publisher,
        endpoint,
        codeSigningAccountName,
        certificateProfileName,
      },
    };
  return { signtoolOptions: { publisherName: publisher } };
}

/** Is there anything to sign with. Linux packages carry no signature: whoever publishes a repository of them signs that. */
export function isSigned(os: 'mac' | 'win', environment: Environment): boolean {
  const has = (...names: string[]) => names.every((name) => Boolean(environment[name]));
  if (has('CSC_LINK')) return true;
  return os === 'mac'
    ? has('CSC_NAME')
    : has('WIN_CSC_LINK') || has('AZURE_SIGNING_ENDPOINT', 'AZURE_SIGNING_ACCOUNT', 'AZURE_SIGNING_PROFILE');
}
