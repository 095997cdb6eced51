import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When anything in these files and folders was changed last, in milliseconds since 1970; 0 where there is nothing. */
export function newest(paths: readonly string[], passedOver: readonly string[] = []): number {
  return Math.max(0, ...paths.map((path) => newestIn(path, passedOver)));
}

function newestIn(path: string, passedOver: readonly string[]): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = readdirSync(path).filter((name) => !passedOver.includes(name));
  return newest(
    names.map((name) => join(path, name)),
    passedOver,
  );
}
