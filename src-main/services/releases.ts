/** The maker's releases, as screens see them: what each would be for a device, fetched when somebody wants it. */
import { createHash } from 'node:crypto';
import type { CatalogState, FetchProgress } from '../../shared/catalog.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { Firmware } from '../../shared/firmware.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { Channel } from '../../shared/settings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { chooseReleases, type CatalogRelease, type Choice, type Recipient } from '../catalog/choose.ts';
import { knownReleases, type KnownRelease } from '../catalog/known-images.ts';
import { releaseImage } from '../catalog/release-image.ts';
import type { FirmwareCard, FirmwareShelf, ShelvedFirmware } from './firmware-shelf.ts';

/** A device, as far as it decides about releases. */
export interface ReleaseTarget {
  readonly line: ProductLine | undefined;
  /** Absent while it runs its application. */
  readonly identity?: DeviceIdentity;
  readonly version: string | undefined;
}

export interface ReleasesOptions {
  /** Absent where the product has none. */
  readonly catalog: Catalog | undefined;
  readonly shelf: FirmwareShelf;
  readonly channel: () => Channel;
  readonly appVersion: string;
  /** Oldest version of the application that may update devices, where the repository asks for one. */
  readonly oldestApp: () => string | undefined;
  readonly installation: string;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
}

const NO_CATALOG: CatalogState = { freshness: 'none', checking: false };

export class Releases {
  readonly #options: ReleasesOptions;

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  get state(): CatalogState {
    return this.#options.catalog?.state ?? NO_CATALOG;
  }

  /** Never rejects: what went wrong is in the state. */
  async check(): Promise<CatalogState> {
    return (await this.#options.catalog?.check()) ?? NO_CATALOG;
  }

  /** For this device, best first; refused ones with their reason behind the others. @throws host-file */
  async listed(device: ReleaseTarget): Promise<readonly Firmware[]> {
    return Promise.all(this.#choices(device).map((choice) => this.#listed(choice)));
  }

  /** What flash may hold, by what is signed; nothing is fetched for it. */
  async known(): Promise<readonly KnownRelease[]> {
    const { catalog } = this.#options;
    return catalog ? knownReleases(catalog) : [];
  }

  /** By what is signed of it now. @throws release-refused; no-release where it is not offered any more */
  checkFit({ card, release }: ShelvedFirmware, device: ReleaseTarget): void {
    if (!release || card.source !== 'release') return;
    const choice = this.#choices(device).find(({ offered }) => idOf(offered) === card.id);
    if (!choice) throw new StepwiseError('no-release', { wanted: `version ${release.version}` });
    if (choice.refusal) throw new StepwiseError('release-refused', choice.refusal);
  }

  /** Verified, read, and on the shelf. @throws not-found; what prevented it from being fetched; bad-file */
  async fetch(id: string, options: FetchOptions = {}): Promise<ShelvedFirmware> {
    const { catalog, shelf } = this.#options;
    const offered = catalog?.releases.find((each) => idOf(each) === id);
    if (!catalog || !offered) throw new StepwiseError('not-found', { what: `the release ${id}` });
    const bytes = await catalog.fetch(offered.target, options);
    const { release } = offered;
    return shelf.put(releaseImage(release, bytes), cardOf(offered), release);
  }

  #choices({ line, identity, version }: ReleaseTarget): readonly Choice[] {
    const { catalog, channel, appVersion, oldestApp, installation } = this.#options;
    const mayDowngrade = line?.policy.downgrade ?? false;
    const recipient: Recipient = { product: line?.id, identity, version, mayDowngrade };
    return chooseReleases(catalog?.releases ?? [], recipient, {
      channel: channel(),
      appVersion,
      oldestApp: oldestApp(),
      installation,
    });
  }

  async #listed({ offered, refusal, early }: Choice): Promise<Firmware> {
    const { catalog, shelf } = this.#options;
    const card = cardOf(offered);
    const here = shelf.find(card.id);
    const away = !here && !(await catalog?.isHere(offered.target));
    return {
      ...card,
      bytes: here?.image.size ?? offered.bytes,
      recommended: false,
      ...(away && { away }),
      ...(early && { early }),
      ...(refusal && { refusal: new StepwiseError('release-refused', refusal).failure }),
    };
  }
}

function cardOf(offered: CatalogRelease): FirmwareCard {
  const { name, version, channel, released, notes, format } = offered.release;
  return { id: idOf(offered), source: 'release', name, version, channel, released, notes, format };
}

/** Of the same length and letters whatever the maker called it. */
function idOf({ target }: CatalogRelease): string {
  return `release-${createHash('sha256').update(target).digest('hex').slice(0, 32)}`;
}
