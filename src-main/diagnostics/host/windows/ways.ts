/** Windows tells which driver it gave a device, and of devices it could not ask what they are. */
import { advise, check } from '../check.ts';
import type { Computer } from '../computer.ts';
import { untold, type Ways } from '../ways.ts';
import { connectedDevices, driverCheck } from './driver.ts';
import { driverPackage } from './driver-package.ts';
import { isUnrecognised } from './pnputil.ts';

/** @param resources the folder that came with the program */
export async function windowsWays(computer: Computer, resources: string): Promise<Ways> {
  const devices = await connectedDevices(computer);
  const unrecognised = devices?.filter(isUnrecognised).length ?? 0;
  return {
    ...untold,
    general:
      unrecognised === 0
        ? []
        : [
            check(
              'unrecognised',
              { devices: unrecognised },
              { remedies: advise('other-cable', 'other-port', 'own-supply') },
            ),
          ],
    refusal: ({ path: device }) =>
      Promise.resolve(check('open-refused', {}, { device, remedies: advise('close-programs', 'replug') })),
    driver: async (subject) => [
      await driverCheck(computer, devices, subject, await driverPackage(computer.files, resources, subject)),
    ],
  };
}
