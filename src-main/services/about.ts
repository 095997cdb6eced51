/** The application itself: what it is, what the person has set, and the few things outside that it opens. */
import { join } from 'node:path';
import type { OutsideName } from '../../shared/contract.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import type { Outside } from './surroundings.ts';

/** Where the logs lie in the state folder. */
export const LOGS_FOLDER = 'logs';

type AboutHandlers = Pick<
  Handlers,
  | 'app.about'
  | 'app.open'
  | 'app-update.state'
  | 'app-update.check'
  | 'app-update.retry'
  | 'app-update.install'
  | 'settings.change'
>;

export function aboutHandlers(house: House): AboutHandlers {
  const { surroundings, product, settings, appUpdate, announce } = house;
  const { version, versions, host, platform, demo, openOutside } = surroundings;
  return {
    'app.about': () => ({
      version,
      versions,
      host,
      platform: platformName(platform),
      demo: demo !== undefined,
      product,
      settings: settings.now,
      ...(settings.damage && { damagedSettings: settings.damage }),
    }),
    'app.open': async ({ what }) => {
      await openOutside(outside(house, what));
      return null;
    },
    'app-update.state': () => appUpdate.state,
    'app-update.check': () => appUpdate.check(),
    'app-update.retry': () => appUpdate.retry(),
    'app-update.install': ({ when }) => appUpdate.install(when),
    'settings.change': async ({ change }) => {
      try {
        return await settings.change(change);
      } finally {
        announce('settings', settings.now);
        appUpdate.reconsider();
      }
    },
  };
}

/** @throws not-supported where the maker gave no such address */
function outside({ product: { support, links = [] }, surroundings }: House, what: OutsideName): Outside {
  if (typeof what === 'object') {
    const link = links[what.page];
    if (!link) throw new StepwiseError('not-supported', { what: 'this link' });
    return { kind: 'address', url: link.url };
  }
  switch (what) {
    case 'logs-folder':
      return { kind: 'folder', path: join(surroundings.stateFolder, LOGS_FOLDER) };
    case 'support':
      if (support.url === undefined) throw new StepwiseError('not-supported', { what: 'a support page' });
      return { kind: 'address', url: support.url };
    case 'support-mail':
      if (support.email === undefined) throw new StepwiseError('not-supported', { what: 'support by mail' });
      return { kind: 'address', url: `mailto:${support.email}` };
  }
}

function platformName(platform: NodeJS.Platform): 'linux' | 'darwin' | 'win32' | 'other' {
  return platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other';
}
