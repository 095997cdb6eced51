/** What is plugged in, and the way from an application to its bootloader. */
import { enterBootloader } from '../devices/enter-bootloader.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';

type DeviceHandlers = Pick<
  Handlers,
  'devices.list' | 'devices.look' | 'devices.enter-bootloader' | 'devices.choose-product'
>;

export function deviceHandlers({ devices, surroundings }: House): DeviceHandlers {
  const { bus, clock } = surroundings;
  return {
    'devices.list': () => devices.list(),
    'devices.look': ({ path }) => devices.look(path),
    'devices.choose-product': ({ path, product }) => {
      devices.chooseProduct(path, product);
      return null;
    },
    'devices.enter-bootloader': async ({ path }) => {
      const loan = devices.borrow(path);
      try {
        await enterBootloader(bus, clock, await loan.device());
      } catch (error) {
        throw asFailure(error, path, { phase: 'enter-bootloader' });
      } finally {
        await loan.giveBack();
      }
      return null;
    },
  };
}
