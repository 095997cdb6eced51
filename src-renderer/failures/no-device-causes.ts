/** Why no device shows itself, for the person who has waited a while: likely causes of this system, best first. */
import * as m from '../paraglide/messages.js';
import type { Situation } from './explained.ts';

export interface Cause {
  /** A statement without full stop. */
  readonly cause: string;
  /** How to find out, and what to do about it. */
  readonly check: string;
}

type Words = { readonly [K in keyof Cause]: () => string };

const MODE: Words = { cause: m.failures_cause_mode, check: m.failures_cause_mode_check };
const CABLE: Words = { cause: m.failures_cause_cable, check: m.failures_cause_cable_check };
const HUB: Words = { cause: m.failures_cause_hub, check: m.failures_cause_hub_check };
const POWER: Words = { cause: m.failures_cause_power, check: m.failures_cause_power_check };
const PROGRAM: Words = { cause: m.failures_cause_other_program, check: m.failures_cause_other_program_check };
const WIRED: Words = { cause: m.failures_cause_wired, check: m.failures_cause_wired_check };
const VIRTUAL: Words = {
  cause: m.failures_cause_virtual_machine,
  check: m.failures_cause_virtual_machine_check,
};
const DRIVER: Words = {
  cause: m.failures_cause_windows_driver,
  check: m.failures_cause_windows_driver_check,
};
const RIGHTS: Words = {
  cause: m.failures_cause_linux_rights,
  check: () => m.failures_cause_linux_rights_check({ screen: m.frame_diagnostics() }),
};
const ACCESSORY: Words = {
  cause: m.failures_cause_mac_accessory,
  check: m.failures_cause_mac_accessory_check,
};

const CAUSES: Readonly<Record<Situation['platform'], readonly Words[]>> = {
  linux: [MODE, CABLE, POWER, HUB, WIRED, VIRTUAL, RIGHTS],
  darwin: [MODE, CABLE, ACCESSORY, HUB, POWER, WIRED, VIRTUAL],
  win32: [MODE, DRIVER, CABLE, POWER, HUB, WIRED, PROGRAM, VIRTUAL],
  other: [MODE, CABLE, POWER, HUB, WIRED, PROGRAM],
};

export function noDeviceCauses(platform: Situation['platform']): readonly Cause[] {
  return CAUSES[platform].map(({ cause, check }) => ({ cause: cause(), check: check() }));
}
