/**
 * The journal remembers an update that has begun, so that an interrupted one is recognised at the next start, and
 * keeps the one thing a device cannot give back: bytes beside the image that were read before their sector was erased.
 * What is already right in flash is not noted; comparing tells it better.
 *
 * One file per device, named after its port path and serial, replaced atomically. A file that cannot be read is set
 * aside under another name and reported, never deleted and never fatal.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';
import { diskFiles, replaceFile } from '../files/files.ts';
import { FirmwareImage, type ImageRange } from '../firmware/image.ts';

/** A device as the journal knows it: where it is plugged in, and its serial, which need not be unique. */
export interface DeviceKey {
  readonly path: string;
  readonly serial: string | undefined;
}

export interface JournalEntry {
  readonly device: DeviceKey;
  /** SHA-256 over addresses and bytes of the image that was being written. */
  readonly image: string;
  /** Name of the image for people: file name or version. */
  readonly name: string;
  /** ISO 8601. */
  readonly started: string;
  /** Bytes beside the image, read before the first erase and not yet proven to be back. */
  readonly preserved: readonly ImageRange[];
}

/** What lies in the journal's folder for a device. */
export type JournalState =
  | { readonly kind: 'none' }
  | { readonly kind: 'interrupted'; readonly entry: JournalEntry }
  /** It was torn or foreign; it lies now at `movedTo`. */
  | { readonly kind: 'damaged'; readonly movedTo: string };

const VERSION = 1;

const storedEntry = z.object({
  version: z.literal(VERSION),
  device: z.object({ path: z.string(), serial: z.string().optional() }),
  image: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  started: z.string(),
  preserved: z.array(z.object({ address: z.int().min(0).max(0xffff_ffff), bytes: z.base64() })),
});

export class Journal {
  readonly #folder: string;

  /** @param folder is made when the first entry is written */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(device: DeviceKey): Promise<JournalState> {
    const file = this.#file(device);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { kind: 'none' };
      throw hostFile(file, 'read', error);
    }
    const entry = parseEntry(text);
    if (entry && fileName(entry.device) === fileName(device)) return { kind: 'interrupted', entry };
    return { kind: 'damaged', movedTo: await setAside(file) };
  }

  /** All interrupted updates; damaged files are left for {@link read} to set aside. */
  async list(): Promise<readonly JournalEntry[]> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw hostFile(this.#folder, 'list', error);
    }
    const entries: JournalEntry[] = [];
    for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
      const entry = parseEntry(await readFile(join(this.#folder, name), 'utf8').catch(() => ''));
      if (entry) entries.push(entry);
    }
    return entries;
  }

  /** On disk, and not only on its way there, when the promise resolves. @throws host-file */
  async write(entry: JournalEntry): Promise<void> {
    const file = this.#file(entry.device);
    const stored: z.input<typeof storedEntry> = {
      version: VERSION,
      device: {
        path: entry.device.path,
        ...(entry.device.serial !== undefined && { serial: entry.device.serial }),
      },
      image: entry.image,
      name: entry.name,
      started: entry.started,
      preserved: entry.preserved.map(({ address, bytes }) => ({
        address,
        bytes: Buffer.from(bytes).toString('base64'),
      })),
    };
    await replaceFile(diskFiles, file, `${JSON.stringify(stored)}\n`);
  }

  /** The update is finished or was dropped. @throws host-file */
  async remove(device: DeviceKey): Promise<void> {
    const file = this.#file(device);
    try {
      await rm(file, { force: true });
    } catch (error) {
      throw hostFile(file, 'remove', error);
    }
  }

  #file(device: DeviceKey): string {
    return join(this.#folder, fileName(device));
  }
}

/** SHA-256 over each range's address, length and bytes: two images are the same if they write the same. */
export function imageHash(image: FirmwareImage): string {
  const hash = createHash('sha256');
  for (const { address, bytes } of image.ranges) {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, address, true);
    head.setUint32(4, bytes.length, true);
    hash.update(new Uint8Array(head.buffer)).update(bytes);
  }
  return hash.digest('hex');
}

/** Serials come from a device and may hold anything: their hash is a safe file name, the port path a readable one. */
function fileName({ path, serial }: DeviceKey): string {
  const digest = createHash('sha256')
    .update(serial ?? '')
    .digest('hex')
    .slice(0, 16);
  return `${path.replace(/[^0-9A-Za-z.-]/g, '_')}_${digest}.json`;
}

function parseEntry(text: string): JournalEntry | undefined {
  try {
    const { device, preserved, image, name, started } = storedEntry.parse(JSON.parse(text));
    return {
      device: { path: device.path, serial: device.serial },
      image,
      name,
      started,
      preserved: FirmwareImage.from(
        preserved.map(({ address, bytes }) => ({
          address,
          bytes: new Uint8Array(Buffer.from(bytes, 'base64')),
        })),
      ).ranges,
    };
  } catch {
    // Torn, of another version, or no journal at all: the caller treats all three alike.
    return undefined;
  }
}

async function setAside(file: string): Promise<string> {
  const movedTo = `${file}.damaged`;
  try {
    await rename(file, movedTo);
  } catch (error) {
    throw hostFile(file, 'set aside', error);
  }
  return movedTo;
}

function hostFile(path: string, operation: string, cause: unknown): StepwiseError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation, detail }, { cause });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
