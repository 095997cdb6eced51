/**
 * Which of the devices on the bus a command is for. Only USB IDs that bootloaders are known to use are looked at, unless
 * somebody names another one or a port: other people's devices are not opened to see what they are.
 */
import { StepwiseError } from '../../../shared/failure.ts';
import { BOOTLOADER_IDS, hasUsbId } from '../../devices/bootloader-ids.ts';
import { openDevice } from '../../dfuse/loader.ts';
import { asFailure } from '../../dfuse/usb-failure.ts';
import type { UsbBus, UsbDevice } from '../../usb/port.ts';
import type { UsbId } from './arguments.ts';
import type { CommonOptions } from './options.ts';

export type Choice = Pick<CommonOptions, 'device' | 'all' | 'usb'>;

/** `0483:DF11`. */
export function formatUsbId({ vendorId, productId }: UsbId): string {
  return [vendorId, productId].map((id) => id.toString(16).toUpperCase().padStart(4, '0')).join(':');
}

export function isCandidate({ identity }: UsbDevice, { usb = [] }: Choice): boolean {
  return hasUsbId(identity, [...BOOTLOADER_IDS, ...usb]);
}

/** @throws no-device, several-devices, and what prevents a serial number from being read */
export async function chooseDevices(bus: UsbBus, choice: Choice): Promise<readonly UsbDevice[]> {
  const attached = await bus.list();
  const candidates = attached.filter((device) => isCandidate(device, choice));
  if (choice.device !== undefined) return [await named(choice.device, attached, candidates)];
  if (candidates.length === 0) throw new StepwiseError('no-device', {}, { phase: 'find' });
  if (candidates.length > 1 && !choice.all) throw several(candidates);
  return candidates;
}

async function named(
  wanted: string,
  attached: readonly UsbDevice[],
  candidates: readonly UsbDevice[],
): Promise<UsbDevice> {
  const there = attached.find(({ path }) => path === wanted);
  if (there) return there;
  const found: UsbDevice[] = [];
  let closed: Error | undefined;
  for (const device of candidates) {
    try {
      if ((await serialOf(device)) === wanted) found.push(device);
    } catch (error) {
      const failure = asFailure(error, device.path, { phase: 'find' });
      if (!(failure instanceof StepwiseError)) throw error;
      closed ??= failure;
    }
  }
  const [only, ...others] = found;
  if (others.length > 0) throw several(found);
  if (only) return only;
  throw closed ?? new StepwiseError('no-device', { wanted }, { phase: 'find' });
}

async function serialOf(device: UsbDevice): Promise<string | undefined> {
  const { strings } = await openDevice(device);
  await device.close();
  return strings.serial;
}

function several(devices: readonly UsbDevice[]): StepwiseError {
  return new StepwiseError('several-devices', { paths: devices.map(({ path }) => path) }, { phase: 'find' });
}
