/**
 * Which driver Windows has bound to a device. libusb comes in through WinUSB, and through libusbK and libusb0 where their
 * library is installed; so whether a driver fits is known by opening, and its name only says what to do where it does not.
 */
import type { HostCheck, HostRemedy } from '../../../../shared/host-check.ts';
import { advise, check } from '../check.ts';
import { output, type Computer } from '../computer.ts';
import { digits, type Subject } from '../subject.ts';
import { CONNECTED, hasIds, parsePnputil, type PnpDevice } from './pnputil.ts';
import type { DriverPackage } from './driver-package.ts';
import { parseRegistry } from './registry.ts';

/** Of ST's old DfuSe tool. */
const OLD_ST = 'sttub30';
const WINUSB = 'winusb';
/** A driver is missing, or its installation failed (cfg.h, CM_PROB_…). */
const MISSING = [1, 18, 28];

/** Undefined where this Windows does not tell. */
export async function connectedDevices(computer: Computer): Promise<readonly PnpDevice[] | undefined> {
  const text = await output(computer, 'pnputil', CONNECTED);
  return text === undefined ? undefined : parsePnputil(text);
}

/** @param driver the maker's package, where one came with the program and is for this device */
export async function driverCheck(
  computer: Computer,
  devices: readonly PnpDevice[] | undefined,
  subject: Subject,
  driver: DriverPackage | undefined,
): Promise<HostCheck> {
  const { path: device, opened } = subject;
  const bound = devices?.find((each) => hasIds(each, digits(subject.vendorId), digits(subject.productId)));
  const service = bound && (await serviceOf(computer, bound));
  if (opened.kind === 'no-driver') return misfit(bound, service, { device, remedies: remediesOf(driver) });
  return service === undefined
    ? check('driver-untold', {}, { device })
    : check('driver-fits', { service }, { device });
}

function misfit(
  bound: PnpDevice | undefined,
  service: string | undefined,
  about: { readonly device: string; readonly remedies: readonly HostRemedy[] },
): HostCheck {
  if (!bound) return check('no-access', {}, about);
  const { problem } = bound;
  const { device, remedies } = about;
  if (service?.toLowerCase() === OLD_ST)
    return check('driver-old-st', {}, { device, remedies: [...remedies, ...advise('old-st-tool-loses')] });
  if (problem !== undefined && !MISSING.includes(problem))
    return check(
      'driver-broken',
      { problem, ...(service !== undefined && { service }) },
      { device, remedies: [...advise('replug'), ...remedies] },
    );
  if (service === undefined) return check('driver-missing', problem === undefined ? {} : { problem }, about);
  // It is not the driver that is the wrong one: its registration may be half there.
  return service.toLowerCase() === WINUSB
    ? check('no-access', {}, { device, remedies: [...advise('replug'), ...remedies] })
    : check('driver-foreign', { service }, about);
}

async function serviceOf(computer: Computer, { instanceId }: PnpDevice): Promise<string | undefined> {
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Enum\\${instanceId}`;
  const text = await output(computer, 'reg', ['query', key]);
  return text === undefined ? undefined : parseRegistry(text).get('service');
}

function remediesOf(driver: DriverPackage | undefined): readonly HostRemedy[] {
  return driver ? [{ kind: 'install-driver', file: driver.file }] : advise('winusb-by-hand');
}
