/**
 * What a flash may hold, by what the maker has signed: of releases whose bytes are on this computer the image, of raw
 * ones the digest that is signed. Nothing is fetched for it.
 */
import { compareVersions } from './versions.ts';
import type { Catalog } from './catalog.ts';
import { releaseImage } from './release-image.ts';
import type { FirmwareImage } from '../firmware/image.ts';

export type KnownRelease = { readonly name: string; readonly version: string } & (
  | { readonly kind: 'image'; readonly image: FirmwareImage }
  | {
      readonly kind: 'digest';
      /** Of the first byte. */
      readonly address: number;
      /** How many there are. */
      readonly bytes: number;
      /** SHA-256 of them, in hexadecimal. */
      readonly sha256: string;
    }
);

/** The newest first. What cannot be read is left out: it is not needed for anything else. */
export async function knownReleases(catalog: Catalog): Promise<readonly KnownRelease[]> {
  const newestFirst = [...catalog.releases].sort((a, b) =>
    compareVersions(b.release.version, a.release.version),
  );
  const found = await Promise.all(
    newestFirst.map(async ({ target, release, bytes, sha256 }): Promise<readonly KnownRelease[]> => {
      const { name, version, format, address, policy } = release;
      try {
        if (await catalog.isHere(target))
          return [
            { name, version, kind: 'image', image: releaseImage(release, await catalog.fetch(target)) },
          ];
      } catch {
        return [];
      }
      // What is never changed may be anything: then the digest of the whole says nothing.
      if (format !== 'raw' || address === undefined || policy.preserve.length > 0) return [];
      return [{ name, version, kind: 'digest', address, bytes, sha256 }];
    }),
  );
  return found.flat();
}
