import type { ControlSetup } from './port.ts';

/** The standard requests every USB device answers (USB 2.0 §9.4) and the types of its descriptors (§9.5). */

export const StandardRequest = {
  getStatus: 0,
  clearFeature: 1,
  setFeature: 3,
  setAddress: 5,
  getDescriptor: 6,
  getConfiguration: 8,
  setConfiguration: 9,
  getInterface: 10,
  setInterface: 11,
} as const;

export const DescriptorType = {
  device: 1,
  configuration: 2,
  string: 3,
  interface: 4,
  endpoint: 5,
  /** Class-specific: DFU functional (DFU 1.1 §4.1.3), and HID. */
  dfuFunctional: 0x21,
} as const;

/** bmRequestType: device to host, standard, to the device. */
const STANDARD_IN = 0x80;

/** A device has five seconds for any standard request (USB 2.0 §9.2.6.1). */
export const STANDARD_DEADLINE_MS = 5_000;

/** @param language of a string descriptor, 0 for all others */
export function getDescriptor(type: number, index: number, language = 0): ControlSetup {
  return {
    requestType: STANDARD_IN,
    request: StandardRequest.getDescriptor,
    value: (type << 8) | index,
    index: language,
  };
}
