/** Which room of the program imports from which, as their files do. Tests and what is generated do not count. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

const SOURCES = ['shared', 'src-main', 'src-renderer'];
const IS_SOURCE = /^(?!.*(\.test\.|\/test-host\.|\/paraglide\/)).*\.(ts|cts|svelte)$/;

/** The rooms that each room imports from, in the order of their names. */
export type Rooms = ReadonlyMap<string, readonly string[]>;

/** @param root folder of the repository */
export function roomsOf(root: string): Rooms {
  const rooms = new Map<string, Set<string>>();
  for (const file of SOURCES.flatMap((folder) => sourcesIn(root, folder))) {
    const from = roomOf(file);
    const imported = rooms.get(from) ?? new Set();
    rooms.set(from, imported);
    for (const { fileName } of ts.preProcessFile(readFileSync(`${root}/${file}`, 'utf8')).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const to = roomOf(posix.join(posix.dirname(file), fileName));
      if (to !== from) imported.add(to);
    }
  }
  return new Map([...rooms].sort().map(([room, imported]) => [room, [...imported].sort()]));
}

function sourcesIn(root: string, folder: string): readonly string[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => IS_SOURCE.test(path));
}

function roomOf(file: string): string {
  const [top = '', room = '', inside] = file.split('/');
  if (top !== 'src-main') return `${top}/`;
  return inside === undefined ? 'entry points' : room;
}
