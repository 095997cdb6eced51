/** What can be found out about a device and about this computer. Whoever looks has the device for himself meanwhile. */
import type { SectorTestStep } from '../../shared/diagnosis.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProgressEvent, ProgressListener } from '../../shared/progress.ts';
import { findingsOf } from '../diagnostics/device/findings.ts';
import type { RecoveryLimits } from '../flash/recover.ts';
import { withDevice, type Connected } from '../update/connect.ts';
import type { JobOptions } from '../update/job.ts';
import { measureLink } from '../update/link-job.ts';
import { possibleFamilies, readOptionBytes } from '../update/options-job.ts';
import { TEST_ONE_SECTOR, testSector } from '../update/sector-test-job.ts';
import { surveyFlash } from '../update/survey-job.ts';
import type { UsbDevice } from '../usb/port.ts';
import type { Examinations } from './examinations.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import { checkConsents } from './reviews.ts';

type DiagnosticHandlers = Pick<
  Handlers,
  | 'diagnose.identity'
  | 'diagnose.findings'
  | 'diagnose.survey'
  | 'diagnose.sector'
  | 'diagnose.link'
  | 'diagnose.options'
>;

/** Nobody is asked to plug anything in for a look. */
const LOOKING = { replugPatience: 0, recoveries: 12 };
/** What was begun in a sector must be cleaned up: the person is asked to plug the device in again. */
const TESTING = { replugPatience: 120_000, recoveries: 12 };

export function diagnosticHandlers(house: House): DiagnosticHandlers {
  const { devices, surroundings, shelf, releases, examinations } = house;
  const { clock } = surroundings;
  return {
    'diagnose.identity': async ({ path }) => {
      const before = identityAt(house, path);
      await devices.look(path);
      const { identity } = await devices.ready(path);
      if (before?.uniqueId.known) keepFor(examinations, before, identity);
      return identity;
    },
    'diagnose.findings': ({ path }) => {
      const identity = identityAt(house, path);
      return identity ? findingsOf(identity, examinations.of(identity)) : [];
    },
    'diagnose.survey': async ({ path, firmware }, { signal, progress }) => {
      const image = firmware === undefined ? undefined : shelf.get(firmware).image;
      const known = await releases.known();
      const survey = await connected(house, path, { signal }, (open, options) =>
        surveyFlash(open, options, progress, { image, known }),
      );
      examinations.add((await devices.ready(path)).identity, { survey });
      return survey;
    },
    'diagnose.sector': ({ path, consents }, { signal, progress }) => {
      checkConsents([{ kind: 'test-sector' }], consents);
      let step: SectorTestStep['step'] = 'choose';
      const tell = (waiting: boolean) => progress({ step, waiting });
      const listener = ({ type }: ProgressEvent) => {
        if (type === 'needs' || type === 'needs-met') tell(type === 'needs');
      };
      return connected(house, path, { signal, listener, limits: TESTING }, (open, options) =>
        testSector(open, TEST_ONE_SECTOR, options, (begun) => {
          step = begun;
          tell(false);
        }),
      );
    },
    'diagnose.link': async ({ path }, { signal, progress }) => {
      const quality = await connected(house, path, { signal }, (open, options) =>
        measureLink(open, options, progress),
      );
      house.links.set(path, quality);
      return quality;
    },
    'diagnose.options': async ({ path }) => {
      const { identity } = await devices.ready(path);
      const optionBytes = await borrowed(house, path, (usb) =>
        readOptionBytes(usb, clock, possibleFamilies(identity)),
      );
      examinations.add(identity, { optionBytes });
      return optionBytes;
    },
  };
}

/** Also of a device that cannot be updated. @throws no-device */
function identityAt({ devices }: House, path: string): DeviceIdentity | undefined {
  const device = devices.list().find((each) => each.path === path);
  if (!device) throw new StepwiseError('no-device', { wanted: path });
  return 'identity' in device.state ? device.state.identity : undefined;
}

/** The same chip, asked once more, is as it was. */
function keepFor(examinations: Examinations, before: DeviceIdentity, now: DeviceIdentity): void {
  if (valueOf(now.uniqueId) === valueOf(before.uniqueId)) examinations.add(now, examinations.of(before));
}

interface Circumstances {
  readonly signal: AbortSignal;
  readonly listener?: ProgressListener;
  readonly limits?: RecoveryLimits;
}

async function connected<T>(
  house: House,
  path: string,
  { signal, listener = () => undefined, limits = LOOKING }: Circumstances,
  work: (open: Connected, options: JobOptions) => Promise<T>,
): Promise<T> {
  const { bus, clock } = house.surroundings;
  const { identity } = await house.devices.ready(path);
  // What counts as ready without being ST's is the maker's own bootloader.
  const allowOthers = identity.kind !== 'st-rom';
  const options = { clock, signal, listener };
  return borrowed(house, path, (usb) =>
    withDevice(usb, { bus, limits, allowOthers, ...options }, (open) => work(open, options)),
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
