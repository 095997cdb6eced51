/** Files that live as long as the program: for tests, and for many catalogs side by side. */
import { dirname } from 'node:path';
import type { Files } from './files.ts';

/** @param content what is there, by path; it can be looked at from outside */
export function memoryFiles(content = new Map<string, Uint8Array>()): Files {
  const done = Promise.resolve();
  return {
    read: (path) => Promise.resolve(content.get(path)),
    size: (path) => Promise.resolve(content.get(path)?.length),
    write: (path, bytes) => {
      content.set(path, Uint8Array.from(bytes));
      return done;
    },
    append: (path, bytes) => {
      content.set(path, Buffer.concat([content.get(path) ?? new Uint8Array(), bytes]));
      return done;
    },
    sync: () => done,
    rename: (from, to) => {
      const bytes = content.get(from);
      if (bytes) content.set(to, bytes);
      content.delete(from);
      return done;
    },
    remove: (path) => {
      content.delete(path);
      return done;
    },
    list: (folder) =>
      Promise.resolve(
        [...content.keys()]
          .filter((path) => dirname(path) === folder)
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      ),
    makeFolder: () => done,
  };
}
