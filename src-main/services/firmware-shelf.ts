/** The firmware this run of the program knows, by the name under which screens ask for it. */
import { StepwiseError } from '../../shared/failure.ts';
import type { Firmware } from '../../shared/firmware.ts';
import type { Release } from '../../shared/release.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { imageHash } from '../flash/journal.ts';

/** Firmware as the person sees it, before it was looked at for a particular device. */
export type FirmwareCard = Omit<Firmware, 'recommended' | 'refusal' | 'bytes'>;

export interface ShelvedFirmware {
  readonly card: FirmwareCard;
  readonly image: FirmwareImage;
  /** What its maker says of it and has signed; absent where nobody has. */
  readonly release?: Release | undefined;
}

/** Images of one source that are kept in memory. */
const MOST_IMAGES = 16;

export class FirmwareShelf {
  /** In the order in which they came. */
  readonly #shelved = new Map<string, ShelvedFirmware>();

  /** Firmware without a name gets one by its source and content: it is the same, however often it comes. */
  put(
    image: FirmwareImage,
    card: Omit<FirmwareCard, 'id'> & { id?: string },
    release?: Release,
  ): ShelvedFirmware {
    const { id = `${card.source}-${imageHash(image).slice(0, 32)}` } = card;
    const shelved = { image, release, card: { ...card, id } };
    this.#shelved.delete(id);
    this.#shelved.set(id, shelved);
    const [oldest, ...others] = this.from(card.source);
    if (oldest && others.length >= MOST_IMAGES) this.#shelved.delete(oldest.card.id);
    return shelved;
  }

  find(id: string): ShelvedFirmware | undefined {
    return this.#shelved.get(id);
  }

  /** @throws not-found */
  get(id: string): ShelvedFirmware {
    const shelved = this.find(id);
    if (!shelved) throw new StepwiseError('not-found', { what: `the firmware ${id}` });
    return shelved;
  }

  from(source: Firmware['source']): readonly ShelvedFirmware[] {
    return [...this.#shelved.values()].filter(({ card }) => card.source === source);
  }
}
