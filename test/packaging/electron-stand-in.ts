/**
 * A folder that looks to electron-builder like Electron's runtime, where that is not to be had. Its programs run nothing;
 * they carry what packaging changes in the real ones: the wire of fuses, and on Windows the resources of the program.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** Marks the wire in every Electron: behind it stand version, length, and a character for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron 45 leaves the factory. */
const FACTORY_WIRE = '101100011';

const FUSES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeInspect',
  'asarIntegrity',
  'onlyLoadFromAsar',
  'browserSnapshot',
  'fileProtocolPrivileges',
] as const;

/** Chromium's words, two of them in languages that Stepwise does not speak. */
const LOCALES = ['de', 'en-GB', 'en-US', 'es', 'es-419', 'fr', 'ja', 'zh-CN', 'sv', 'ru'];

export async function makeElectronStandIn(folder: string, os: 'linux' | 'win' | 'mac'): Promise<void> {
  const files = { linux: linuxFiles, win: windowsFiles, mac: macFiles }[os]();
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o755 });
  }
}

/** What the fuses of a program are set to. */
export function fusesIn(program: Buffer): Readonly<Record<(typeof FUSES)[number], boolean>> {
  const at = program.indexOf(SENTINEL) + SENTINEL.length;
  if (at < SENTINEL.length) throw new Error('there is no wire of fuses in it');
  const wire = program.subarray(at + 2, at + 2 + (program[at + 1] ?? 0)).toString('latin1');
  return Object.fromEntries(FUSES.map((name, position) => [name, wire[position] === '1'])) as ReturnType<
    typeof fusesIn
  >;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

const wire = (): Buffer =>
  Buffer.concat([
    Buffer.from(SENTINEL),
    Buffer.from([1, FACTORY_WIRE.length]),
    Buffer.from(FACTORY_WIRE, 'latin1'),
    Buffer.alloc(16),
  ]);

const licences: Files = { LICENSE: 'of Electron', 'LICENSES.chromium.html': '<p>of Chromium</p>' };

function linuxFiles(): Files {
  return {
    ...licences,
    electron: Buffer.concat([Buffer.from('\x7fELF no program'), wire()]),
    'chrome-sandbox': '',
    ...paks(),
  };
}

function windowsFiles(): Files {
  return {
    ...licences,
    'electron.exe': windowsProgram(),
    'ffmpeg.dll': '',
    ...paks(),
  };
}

const paks = (): Files => Object.fromEntries(LOCALES.map((locale) => [`locales/${locale}.pak`, locale]));

/** An empty program with the version information that packaging looks for, and the wire behind it. */
function windowsProgram(): Buffer {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const version = Resource.VersionInfo.createEmpty();
  version.setFileVersion(45, 4, 1, 0, 1033);
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: 'Electron' });
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(program);
  return Buffer.concat([Buffer.from(program.generate()), wire()]);
}

function macFiles(): Files {
  const framework = 'Electron.app/Contents/Frameworks/Electron Framework.framework';
  const helper = 'Electron.app/Contents/Frameworks/Electron Helper.app/Contents';
  const lproj = (locale: string) => `${locale.replace('-', '_')}.lproj/locale.pak`;
  return {
    ...licences,
    'Electron.app/Contents/Info.plist': propertyList('Electron'),
    'Electron.app/Contents/MacOS/Electron': 'no program',
    [`${helper}/Info.plist`]: propertyList('Electron Helper'),
    [`${helper}/MacOS/Electron Helper`]: 'no program',
    [`${framework}/Electron Framework`]: wire(),
    ...Object.fromEntries(
      LOCALES.flatMap((locale) => [
        [`Electron.app/Contents/Resources/${lproj(locale)}`, locale],
        [`${framework}/Versions/A/Resources/${lproj(locale)}`, locale],
      ]),
    ),
  };
}

function propertyList(name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>${name}</string>
<key>CFBundleIdentifier</key><string>com.github.Electron</string>
<key>CFBundleIconFile</key><string>electron.icns</string>
</dict></plist>
`;
}
