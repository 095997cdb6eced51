/** A Mac needs no driver and no rule; its registry tells who holds a device and where it is plugged in. */
import { advise, check } from '../check.ts';
import { output, type Computer } from '../computer.ts';
import { hubsOf } from '../topology.ts';
import { untold, type Ways } from '../ways.ts';
import { IOREG, parseIoreg } from './ioreg.ts';

export async function macWays(computer: Computer): Promise<Ways> {
  const devices = new Map(
    parseIoreg((await output(computer, 'ioreg', IOREG)) ?? '').map((device) => [device.path, device]),
  );
  return {
    ...untold,
    topology: ({ path }) => {
      const hubs = hubsOf(path);
      const speed = devices.get(path)?.speed;
      const via = devices.has(path) ? hubs.map((hub) => devices.get(hub)?.name ?? hub) : [];
      return Promise.resolve({ hubs: hubs.length, via, ...(speed !== undefined && { speed }) });
    },
    programs: ({ path }) => Promise.resolve(devices.get(path)?.holders ?? []),
    refusal: ({ path: device }) =>
      Promise.resolve(check('open-refused', {}, { device, remedies: advise('close-programs', 'replug') })),
  };
}
