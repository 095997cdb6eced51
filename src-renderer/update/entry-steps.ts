/**
 * The steps into the bootloader, as far as the application can see them done: that the device was pulled (the first
 * step), and that its bootloader is there (all of them). What lies between, a button that is held, nobody can see.
 */
import type { Device } from '../../shared/device.ts';

/** What was seen since the steps are shown, last. */
export type Sighting = 'nothing-yet' | 'application' | 'gone' | 'bootloader';

export function sighting(before: Sighting, devices: readonly Device[]): Sighting {
  if (devices.some(({ state }) => state.kind === 'ready' || state.kind === 'working')) return 'bootloader';
  if (devices.length > 0) return 'application';
  return before === 'nothing-yet' ? 'nothing-yet' : 'gone';
}

export type StepState = 'done' | 'now' | 'to-come';

export function stepStates(count: number, seen: Sighting): readonly StepState[] {
  const done = { 'nothing-yet': 0, application: 0, gone: 1, bootloader: count }[seen];
  return Array.from({ length: count }, (_, step) =>
    step < done ? 'done' : step === done ? 'now' : 'to-come',
  );
}
