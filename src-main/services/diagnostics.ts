/** What can be found out about a device and about this computer. */
import { StepwiseError } from '../../shared/failure.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';

type DiagnosticHandlers = Pick<
  Handlers,
  'diagnose.identity' | 'diagnose.survey' | 'diagnose.link' | 'diagnose.options' | 'diagnose.host'
>;

export function diagnosticHandlers({ devices }: House): DiagnosticHandlers {
  const later = (): never => {
    throw new StepwiseError('not-supported', { what: 'this diagnosis' });
  };
  return {
    'diagnose.identity': async ({ path }) => {
      await devices.look(path);
      return (await devices.ready(path)).identity;
    },
    'diagnose.survey': later,
    'diagnose.link': later,
    'diagnose.options': later,
    'diagnose.host': later,
  };
}
