/**
 * The DFU interface of a device as its configuration descriptor shows it. A device has it in one of two modes: run-time,
 * beside the application's own interfaces, only good for being sent to the bootloader; or DFU mode, where it is all
 * there is and each alternate setting is one memory, named by its layout string (DFU 1.1 §4, UM0424).
 */
import { readConfiguration, isDfu, type Configuration } from '../usb/descriptors.ts';
import type { UsbDevice } from '../usb/port.ts';
import { readLanguage } from '../usb/strings.ts';
import { readText } from './device-text.ts';
import { DFUSE_VERSION } from './protocol.ts';

export interface AlternateName {
  readonly alternate: number;
  /** The layout string on a DfuSe loader; undefined where the device names nothing. */
  readonly name: string | undefined;
}

export type DfuFunction =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'run-time';
      readonly interfaceNumber: number;
      /** bmAttributes of the functional descriptor. */
      readonly attributes: number;
      /** Milliseconds the device waits for a reset after DETACH. */
      readonly detachTimeout: number;
    }
  | {
      readonly mode: 'bootloader';
      readonly interfaceNumber: number;
      readonly alternates: readonly AlternateName[];
      readonly attributes: number;
      /** wTransferSize, or a size every loader takes where it names none. */
      readonly transferSize: number;
      /** bcdDFUVersion; 0x011A for DfuSe. */
      readonly dfuVersion: number;
    };

/** bInterfaceProtocol (DFU 1.1 §4.2.3). */
const PROTOCOL_DFU_MODE = 2;
/** Never refused by any loader that was seen; 2048 is, by the G4. */
const SAFE_TRANSFER_SIZE = 1024;
const LARGEST_TRANSFER_SIZE = 4096;
const FUNCTIONAL_LENGTH = 9;
/** ST's own host takes bcdDFUVersion up to here for DfuSe. */
const DFUSE_VERSION_END = 0x0120;

export function isDfuSe(dfuVersion: number): boolean {
  return dfuVersion >= DFUSE_VERSION && dfuVersion < DFUSE_VERSION_END;
}

/** @param device open. @throws UsbError */
export async function readDfuFunction(device: UsbDevice): Promise<DfuFunction> {
  const found = findDfuInterface(await readConfiguration(device));
  if (!found) return { mode: 'none' };
  const { number: interfaceNumber, alternates } = found;
  const functional = parseFunctional(found.dfuFunctional);
  if (!alternates.some((setting) => setting.interfaceProtocol === PROTOCOL_DFU_MODE)) {
    return {
      mode: 'run-time',
      interfaceNumber,
      attributes: functional.attributes,
      detachTimeout: functional.detachTimeout,
    };
  }
  const language = await readLanguage(device);
  const names: AlternateName[] = [];
  for (const { alternate, nameIndex } of alternates) {
    names.push({ alternate, name: await readText(device, nameIndex, language) });
  }
  const { attributes, transferSize, dfuVersion } = functional;
  return { mode: 'bootloader', interfaceNumber, alternates: names, attributes, transferSize, dfuVersion };
}

function findDfuInterface(configuration: Configuration) {
  return configuration.interfaces.find(({ alternates }) => alternates.some(isDfu));
}

interface Functional {
  readonly attributes: number;
  readonly detachTimeout: number;
  readonly transferSize: number;
  readonly dfuVersion: number;
}

/** DFU functional descriptor (DFU 1.1 §4.1.3). DFU 1.0 has no version in it, and some devices have none at all. */
function parseFunctional(bytes: Uint8Array | undefined): Functional {
  const padded = new Uint8Array(FUNCTIONAL_LENGTH);
  padded.set((bytes ?? padded).subarray(0, FUNCTIONAL_LENGTH));
  const view = new DataView(padded.buffer);
  const size = view.getUint16(5, true);
  return {
    attributes: view.getUint8(2),
    detachTimeout: view.getUint16(3, true),
    transferSize: size === 0 ? SAFE_TRANSFER_SIZE : Math.min(size, LARGEST_TRANSFER_SIZE),
    dfuVersion: view.getUint16(7, true),
  };
}
