/** In what condition something left the device: said after every failure that may have touched it. */
import type { DeviceCondition, Failure, Phase } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import type { Situation } from './explained.ts';
import { sentences } from './sentences.ts';

function conditionWords(
  condition: DeviceCondition,
  { expert, phase }: Pick<Situation, 'expert'> & { readonly phase?: Phase | undefined },
): string {
  switch (condition) {
    case 'untouched':
      return m.failures_condition_untouched();
    case 'incomplete':
      return phase === 'unprotect'
        ? sentences(m.failures_condition_erased(), unharmed(expert))
        : sentences(unharmed(expert), m.failures_condition_finish());
    case 'complete':
      return expert ? m.failures_condition_complete_expert() : m.failures_condition_complete();
  }
}

/** What is told beside the reason of a failure; undefined where nobody has to be afraid for the device. */
export function afterwards(failure: Failure, expert: boolean): string | undefined {
  const condition = conditionOf(failure);
  if (condition !== undefined) return conditionWords(condition, { expert, phase: failure.phase });
  return isFrightening(failure) ? unharmed(expert) : undefined;
}

export function conditionOf(failure: Failure): DeviceCondition | undefined {
  return failure.code === 'cancelled' ? failure.facts.condition : failure.condition;
}

function unharmed(expert: boolean): string {
  return expert ? m.failures_condition_safe_expert() : m.failures_condition_safe();
}

const TOUCHING: readonly (Phase | undefined)[] = ['erase', 'write', 'verify', 'leave', 'unprotect'];

function isFrightening({ code, phase }: Failure): boolean {
  return (
    TOUCHING.includes(phase) ||
    code === 'disconnected' ||
    code === 'stuck-busy' ||
    code === 'did-not-return' ||
    code === 'host-gone'
  );
}
