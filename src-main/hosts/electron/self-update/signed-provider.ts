/**
 * Where electron-updater learns what there is: not from a server that says so, but from what the maker's keys signed and
 * was chosen from it. It asks nothing of any network.
 */
import { Provider, type ResolvedUpdateFileInfo, type UpdateInfo } from 'electron-updater';
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js';
import type { CatalogApplication } from '../../../catalog/choose-application.ts';

/** Its file's name counts; what is fetched, and from where, is not decided by it. */
const NAMING = 'https://signed.invalid/';

/** @param chosen what is to be installed next */
export function signedProvider(chosen: () => CatalogApplication) {
  return class extends Provider<UpdateInfo> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime);
    }

    getLatestVersion(): Promise<UpdateInfo> {
      return Promise.resolve(updateInfo(chosen()));
    }

    resolveFiles({ files }: UpdateInfo): ResolvedUpdateFileInfo[] {
      return files.map((info) => ({ url: new URL(info.url, NAMING), info }));
    }
  };
}

function updateInfo({ target, bytes, release }: CatalogApplication): UpdateInfo {
  const { version, sha512, released } = release;
  const url = target.slice(target.lastIndexOf('/') + 1);
  // Its type asks for old names of the same as well, which nothing reads where there are files.
  return { version, releaseDate: released, files: [{ url, sha512, size: bytes }] } as unknown as UpdateInfo;
}
