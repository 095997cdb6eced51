/** Which product of the maker a device is, as far as that can be told, and what its product allows. */
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { UsbIdentity } from '../usb/port.ts';
import { hasUsbId } from '../devices/bootloader-ids.ts';

/** The product whose application shows itself like this. */
export function lineOfApplication(
  lines: readonly ProductLine[],
  identity: UsbIdentity,
): ProductLine | undefined {
  return lines.find(({ application }) => application && hasUsbId(identity, [application]));
}

/**
 * The first product, in the order of product.json, that has a chip like this one.
 * @param seen the product whose application was at this port before: it counts most where its chips fit
 */
export function lineOfChip(
  lines: readonly ProductLine[],
  identity: DeviceIdentity,
  seen: ProductLine | undefined,
): ProductLine | undefined {
  const family = valueOf(identity.family);
  const chips = family ? [family] : identity.candidates;
  const fits = ({ families }: ProductLine) =>
    families.length === 0 || chips.some(({ deviceId }) => families.includes(deviceId));
  return seen && fits(seen) ? seen : lines.find(fits);
}

/** A product with chips of its own gives a device its name; one that is for any chip says nothing of this one. */
export function titleOf(line: ProductLine | undefined, identity: DeviceIdentity): string {
  return line && line.families.length > 0 ? line.name : identity.title;
}

/** What the application says of its version, where the product tells that it does: bcdDevice, read as major.minor. */
export function applicationVersion(
  line: ProductLine | undefined,
  { deviceVersion }: UsbIdentity,
): string | undefined {
  if (line?.application?.version !== 'device-version') return undefined;
  const decimal = (byte: number) => Number.parseInt(byte.toString(16), 10);
  return `${decimal(deviceVersion >>> 8)}.${decimal(deviceVersion & 0xff)}`;
}

/** Below 0 where `a` is older than `b`; `1.2` is `1.2.0`. What is no number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
