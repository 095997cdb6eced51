/** Virtual devices, where there are any: a screen plugs them in and out as a hand would. */
import { StepwiseError } from '../../shared/failure.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import type { DemoDesk } from './surroundings.ts';

type DemoHandlers = Pick<
  Handlers,
  'demo.catalogue' | 'demo.plug' | 'demo.faults' | 'demo.unplug' | 'demo.replug'
>;

export function demoHandlers({ surroundings }: House): DemoHandlers {
  const desk = (): DemoDesk => {
    if (surroundings.demo) return surroundings.demo;
    throw new StepwiseError('not-allowed', { what: 'virtual devices, where devices are real' });
  };
  return {
    'demo.catalogue': () => desk().catalogue,
    'demo.faults': () => desk().faults,
    'demo.plug': ({ device, fault }) => ({ path: desk().plug(device, fault) }),
    'demo.unplug': ({ path }) => {
      desk().unplug(path);
      return null;
    },
    'demo.replug': async ({ path, boot0 }) => {
      await desk().replug(path, boot0);
      return null;
    },
  };
}
