/** What was being done, as a clause for "The connection ended …". */
import type { Phase } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import type { Circumstances } from './explained.ts';

type Clause = () => string;

const WHILE: Readonly<Record<Phase, Clause>> = {
  'read-file': m.failures_while_read_file,
  find: m.failures_while_find,
  identify: m.failures_while_identify,
  plan: m.failures_while_plan,
  compare: m.failures_while_compare,
  erase: m.failures_while_erase,
  write: m.failures_while_write,
  verify: m.failures_while_verify,
  leave: m.failures_while_leave,
  unprotect: m.failures_while_unprotect,
  'enter-bootloader': m.failures_while_enter,
  read: m.failures_while_read,
  replay: m.failures_while_replay,
};

/** Where the field has its own words. */
const IN_THE_FIELD: Partial<Record<Phase, Clause>> = {
  compare: m.failures_while_compare_expert,
  erase: m.failures_while_erase_expert,
  write: m.failures_while_write_expert,
  verify: m.failures_while_verify_expert,
  leave: m.failures_while_leave_expert,
  'enter-bootloader': m.failures_while_enter_expert,
};

export function phaseClause({ phase, expert }: Pick<Circumstances, 'phase' | 'expert'>): string {
  if (phase === undefined) return m.failures_while_unknown();
  const inTheField = expert ? IN_THE_FIELD[phase] : undefined;
  return (inTheField ?? WHILE[phase])();
}
