/** Where Stepwise keeps what it must remember between two runs: interrupted updates, with the bytes they saved. */
import { join } from 'node:path';
import type { Surroundings } from './surroundings.ts';

export function stateFolder({
  environment,
  platform,
  homeFolder,
}: Pick<Surroundings, 'environment' | 'platform' | 'homeFolder'>): string {
  const { STEPWISE_STATE, XDG_STATE_HOME, LOCALAPPDATA } = environment;
  if (STEPWISE_STATE) return STEPWISE_STATE;
  switch (platform) {
    case 'darwin':
      return join(homeFolder, 'Library', 'Application Support', 'stepwise');
    case 'win32':
      return join(LOCALAPPDATA || join(homeFolder, 'AppData', 'Local'), 'stepwise');
    default:
      return join(XDG_STATE_HOME || join(homeFolder, '.local', 'state'), 'stepwise');
  }
}
