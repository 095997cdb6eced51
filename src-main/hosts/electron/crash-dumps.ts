import type { CrashReporter } from 'electron';

/**
 * Dumps of processes that crash stay in the folder for state and go nowhere: the file for support lists them, and has
 * them in it only where the person wants that. To be called before Electron is ready, and after its folder is set.
 */
export function keepCrashDumps(crashReporter: Pick<CrashReporter, 'start'>): void {
  crashReporter.start({ uploadToServer: false });
}
