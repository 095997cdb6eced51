/**
 * A copy of the firmware of each update that has begun, so that an interrupted one can be continued after the program
 * was ended, whatever became of the file or the release. One file per firmware, gone as soon as no update needs it.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { release as releaseSchema, type Release } from '../../shared/release.ts';
import { diskFiles, replaceFile } from '../files/files.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { imageHash, type JournalEntry } from '../flash/journal.ts';
import type { ShelvedFirmware } from './firmware-shelf.ts';

/** What a copy says of the firmware besides its bytes. */
export interface KeptFirmware {
  readonly image: FirmwareImage;
  readonly name: string;
  readonly version: string | undefined;
  readonly format: string;
  /** What its maker signed of it. */
  readonly release: Release | undefined;
}

const usbId = z.int().min(0).max(0xffff).optional();
const stored = z.object({
  name: z.string(),
  version: z.string().optional(),
  format: z.string(),
  release: releaseSchema.optional(),
  target: z.object({ vendorId: usbId, productId: usbId }),
  ranges: z.array(z.object({ address: z.int().min(0).max(0xffff_ffff), bytes: z.base64() })),
});

/** Hexadecimal digits of a SHA-256. */
const HASH_LENGTH = 64;

export class FirmwareKeep {
  readonly #folder: string;
  /** Of updates that are under way. */
  readonly #inUse = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** On disk when the promise resolves. @throws host-file */
  async keep({ card, image, release }: ShelvedFirmware): Promise<void> {
    const hash = imageHash(image);
    const { vendorId, productId } = image.target;
    const content: z.input<typeof stored> = {
      name: card.name,
      version: card.version,
      format: card.format,
      release,
      target: { vendorId, productId },
      ranges: image.ranges.map(({ address, bytes }) => ({
        address,
        bytes: Buffer.from(bytes).toString('base64'),
      })),
    };
    this.#inUse.add(hash);
    await replaceFile(diskFiles, this.#file(hash), JSON.stringify(content));
  }

  /** The copy of this firmware; undefined where there is none that can be read and has the right content. */
  async find(hash: string): Promise<KeptFirmware | undefined> {
    try {
      const { name, version, format, release, target, ranges } = stored.parse(
        JSON.parse(await readFile(this.#file(hash), 'utf8')),
      );
      const { vendorId, productId } = target;
      const image = FirmwareImage.from(
        ranges.map(({ address, bytes }) => ({
          address,
          bytes: new Uint8Array(Buffer.from(bytes, 'base64')),
        })),
        { ...(vendorId !== undefined && { vendorId }), ...(productId !== undefined && { productId }) },
      );
      return imageHash(image) === hash ? { image, name, version, format, release } : undefined;
    } catch {
      // Torn or gone: the update is continued with the firmware itself then, which the person chooses again.
      return undefined;
    }
  }

  /** The update with this firmware is over, however it ended. */
  release(image: FirmwareImage): void {
    this.#inUse.delete(imageHash(image));
  }

  /** Removes what no update needs: neither one that is under way nor one of these. */
  async tidy(interrupted: readonly JournalEntry[]): Promise<void> {
    const needed = new Set([...this.#inUse, ...interrupted.map(({ image }) => image)]);
    const names = await readdir(this.#folder).catch(() => []);
    // By the beginning of the name: a copy that is just being written has more behind it.
    const unneeded = names.filter((name) => !needed.has(name.slice(0, HASH_LENGTH)));
    await Promise.all(unneeded.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  #file(hash: string): string {
    return join(this.#folder, `${hash}.json`);
  }
}
