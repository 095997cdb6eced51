/** As what this program was installed, and so which releases of it can take its place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstalledAs } from '../../../catalog/choose-application.ts';

export interface InstallationPlace {
  readonly platform: string;
  /** As Node calls it. */
  readonly arch: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Electron's folder of resources. */
  readonly resources: string;
}

/** Undefined where it is no package of ours: an unpacked folder, a store's package, another processor. */
export function installedAs(place: InstallationPlace): InstalledAs | undefined {
  const { arch } = place;
  if (arch !== 'x64' && arch !== 'arm64') return undefined;
  const kind = packageOf(place);
  return kind && { arch, package: kind };
}

function packageOf({
  platform,
  environment,
  resources,
}: InstallationPlace): InstalledAs['package'] | undefined {
  switch (platform) {
    case 'win32':
      return 'nsis';
    case 'darwin':
      return 'zip';
    case 'linux':
      return environment['APPIMAGE'] === undefined ? linuxPackage(resources) : 'appimage';
    default:
      return undefined;
  }
}

/** electron-builder writes it into its packages for Linux. */
function linuxPackage(resources: string): 'deb' | 'rpm' | undefined {
  try {
    const kind = readFileSync(join(resources, 'package-type'), 'utf8').trim();
    return kind === 'deb' || kind === 'rpm' ? kind : undefined;
  } catch {
    // There is none where it was not installed.
    return undefined;
  }
}
