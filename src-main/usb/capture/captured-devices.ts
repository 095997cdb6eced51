import { DescriptorType, StandardRequest } from '../standard-requests.ts';
import { isIn } from './control-transfers.ts';
import type { ControlTransfer } from './control-transfers.ts';
import { viewOf } from './packet.ts';

/**
 * Whose transfers a capture holds. A capture knows devices by bus and address only; what they are shows where their device
 * descriptor was read while it ran, which tcpdump and Wireshark see to when they begin.
 */
export interface CapturedDevice {
  readonly bus: number;
  readonly deviceAddress: number;
  readonly transfers: number;
  /** Undefined where no device descriptor was read. */
  readonly usbId: { readonly vendorId: number; readonly productId: number } | undefined;
}

/** A device that has not been given an address yet. */
const NO_ADDRESS = 0;
/** The device descriptor up to idProduct (USB 2.0 §9.6.1). */
const UP_TO_PRODUCT = 12;

/** In the order in which they appear. */
export function devicesIn(transfers: readonly ControlTransfer[]): readonly CapturedDevice[] {
  const found = new Map<string, CapturedDevice>();
  for (const transfer of transfers) {
    const { bus, deviceAddress } = transfer;
    if (deviceAddress === NO_ADDRESS) continue;
    const key = `${bus}:${deviceAddress}`;
    const known = found.get(key);
    found.set(key, {
      bus,
      deviceAddress,
      transfers: (known?.transfers ?? 0) + 1,
      usbId: usbIdIn(transfer) ?? known?.usbId,
    });
  }
  return [...found.values()];
}

function usbIdIn({ setup, data, result }: ControlTransfer): CapturedDevice['usbId'] {
  const isDeviceDescriptor =
    isIn(setup) &&
    setup.request === StandardRequest.getDescriptor &&
    setup.value >>> 8 === DescriptorType.device;
  if (!isDeviceDescriptor || result !== 'done' || data.length < UP_TO_PRODUCT) return undefined;
  const view = viewOf(data);
  return { vendorId: view.getUint16(8, true), productId: view.getUint16(10, true) };
}
