/**
 * Which release of this application an installation should have next, and how old one may be that updates devices.
 * Decided here, by what the maker signed, as with firmware. Pure: nothing is fetched.
 */
import type { AppArch, AppPackage, AppRelease } from '../../shared/release.ts';
import type { Channel } from '../../shared/settings.ts';
import { CHANNELS_OF, isTurnOf } from './choose.ts';
import type { SignedFile } from './signed-file.ts';
import { compareVersions } from './versions.ts';

export interface CatalogApplication extends SignedFile {
  readonly release: AppRelease;
}

/** This application as it is here. */
export interface Installation {
  readonly version: string;
  /** As Node calls it. */
  readonly platform: string;
  readonly channel: Channel;
  /** Drawn once for each installation and kept: it decides when its turn is in a staged roll-out. */
  readonly installation: string;
}

/** How it was installed. */
export interface InstalledAs {
  readonly arch: Exclude<AppArch, 'universal'>;
  readonly package: AppPackage;
}

/** The newest that is newer than this one, for this system, processor and kind of package; undefined where there is none. */
export function chooseApplication(
  applications: readonly CatalogApplication[],
  here: Installation & InstalledAs,
): CatalogApplication | undefined {
  return offeredTo(applications, here)
    .filter(({ release }) => release.package === here.package)
    .filter(({ release }) => release.arch === 'universal' || release.arch === here.arch)
    .filter(({ release }) => compareVersions(release.version, here.version) > 0)
    .toSorted((a, b) => compareVersions(b.release.version, a.release.version))[0];
}

/** The oldest version that may update devices; undefined where any may. It binds whoever is offered the release that says so. */
export function oldestAllowed(
  applications: readonly CatalogApplication[],
  here: Installation,
): string | undefined {
  return offeredTo(applications, here)
    .flatMap(({ release: { minimum } }) => (minimum === undefined ? [] : [minimum]))
    .toSorted(compareVersions)
    .at(-1);
}

function offeredTo(
  applications: readonly CatalogApplication[],
  { platform, channel, installation }: Installation,
): readonly CatalogApplication[] {
  return applications.filter(
    (each) =>
      each.release.platform === platform &&
      each.release.withdrawn === undefined &&
      CHANNELS_OF[channel].includes(each.release.channel) &&
      isTurnOf(installation, each),
  );
}
