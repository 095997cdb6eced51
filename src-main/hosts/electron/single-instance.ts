/** One program for all devices: a second one would want the same ones. What it was started with goes to the first. */
import type { App } from 'electron';

/**
 * @param onSecond the program was started again, with these arguments in this folder
 * @returns false where another one runs already: this one is to end
 */
export function isFirstInstance(
  app: App,
  onSecond: (args: readonly string[], folder: string) => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, args, folder) => {
    onSecond(args, folder);
  });
  return true;
}
