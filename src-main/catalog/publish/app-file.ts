/** A file of the application on its way into the repository: is it of the kind its name says? */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { StepwiseError } from '../../../shared/failure.ts';
import type { AppPackage, AppRelease } from '../../../shared/release.ts';

interface Kind {
  readonly package: AppPackage;
  /** As it is written in the repository. */
  readonly extension: string;
  /** What every file of this kind has at this offset. */
  readonly magic: string;
  readonly offset?: number;
}

/** By extension. Microsoft PE format; APPNOTE.TXT 4.3.7; AppImage type 2; deb(5); RPM lead. */
const KINDS: Readonly<Record<string, Kind>> = {
  '.exe': { package: 'nsis', extension: 'exe', magic: 'MZ' },
  '.zip': { package: 'zip', extension: 'zip', magic: 'PK\x03\x04' },
  '.appimage': { package: 'appimage', extension: 'AppImage', magic: 'AI\x02', offset: 8 },
  '.deb': { package: 'deb', extension: 'deb', magic: '!<arch>\n' },
  '.rpm': { package: 'rpm', extension: 'rpm', magic: '\xed\xab\xee\xdb' },
};

export interface AppFile extends Pick<Kind, 'package' | 'extension'> {
  readonly bytes: Uint8Array;
  /** In base64. */
  readonly sha512: string;
}

/** @throws usage where it is nothing an application is installed from; host-file */
export async function readAppFile(path: string): Promise<AppFile> {
  const kind = KINDS[extname(path).toLowerCase()];
  if (!kind)
    throw usage(`An application comes as .exe, .zip, .AppImage, .deb or .rpm, and ${path} is none of these.`);
  const bytes = await readFile(path).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
  });
  const { magic, offset = 0 } = kind;
  if (bytes.subarray(offset, offset + magic.length).toString('latin1') !== magic)
    throw usage(`The file ${path} is not what its name says: it is no ${kind.extension}.`);
  const sha512 = createHash('sha512').update(bytes).digest('base64');
  return { package: kind.package, extension: kind.extension, bytes, sha512 };
}

/** Name of the target; version, system and processor stand in it, so that no other file ever takes its place. */
export function appTargetPath(
  stem: string,
  { version, platform, arch }: Pick<AppRelease, 'version' | 'platform' | 'arch'>,
  { extension }: Pick<AppFile, 'extension'>,
): string {
  return `app/${stem}-${version}-${platform}-${arch}.${extension}`;
}

function usage(problem: string): StepwiseError {
  return new StepwiseError('usage', { problem });
}
