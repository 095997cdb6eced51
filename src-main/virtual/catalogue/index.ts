/** All virtual devices by name, and the one way to make one. */
import type { DeviceDefinition } from '../definition.ts';
import { VirtualDevice } from '../virtual-device.ts';
import type { VirtualDeviceOptions } from '../virtual-device.ts';
import * as f4 from './f4.ts';
import * as f7 from './f7.ts';
import * as g0G4WbC0 from './g0-g4-wb-c0.ts';
import * as gd32 from './gd32.ts';
import * as h7 from './h7.ts';
import * as l from './l.ts';
import * as u5H5C5 from './u5-h5-c5.ts';

/** In the order of a list for people. */
export const virtualDevices: ReadonlyMap<string, DeviceDefinition> = new Map(
  [h7, f4, f7, g0G4WbC0, l, u5H5C5, gd32]
    .flatMap((series): DeviceDefinition[] => Object.values(series))
    .map((definition) => [definition.name, definition]),
);

/**
 * Makes a device; it does nothing until it is plugged into a bus.
 * @param device a name of {@link virtualDevices}, or a definition of one's own
 * @throws RangeError for a name that is not in the list
 */
export function createVirtualDevice(
  device: string | DeviceDefinition,
  options: VirtualDeviceOptions,
): VirtualDevice {
  return new VirtualDevice(typeof device === 'string' ? definitionOf(device) : device, options);
}

function definitionOf(name: string): DeviceDefinition {
  const definition = virtualDevices.get(name);
  if (!definition) throw new RangeError(`no virtual device is called ${name}`);
  return definition;
}
