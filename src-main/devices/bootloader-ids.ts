/** USB IDs that bootloaders are known to use. Other people's devices are not opened to see what they are. */
import type { UsbIdentity } from '../usb/port.ts';

export type UsbId = Pick<UsbIdentity, 'vendorId' | 'productId'>;

/** ST's ROM and whoever borrowed its ID, then the makers of compatible chips (clones.ts). */
export const BOOTLOADER_IDS: readonly UsbId[] = [
  { vendorId: 0x0483, productId: 0xdf11 },
  { vendorId: 0x28e9, productId: 0x0189 },
  { vendorId: 0x2e3c, productId: 0xdf11 },
  { vendorId: 0x314b, productId: 0x0106 },
  { vendorId: 0x3997, productId: 0xdf11 },
];

export function hasUsbId(identity: UsbId, ids: readonly UsbId[]): boolean {
  return ids.some(
    ({ vendorId, productId }) => vendorId === identity.vendorId && productId === identity.productId,
  );
}
