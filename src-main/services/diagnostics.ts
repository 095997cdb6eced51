/** What can be found out about a device and about this computer. Whoever looks has the device for himself meanwhile. */
import { withDevice, type Connected } from '../update/connect.ts';
import type { JobOptions } from '../update/job.ts';
import { measureLink } from '../update/link-job.ts';
import { possibleFamilies, readOptionBytes } from '../update/options-job.ts';
import { surveyFlash } from '../update/survey-job.ts';
import type { UsbDevice } from '../usb/port.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';

type DiagnosticHandlers = Pick<
  Handlers,
  'diagnose.identity' | 'diagnose.survey' | 'diagnose.link' | 'diagnose.options'
>;

/** Nobody is asked to plug anything in for a look. */
const LIMITS = { replugPatience: 0, recoveries: 12 };

export function diagnosticHandlers(house: House): DiagnosticHandlers {
  const { devices, surroundings } = house;
  const { clock } = surroundings;
  return {
    'diagnose.identity': async ({ path }) => {
      await devices.look(path);
      return (await devices.ready(path)).identity;
    },
    'diagnose.survey': ({ path }, { signal, progress }) =>
      connected(house, path, signal, (open, options) => surveyFlash(open, options, progress)),
    'diagnose.link': async ({ path }, { signal, progress }) => {
      const quality = await connected(house, path, signal, (open, options) =>
        measureLink(open, options, progress),
      );
      house.links.set(path, quality);
      return quality;
    },
    'diagnose.options': async ({ path }) => {
      const { identity } = await devices.ready(path);
      return borrowed(house, path, (usb) => readOptionBytes(usb, clock, possibleFamilies(identity)));
    },
  };
}

async function connected<T>(
  house: House,
  path: string,
  signal: AbortSignal,
  work: (open: Connected, options: JobOptions) => Promise<T>,
): Promise<T> {
  const { bus, clock } = house.surroundings;
  const { identity } = await house.devices.ready(path);
  // What counts as ready without being ST's is the maker's own bootloader.
  const allowOthers = identity.kind !== 'st-rom';
  const options = { clock, signal, listener: () => undefined };
  return borrowed(house, path, (usb) =>
    withDevice(usb, { bus, limits: LIMITS, allowOthers, ...options }, (open) => work(open, options)),
  );
}

async function borrowed<T>(
  { devices }: House,
  path: string,
  work: (usb: UsbDevice) => Promise<T>,
): Promise<T> {
  const loan = devices.borrow(path);
  try {
    return await work(await loan.device());
  } finally {
    void loan.giveBack();
  }
}
