/** All virtual devices by name, and the one way to make one. */
import type { DeviceDefinition } from '../definition.ts';
import { VirtualDevice } from '../virtual-device.ts';
import type { VirtualDeviceOptions } from '../virtual-device.ts';
import * as f4 from './f4.ts';
import * as h7 from './h7.ts';

/** In the order of a list for people. */
export const virtualDevices: ReadonlyMap<string, DeviceDefinition> = new Map(
  [...Object.values(h7), ...Object.values(f4)].map((definition) => [definition.name, definition]),
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
