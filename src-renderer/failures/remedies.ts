/** What a person can do about a failure. */
import * as m from '../paraglide/messages.js';
import type { Circumstances, Remedy } from './explained.ts';

export function advice(text: string): Remedy {
  return { kind: 'advice', text };
}

export function chooseOther(text: string): Remedy {
  return { kind: 'choose-other', text };
}

export function tryAgain(): Remedy {
  return { kind: 'try-again', text: m.failures_do_try_again() };
}

/** What was begun goes on; where nothing was, it is tried again. */
export function goOn({ condition, phase }: Circumstances): Remedy {
  return condition === 'incomplete' && phase !== 'unprotect'
    ? { kind: 'continue', text: m.failures_do_continue() }
    : tryAgain();
}

/** What to do, and the button that says it is done. */
export function replug(): readonly Remedy[] {
  return [advice(m.failures_advice_replug()), { kind: 'replug', text: m.failures_do_replug() }];
}

export function chooseFirmware(): Remedy {
  return chooseOther(m.failures_do_choose_firmware());
}

export function unlock(): Remedy {
  return { kind: 'unlock', text: m.failures_do_unlock() };
}

/** Offered where the program can do it by itself. */
export function installRule(): Remedy {
  return { kind: 'install-rule', text: m.host_install_rule() };
}

export function installDriver(): Remedy {
  return { kind: 'install-driver', text: m.host_install_driver() };
}

/** What this computer was found to lack, with what can be done by hand. */
export function seeChecks(): Remedy {
  return { kind: 'see-checks', text: m.failures_do_see_checks() };
}

export function updateApp(): Remedy {
  return { kind: 'update-app', text: m.failures_do_update_app() };
}

export function exportForSupport(): Remedy {
  return { kind: 'export', text: m.failures_do_export() };
}

export function support(): Remedy {
  return { kind: 'support', text: m.failures_do_support() };
}

export function otherCable(): Remedy {
  return advice(m.failures_advice_cable());
}

/** How a device comes into its bootloader. */
export function enterMode(expert: boolean): Remedy {
  return advice(
    expert
      ? m.failures_advice_enter_mode_expert()
      : m.failures_advice_enter_mode({ screen: m.frame_update() }),
  );
}
