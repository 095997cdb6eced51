/** The firmware this run of the program knows, by the name under which screens ask for it. */
import { StepwiseError } from '../../shared/failure.ts';
import type { Firmware } from '../../shared/firmware.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { imageHash } from '../flash/journal.ts';

/** Firmware as the person sees it, before it was looked at for a particular device. */
export type FirmwareCard = Omit<Firmware, 'recommended' | 'refusal' | 'bytes'>;

export interface ShelvedFirmware {
  readonly card: FirmwareCard;
  readonly image: FirmwareImage;
  /** Nobody has signed it. */
  readonly unsigned: boolean;
}

/** Files somebody added that are kept in memory. */
const MOST_FILES = 16;

export class FirmwareShelf {
  /** In the order in which they came. */
  readonly #shelved = new Map<string, ShelvedFirmware>();

  /** Firmware of the same source and content has one name, however often it comes. */
  put(image: FirmwareImage, card: Omit<FirmwareCard, 'id'>, unsigned: boolean): ShelvedFirmware {
    const id = `${card.source}-${imageHash(image).slice(0, 32)}`;
    const shelved = { image, unsigned, card: { ...card, id } };
    this.#shelved.delete(id);
    this.#shelved.set(id, shelved);
    const [oldest, ...others] = this.from('file');
    if (oldest && others.length >= MOST_FILES) this.#shelved.delete(oldest.card.id);
    return shelved;
  }

  /** @throws not-found */
  get(id: string): ShelvedFirmware {
    const shelved = this.#shelved.get(id);
    if (!shelved) throw new StepwiseError('not-found', { what: `the firmware ${id}` });
    return shelved;
  }

  from(source: Firmware['source']): readonly ShelvedFirmware[] {
    return [...this.#shelved.values()].filter(({ card }) => card.source === source);
  }
}
