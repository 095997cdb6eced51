/** Linux tells much: sysfs where a device is plugged in, /proc who has it open, udev's rules who may. */
import { advise, check } from '../check.ts';
import type { Computer } from '../computer.ts';
import { untold, type Ways } from '../ways.ts';
import { refusedOnLinux } from './rights.ts';
import { overCurrents, topologyOnLinux } from './sysfs.ts';
import type { Rule } from './udev-rule.ts';
import { deviceNode, programsWith } from './usbfs.ts';

/** udevd listens there. Without it libusb never hears of a device, in a container for one. */
const UDEVD = '/run/udev/control';

export async function linuxWays(computer: Computer, rule: Rule): Promise<Ways> {
  const { files } = computer;
  const announced = await files.exists(UDEVD);
  return {
    ...untold,
    general: announced ? [] : [check('usb-unannounced', {}, { remedies: advise('start-again') })],
    topology: ({ path }) => topologyOnLinux(files, path),
    programs: (subject) => programsWith(computer, deviceNode(subject), process.pid),
    refusal: (subject) => refusedOnLinux(computer, subject, rule),
    supply: async ({ path: device }) => {
      const times = await overCurrents(files, device);
      return times
        ? [check('over-current', { times }, { device, remedies: advise('own-supply', 'other-port') })]
        : [];
    },
  };
}
