/** How the program replaces itself: the port behind which the host's way of doing that stands. */
import type { CatalogApplication, InstalledAs } from '../catalog/choose-application.ts';

/** Brings the file of the application to this path, verified; resumes what came before. @throws StepwiseError */
export type Bring = (path: string) => Promise<void>;

export interface SelfUpdater {
  readonly installedAs: InstalledAs;
  /** Fetches it and makes ready what can be; nothing is installed by it. @throws StepwiseError */
  prepare(application: CatalogApplication, bring: Bring): Promise<void>;
  /** Whether what is prepared is installed when the program ends. Not before somebody says so. */
  atQuit(installs: boolean): void;
  /**
   * Verifies what is prepared once more, then ends the program, installs, and starts the new one.
   * @throws StepwiseError where it cannot be; the program goes on then
   */
  installNow(): Promise<void>;
  /** There is nothing to install any more: what was fetched is removed. Never rejects. */
  forget(): Promise<void>;
}
