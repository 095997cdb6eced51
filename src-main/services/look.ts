/** One look at a device: opened, asked what it is, closed again. What prevents it is a finding too. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import { openAt } from '../devices/arrival.ts';
import { identify } from '../devices/identify.ts';
import { openDevice } from '../dfuse/loader.ts';
import type { FlashTarget } from '../flash/target.ts';
import { ended } from '../update/ended.ts';
import { flashTarget } from '../update/flash-target.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';
import { isBootloaderOf, linesOfApplication } from './product-lines.ts';

export type Seen =
  | { readonly kind: 'ready'; readonly identity: DeviceIdentity; readonly target: FlashTarget }
  | { readonly kind: 'application'; readonly canEnter: boolean; readonly name: string | undefined }
  | { readonly kind: 'unusable'; readonly error: StepwiseError; readonly identity?: DeviceIdentity };

/** Never rejects. @param lines whose applications and bootloaders it may be, besides ST's */
export async function look(
  bus: UsbBus,
  clock: Clock,
  usb: UsbDevice,
  lines: readonly ProductLine[],
): Promise<Seen> {
  const { path } = usb;
  const runsApplication = linesOfApplication(lines, usb.identity).length > 0;
  const open = (device: UsbDevice) =>
    runsApplication ? lookAtApplication(device) : lookAtLoader(device, clock, lines);
  try {
    const seen = await openAt(bus, clock, path, open, { patience: 0 });
    return (
      seen ?? { kind: 'unusable', error: new StepwiseError('disconnected', { path }, { phase: 'identify' }) }
    );
  } catch (error) {
    const why = ended(error, { path, condition: 'untouched', cancelled: false });
    return { kind: 'unusable', error: why.with({ phase: 'identify' }) };
  }
}

async function lookAtApplication(usb: UsbDevice): Promise<Seen> {
  const { dfu, strings } = await openDevice(usb);
  await usb.close();
  return { kind: 'application', canEnter: dfu.mode === 'run-time', name: strings.product };
}

async function lookAtLoader(usb: UsbDevice, clock: Clock, lines: readonly ProductLine[]): Promise<Seen> {
  const device = await identify(usb, clock);
  await usb.close();
  const { identity } = device;
  const known =
    identity.kind === 'st-rom' || lines.some((line) => isBootloaderOf(line, identity, identity.product));
  if (known) return { kind: 'ready', identity, target: flashTarget(device) };
  const { title: what, evidence } = identity;
  return { kind: 'unusable', error: new StepwiseError('not-st-rom', { what, evidence }), identity };
}
