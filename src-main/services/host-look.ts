/** The checks of the host, of the devices that somebody has looked at. */
import type { Device, DeviceState } from '../../shared/device.ts';
import type { LinkQuality } from '../../shared/diagnosis.ts';
import type { HostCheck } from '../../shared/host-check.ts';
import type { Departures } from '../diagnostics/host/departures.ts';
import { expectedRate } from '../diagnostics/host/link.ts';
import { shippedRule } from '../diagnostics/host/linux/udev-rule.ts';
import { lookAtHost } from '../diagnostics/host/look.ts';
import { openedOf, type Opened, type Subject } from '../diagnostics/host/subject.ts';
import type { UsbDevice } from '../usb/port.ts';
import type { Surroundings } from './surroundings.ts';

type Here = Pick<Surroundings, 'bus' | 'computer' | 'stateFolder' | 'resourcesFolder'>;

/** What was seen meanwhile, where somebody has watched. */
interface Watched {
  readonly departures: Departures;
  /** By port. */
  readonly links: ReadonlyMap<string, LinkQuality>;
}

export async function lookHere(
  here: Here,
  devices: readonly Device[],
  watched?: Watched,
): Promise<readonly HostCheck[]> {
  const { bus, computer, stateFolder, resourcesFolder } = here;
  // Where the bus cannot be told, that is one of the checks.
  const attached = await bus.list().catch(() => []);
  return lookAtHost({
    computer,
    stateFolder,
    resourcesFolder,
    ...(watched && { departures: watched.departures }),
    rule: await shippedRule(resourcesFolder),
    attached: () => bus.list(),
    subjects: devices.flatMap(({ path, state }) => {
      const usb = attached.find((each) => each.path === path);
      return usb ? [subjectOf(usb, state, watched?.links.get(path))] : [];
    }),
  });
}

function subjectOf(usb: UsbDevice, state: DeviceState, quality: LinkQuality | undefined): Subject {
  const { path, address, identity } = usb;
  const { vendorId, productId } = identity;
  return {
    path,
    address,
    vendorId,
    productId,
    opened: openingOf(state),
    runsApplication: state.kind === 'application',
    ...(quality && state.kind === 'ready' && { link: { quality, expected: expectedRate(state.identity) } }),
  };
}

/** Devices that told what they are must have been open. */
export function openingOf(state: DeviceState): Opened {
  if (state.kind === 'unusable') return openedOf(state.failure);
  return { kind: state.kind === 'looking' ? 'not-tried' : 'yes' };
}
