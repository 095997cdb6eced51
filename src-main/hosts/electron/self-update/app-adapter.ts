/** The application as electron-updater wants to see it. Everything it keeps lies in one folder of ours. */
import { join } from 'node:path';
import type { App } from 'electron';
import type { AppAdapter } from 'electron-updater/out/AppAdapter.js';

export interface AdapterOptions {
  readonly app: Pick<App, 'getVersion' | 'getName' | 'isPackaged' | 'whenReady' | 'quit'>;
  /** Starts it anew when it has ended. */
  readonly relaunch: () => void;
  /** For downloads. */
  readonly folder: string;
  /** Electron's folder of resources; app-update.yml lies there. */
  readonly resources: string;
}

export function appAdapter({ app, relaunch, folder, resources }: AdapterOptions): AppAdapter {
  return {
    version: app.getVersion(),
    name: app.getName(),
    isPackaged: app.isPackaged,
    appUpdateConfigPath: join(resources, 'app-update.yml'),
    userDataPath: folder,
    baseCachePath: folder,
    whenReady: () => app.whenReady(),
    relaunch,
    quit: () => app.quit(),
    // Nothing is installed behind the back of whoever quits: see self-updater.ts.
    onQuit: () => undefined,
  };
}
