/** This computer: what is in the way from it to its devices, and what can be done about that from here. */
import { StepwiseError, toFailure } from '../../shared/failure.ts';
import type { Mended } from '../../shared/host-check.ts';
import { installRule } from '../diagnostics/host/linux/pkexec.ts';
import { shippedRule } from '../diagnostics/host/linux/udev-rule.ts';
import { driverPackage, installDriver } from '../diagnostics/host/windows/driver-package.ts';
import type { UsbDevice } from '../usb/port.ts';
import type { DeviceRegistry } from './device-registry.ts';
import type { Handlers } from './handlers.ts';
import { lookHere, openingOf } from './host-look.ts';
import type { House } from './house.ts';

export function hostHandlers(house: House): Pick<Handlers, 'diagnose.host' | 'host.mend'> {
  const { devices, surroundings } = house;
  const { bus } = surroundings;
  return {
    'diagnose.host': () => lookHere(surroundings, devices.list(), house),
    'host.mend': async ({ path, what }) => {
      const usb = (await bus.list()).find((each) => each.path === path);
      if (!usb) throw new StepwiseError('no-device', { wanted: path });
      const hindered = what === 'rule' ? await mendRule(house) : await mendDriver(house, usb);
      if (hindered) return hindered;
      return { outcome: (await opens(devices, path)) ? 'usable' : 'replug' };
    },
  };
}

/** What counts is not that something is installed, but that the device opens. One that was unplugged meanwhile does not. */
async function opens(devices: DeviceRegistry, path: string): Promise<boolean> {
  try {
    const { state } = await devices.look(path);
    return openingOf(state).kind === 'yes';
  } catch (error) {
    if (toFailure(error).code === 'no-device') return false;
    throw error;
  }
}

async function mendRule({ surroundings: { computer, resourcesFolder, log } }: House) {
  const { text } = await shippedRule(resourcesFolder);
  const hindered: Mended | undefined =
    text === undefined || computer.platform !== 'linux'
      ? { outcome: 'unavailable' }
      : await installRule(computer, text);
  log.write('info', 'host', `udev rule: ${hindered?.outcome ?? 'installed'}`);
  return hindered;
}

async function mendDriver(
  { surroundings: { computer, resourcesFolder, log } }: House,
  { identity }: UsbDevice,
) {
  const found =
    computer.platform === 'win32'
      ? await driverPackage(computer.files, resourcesFolder, identity)
      : undefined;
  const hindered: Mended | undefined = found
    ? await installDriver(computer, found)
    : { outcome: 'unavailable' };
  log.write('info', 'host', `driver ${found?.name ?? ''}: ${hindered?.outcome ?? 'installed'}`);
  return hindered;
}
