/**
 * The repository of the maker of virtual devices: made and signed like any other when the demo starts, with keys that
 * nobody keeps, and served on loopback. So the demo's firmware goes the way of real firmware: fetched, verified, chosen.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { LocalText } from '../../shared/locale.ts';
import type { Product } from '../../shared/product.ts';
import { release as releaseSchema, type Release } from '../../shared/release.ts';
import { signerOf } from '../catalog/publish/ed25519.ts';
import {
  encode,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  sha256,
  sign,
  type Document,
} from '../catalog/publish/metadata.ts';
import { serveStatic } from '../catalog/publish/static-server.ts';
import { writeDfuse } from '../firmware/dfuse-file.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import { flashEnd, type DeviceDefinition } from '../virtual/definition.ts';
import { demoFirmware, demoFirmwareWithin, type DemoVersion } from '../virtual/demo-firmware.ts';

export interface DemoRepository {
  readonly url: string;
  /** The root of trust to begin with. */
  readonly root: Uint8Array;
  close(): Promise<void>;
}

/** @param port any that is free without it. @param products its firmware is for */
export async function openDemoRepository(
  port = 0,
  products: readonly string[] = [PRODUCT],
): Promise<DemoRepository> {
  const { files, root } = await published(products);
  const server = await serveStatic((path) => files.get(path), { port });
  return { url: server.url, root, close: () => server.close() };
}

interface Published {
  /** By path in the repository. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly root: Uint8Array;
}

const made = new Map<string, Promise<Published>>();

/** Made once in a run of the program. */
function published(products: readonly string[]): Promise<Published> {
  const key = products.join();
  const known = made.get(key) ?? publish(products);
  made.set(key, known);
  return known;
}

/** It lives no longer than the program. */
const EXPIRES = '2100-01-01T00:00:00Z';

async function publish(products: readonly string[]): Promise<Published> {
  const signer = signerOf(generateKeyPairSync('ed25519').privateKey);
  const edition = { version: 1, expires: EXPIRES };
  const bytesOf = async (document: Document) => encode(await sign(document, [signer]));
  const keys = { keys: [signer.key], threshold: 1 };
  const releases = demoFiles(products).map(({ file, bytes, custom }) => ({
    bytes,
    described: { path: `${PRODUCT}/${file}`, length: bytes.length, sha256: sha256(bytes), custom },
    served: `targets/${PRODUCT}/${sha256(bytes)}.${file}`,
  }));
  const roles = { root: keys, targets: keys, snapshot: keys, timestamp: keys };
  const root = await bytesOf(makeRoot({ ...edition, roles }));
  const described = releases.map((each) => each.described);
  const targets = await bytesOf(makeTargets({ ...edition, targets: described }));
  const snapshot = await bytesOf(makeSnapshot({ ...edition, targets: { version: 1, bytes: targets } }));
  const timestamp = await bytesOf(makeTimestamp({ ...edition, snapshot: { version: 1, bytes: snapshot } }));
  const files = new Map([
    ['metadata/1.root.json', root],
    ['metadata/1.targets.json', targets],
    ['metadata/1.snapshot.json', snapshot],
    ['metadata/timestamp.json', timestamp],
    ...releases.map(({ served, bytes }) => [served, bytes] as const),
  ]);
  return { files, root };
}

// -- what is in it -------------------------------------------------------------------------------------------------------

/** Of the neutral product. */
const PRODUCT = 'stm32';
/** Where the firmware has data in the second bank. */
const SECOND_BANK = 0x0810_0000;
/** Bytes of flash for it with that data, and without. */
const FLASH_SIZE = { twoBanks: 0x20_0000, oneBank: 0x2_8000 };

/** Whose repository it is, for hosts that have no product.json at hand. */
export const demoProduct: Product = {
  name: 'Stepwise',
  maker: 'Stepwise demo',
  accent: '#2563EB',
  languages: ['en'],
  support: {},
  expert: true,
  products: [
    {
      id: PRODUCT,
      name: 'Virtual device',
      families: [],
      enter: [],
      policy: { files: true, downgrade: true, unprotect: true, vectorTableLast: false, start: 'leave' },
    },
  ],
};

interface DemoVersionNotes {
  readonly build: DemoVersion;
  readonly version: string;
  readonly released: string;
  readonly notes: LocalText;
}

const VERSIONS: readonly DemoVersionNotes[] = [
  {
    build: 1,
    version: '1.0.0',
    released: '2026-01-15T09:00:00Z',
    notes: {
      en: 'First release.',
      de: 'Erste Version.',
      fr: 'Première version.',
      es: 'Primera versión.',
      ja: '最初のリリース。',
      'zh-CN': '首个版本。',
    },
  },
  {
    build: 2,
    version: '2.0.0',
    released: '2026-06-01T09:00:00Z',
    notes: {
      en: 'New in this version:\n\n- **Measures twice as often.**\n- Starts in half the time.\n- Keeps its settings over an update.',
      de: 'Neu in dieser Version:\n\n- **Misst doppelt so oft.**\n- Startet in der halben Zeit.\n- Behält die Einstellungen bei einem Update.',
      fr: 'Nouveau dans cette version :\n\n- **Mesure deux fois plus souvent.**\n- Démarre deux fois plus vite.\n- Conserve les réglages lors d’une mise à jour.',
      es: 'Novedades de esta versión:\n\n- **Mide el doble de veces.**\n- Arranca en la mitad de tiempo.\n- Conserva los ajustes al actualizar.',
      ja: 'このバージョンの新機能:\n\n- **測定頻度が 2 倍になりました。**\n- 起動時間が半分になりました。\n- 更新後も設定が保持されます。',
      'zh-CN': '此版本的新内容：\n\n- **测量频率提高一倍。**\n- 启动时间缩短一半。\n- 更新后保留设置。',
    },
  },
];

interface DemoFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly custom: Release;
}

/** Each version for chips of which there are some with a second bank, and without its data for all others. */
function demoFiles(products: readonly string[]): readonly DemoFile[] {
  const devices = [...virtualDevices.values()];
  const large = chipsOf(devices.filter(({ chip }) => flashEnd(chip) > SECOND_BANK));
  const small = chipsOf(devices).filter((chip) => !large.includes(chip));
  return VERSIONS.flatMap((version) => [
    demoFile(version, `demo-firmware-${version.version}.dfu`, demoFirmware(version.build), {
      products,
      chips: large,
      flashSize: FLASH_SIZE.twoBanks,
    }),
    demoFile(
      version,
      `demo-firmware-in-one-bank-${version.version}.dfu`,
      demoFirmwareWithin(version.build, SECOND_BANK),
      { products, chips: small, flashSize: FLASH_SIZE.oneBank },
    ),
  ]);
}

function chipsOf(devices: readonly DeviceDefinition[]): readonly number[] {
  return [...new Set(devices.map(({ deviceId }) => deviceId))];
}

function demoFile(
  { version, released, notes }: DemoVersionNotes,
  file: string,
  image: FirmwareImage,
  fits: Pick<Release['fits'], 'products' | 'chips' | 'flashSize'>,
): DemoFile {
  const custom = releaseSchema.parse({
    schema: 1,
    name: `Demo firmware ${version}`,
    version,
    channel: 'stable',
    released,
    notes,
    fits,
    format: 'dfuse',
    policy: { vectorTableLast: false, preserve: [], downgrade: true, start: 'leave' },
    rollout: 100,
  });
  return { file, bytes: writeDfuse(image), custom };
}
