/** Opening a bootloader: what it shows of itself by descriptors alone, and a session on its DFU interface. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { UsbDevice } from '../usb/port.ts';
import { readLanguage } from '../usb/strings.ts';
import { readText } from './device-text.ts';
import { readDfuFunction, type DfuFunction } from './dfu-function.ts';
import { DfuSeSession } from './session.ts';

export interface LoaderStrings {
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serial: string | undefined;
}

export interface OpenedDevice {
  readonly device: UsbDevice;
  readonly strings: LoaderStrings;
  readonly dfu: DfuFunction;
}

export type OpenedLoader = OpenedDevice & {
  readonly dfu: Extract<DfuFunction, { mode: 'bootloader' }>;
  readonly session: DfuSeSession;
};

/** Opens a device and reads its descriptors. Nothing is claimed yet. @throws UsbError; the device is closed again then */
export async function openDevice(device: UsbDevice): Promise<OpenedDevice> {
  await device.open();
  try {
    return { device, strings: await readStrings(device), dfu: await readDfuFunction(device) };
  } catch (error) {
    await device.close();
    throw error;
  }
}

/**
 * Opens a bootloader and claims its DFU interface on the alternate setting `choose` picks. The loader's state is
 * whatever it was: call `session.enter()` next.
 * @throws UsbError; not-dfuse for a device that is not in DFU mode. The device is closed again then.
 */
export async function openLoader(
  device: UsbDevice,
  clock: Clock,
  choose: (dfu: OpenedLoader['dfu']) => number = () => 0,
): Promise<OpenedLoader> {
  const opened = await openDevice(device);
  try {
    const { dfu } = opened;
    if (dfu.mode !== 'bootloader') {
      const what =
        dfu.mode === 'none' ? 'the device has no DFU interface' : 'the device runs its application';
      throw new StepwiseError('not-dfuse', { what });
    }
    await device.claim(dfu.interfaceNumber);
    await device.selectAlternate(dfu.interfaceNumber, choose(dfu));
    return { ...opened, dfu, session: new DfuSeSession(device, clock, dfu) };
  } catch (error) {
    await device.close();
    throw error;
  }
}

async function readStrings(device: UsbDevice): Promise<LoaderStrings> {
  const { manufacturerIndex, productIndex, serialIndex } = device.identity;
  const language = await readLanguage(device);
  return {
    manufacturer: await readText(device, manufacturerIndex, language),
    product: await readText(device, productIndex, language),
    serial: await readText(device, serialIndex, language),
  };
}
