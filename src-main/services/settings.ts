/** What the person has chosen, in a file. One that cannot be read is set aside, and the defaults hold. */
import { readdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Settings as Values } from '../../shared/settings.ts';
import { diskFiles, replaceFile } from '../files/files.ts';
import type { Log } from '../log/log.ts';
import {
  NO_SETTINGS_FILE,
  readSettingsFile,
  settingsText,
  withoutUndefined,
  withSettings,
  type SettingsFile,
} from './settings-file.ts';

const FILE = 'settings.json';

/** The file could not be read. */
export interface SettingsDamage {
  /** Where it lies now; absent where it could not be set aside. */
  readonly keptAt?: string;
}

export class Settings {
  readonly #folder: string;
  /** Of the file that was there when the program started. */
  readonly damage: SettingsDamage | undefined;
  #file: SettingsFile;
  /** Writes one after the other: the last one counts. */
  #written: Promise<void> = Promise.resolve();

  private constructor(folder: string, { file, damage }: Found) {
    this.#folder = folder;
    this.#file = file;
    this.damage = damage;
  }

  /** Never rejects: without settings there are the defaults. */
  static async open(folder: string, log: Log): Promise<Settings> {
    return new Settings(folder, await read(join(folder, FILE), log));
  }

  get now(): Values {
    return this.#file.values;
  }

  /** On disk when the promise resolves. @throws host-file; the change holds in this run all the same */
  async change(change: { readonly [K in keyof Values]?: Values[K] | undefined }): Promise<Values> {
    this.#file = withSettings(this.#file, withoutUndefined(change));
    const content = settingsText(this.#file);
    const writing = this.#written.then(() => replaceFile(diskFiles, join(this.#folder, FILE), content));
    this.#written = writing.catch(() => undefined);
    await writing;
    return this.now;
  }
}

interface Found {
  readonly file: SettingsFile;
  readonly damage?: SettingsDamage;
}

async function read(path: string, log: Log): Promise<Found> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // There are none before the first change; where they may not be read, the change that is not kept says so.
    return { file: NO_SETTINGS_FILE };
  }
  try {
    return { file: readSettingsFile(text) };
  } catch {
    const keptAt = await setAside(path);
    const where = keptAt === undefined ? 'they cannot be set aside either' : `they lie now at ${keptAt}`;
    log.write('warn', 'settings', `the settings cannot be read, the defaults hold; ${where}`);
    return { file: NO_SETTINGS_FILE, damage: keptAt === undefined ? {} : { keptAt } };
  }
}

/** Beside it, over nothing that was set aside before. @returns where; undefined where it cannot be */
async function setAside(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  const taken = names.filter((name) => name.startsWith(`${basename(path)}.damaged`)).length;
  const aside = taken === 0 ? `${path}.damaged` : `${path}.damaged-${taken + 1}`;
  return rename(path, aside).then(
    () => aside,
    () => undefined,
  );
}
