/** polkit asks the person for an administrator's password and then runs one program (pkexec(1)). */
import type { Mended } from '../../../../shared/host-check.ts';
import type { Computer } from '../computer.ts';
import { INSTALL_RULE } from './udev-rule.ts';

/** Milliseconds a person may look for a password. */
const PATIENCE_MS = 5 * 60_000;
/** pkexec(1): the question was closed; no authorisation, or nobody who could ask for it. */
const DISMISSED = 126;
const NOT_AUTHORISED = 127;

/** It is there, and there is a screen on which it could ask. */
export async function canAsk(computer: Computer): Promise<boolean> {
  const { DISPLAY, WAYLAND_DISPLAY } = computer.environment;
  if (!DISPLAY && !WAYLAND_DISPLAY) return false;
  const ran = await computer.run('pkexec', ['--version']);
  return ran.kind === 'ended' && ran.code === 0;
}

/** @returns undefined when the rule is installed; whether it has an effect is for the device to show */
export async function installRule(
  computer: Computer,
  rule: string,
): Promise<Exclude<Mended, { readonly outcome: 'usable' | 'replug' }> | undefined> {
  if (!(await canAsk(computer))) return { outcome: 'unavailable' };
  // Its own agent would ask in a terminal that nobody looks at.
  const args = ['--disable-internal-agent', ...INSTALL_RULE];
  const ran = await computer.run('pkexec', args, { input: rule, patience: PATIENCE_MS });
  if (ran.kind === 'absent') return { outcome: 'unavailable' };
  if (ran.kind === 'silent') return { outcome: 'cancelled' };
  switch (ran.code) {
    case 0:
      return undefined;
    case DISMISSED:
      return { outcome: 'cancelled' };
    case NOT_AUTHORISED:
      return { outcome: 'not-authorised' };
    default:
      return { outcome: 'failed', detail: ran.err.trim() };
  }
}
