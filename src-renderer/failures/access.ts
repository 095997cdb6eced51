/** The system lets a program at a USB device, or it does not. Why, and what changes that, differs with the system. */
import * as m from '../paraglide/messages.js';
import type { Failure } from '../../shared/failure.ts';
import type { Explained, Wording } from './explained.ts';
import { advice, installDriver, installRule, replug, seeChecks, tryAgain } from './remedies.ts';
import { sentences, traces } from './sentences.ts';

type Access = 'no-permission' | 'no-driver' | 'busy';

/** This computer is in the way, and can tell more about it. */
export function isAccess({ code }: Failure): boolean {
  return code in accessWords;
}

export const accessWords: Wording<Access> = {
  'no-permission': ({ path }, { platform, expert }) => {
    const where = expert ? traces(path) : undefined;
    if (platform === 'linux') {
      return {
        title: m.failures_no_permission_linux_title(),
        why: sentences(m.failures_no_permission_linux_why(), where),
        now: [installRule(), seeChecks(), advice(m.failures_advice_rule()), tryAgain()],
      };
    }
    return {
      title: m.failures_no_permission_title(),
      why: sentences(m.failures_no_permission_why(), where),
      now: [
        advice(m.failures_advice_other_programs()),
        ...replug(),
        ...(platform === 'win32' ? [advice(m.failures_advice_windows_driver())] : []),
      ],
    };
  },
  'no-driver': ({ path }, { platform, expert }) =>
    platform === 'win32' ? windowsDriver(path, expert) : noWay(path, expert),
  busy: ({ path }, { expert }) => ({
    title: m.failures_busy_title(),
    why: sentences(m.failures_busy_why(), expert ? traces(path) : undefined),
    now: [advice(m.failures_advice_other_programs()), tryAgain()],
  }),
};

function windowsDriver(path: string, expert: boolean): Explained {
  return {
    title: m.failures_no_driver_windows_title(),
    why: expert
      ? sentences(m.failures_no_driver_windows_expert(), traces(path))
      : m.failures_no_driver_windows_why(),
    now: [
      installDriver(),
      seeChecks(),
      advice(m.failures_advice_windows_driver()),
      advice(m.failures_advice_windows_driver_back()),
      tryAgain(),
    ],
  };
}

function noWay(path: string, expert: boolean): Explained {
  return {
    title: m.failures_no_driver_title(),
    why: sentences(m.failures_no_driver_why(), expert ? traces(path) : undefined),
    now: [...replug(), advice(m.failures_advice_virtual_machine())],
  };
}
