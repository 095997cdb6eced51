/** What shows itself: a bootloader, an application, something else of the chip's maker, or nothing. */
import type { HostCheck } from '../../../shared/host-check.ts';
import { advise, check } from './check.ts';
import { usbId, type Subject } from './subject.ts';

/** What is on the bus. */
export interface OnBus {
  readonly path: string;
  readonly identity: { readonly vendorId: number; readonly productId: number };
}

const ST = 0x0483;
/** ST's own debuggers have these: they are not the product. */
const ST_LINK = { first: 0x3744, last: 0x375f } as const;

export function shownChecks(attached: readonly OnBus[], subjects: readonly Subject[]): readonly HostCheck[] {
  if (subjects.length > 0) return subjects.map(ofSubject);
  const others = attached
    .filter(({ identity: { vendorId, productId } }) => vendorId === ST && !isDebugger(productId))
    .map(({ path, identity }) => ({ path, usb: usbId(identity) }));
  return others.length > 0
    ? [check('not-in-bootloader', { others }, { remedies: advise('enter-bootloader', 'serial-pins') })]
    : [check('nothing-shown', {}, { remedies: advise('enter-bootloader', 'other-cable', 'serial-pins') })];
}

function ofSubject({ path: device, runsApplication }: Subject): HostCheck {
  return runsApplication
    ? check('in-application', {}, { device, remedies: advise('enter-bootloader') })
    : check('in-bootloader', {}, { device });
}

function isDebugger(productId: number): boolean {
  return productId >= ST_LINK.first && productId <= ST_LINK.last;
}
