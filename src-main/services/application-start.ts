/** What comes after the proof: the application is started by the bootloader or by hand, and what was seen of it is told. */
import type { Appearance } from '../../shared/job.ts';
import type { Connected } from '../update/connect.ts';
import { awaitApplication, awaitDeparture } from '../update/await-application.ts';
import { leaveBootloader } from '../update/leave-job.ts';
import type { UsbId } from '../devices/bootloader-ids.ts';
import type { UsbDevice, UsbIdentity } from '../usb/port.ts';
import type { JobDesk, JobEnd } from './job-registry.ts';
import type { Ready } from './device-registry.ts';
import type { ShelvedFirmware } from './firmware-shelf.ts';
import { applicationVersion } from './product-lines.ts';
import { startOf, type Proposal } from './reviews.ts';
import type { Surroundings } from './surroundings.ts';

/** Milliseconds an application may take from the moment its bootloader is gone. */
const START_PATIENCE = 15_000;
/** Milliseconds for a person to set a switch back and plug the device in. */
const PLUG_IN_PATIENCE = 120_000;
/** Milliseconds for a person to come back and pull the plug. */
const UNPLUG_PATIENCE = 3_600_000;

type House = Pick<Surroundings, 'bus' | 'clock' | 'log'>;

/** The update is proven: whatever goes wrong here is told, and undoes nothing. */
export async function startApplication(
  house: House,
  open: Connected,
  { device, firmware }: Proposal,
  desk: JobDesk,
): Promise<Pick<JobEnd, 'application' | 'afterwards'>> {
  const bootloader = open.connection.session.device;
  const { path } = device.identity;
  const expected = expectedApplication(device, firmware);
  const appears = async (patience: number, signal: AbortSignal): Promise<Appearance> => {
    if (!expected) return { kind: 'not-told' };
    const options = { patience, signal, instead: bootloader };
    const found = await awaitApplication(house.bus, house.clock, path, expected, options);
    if (!found) return { kind: 'missing' };
    const version = expected.versionOf(found.identity);
    return { kind: 'seen', ...(version !== undefined && { version }) };
  };
  if (startOf(device, firmware) === 'leave' && (await leaves(house, open, desk))) {
    return expected
      ? { application: { kind: 'waiting' }, afterwards: (signal) => appears(START_PATIENCE, signal) }
      : { application: { kind: 'not-told' } };
  }
  return {
    application: { kind: 'replug' },
    afterwards: async (signal) => {
      const gone = await awaitDeparture(house.bus, house.clock, bootloader, UNPLUG_PATIENCE, signal);
      return gone ? appears(PLUG_IN_PATIENCE, signal) : { kind: 'replug' };
    },
  };
}

interface ExpectedApplication extends UsbId {
  versionOf(identity: UsbIdentity): string | undefined;
}

/** What the release says of its own application counts before what the product says of any. */
function expectedApplication({ line }: Ready, { release }: ShelvedFirmware): ExpectedApplication | undefined {
  const told = release?.application;
  const application = told ?? line?.application;
  return (
    application && {
      ...application,
      versionOf: (identity) =>
        release && told?.deviceVersion !== undefined && told.deviceVersion === identity.deviceVersion
          ? release.version
          : applicationVersion(line, identity),
    }
  );
}

async function leaves({ bus, clock, log }: House, open: Connected, desk: JobDesk): Promise<boolean> {
  const device: UsbDevice = open.connection.session.device;
  try {
    return (await leaveBootloader(open, bus, { clock, listener: desk.listener })).left;
  } catch (error) {
    log.write('warn', 'update', `the application could not be started: ${String(error)}`, device.path);
    return false;
  }
}
