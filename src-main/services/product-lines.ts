/** Which product of the maker a device is, as far as that can be told, and what its product allows. */
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { UsbIdentity } from '../usb/port.ts';
import { hasUsbId, type UsbId } from '../devices/bootloader-ids.ts';

/**
 * The products whose application shows itself like this.
 * @param name its USB product string, known once it was opened: it decides where products share their USB IDs
 */
export function linesOfApplication(
  lines: readonly ProductLine[],
  identity: UsbId,
  name?: string,
): readonly ProductLine[] {
  return lines.filter(
    ({ application }) =>
      application &&
      hasUsbId(identity, [application]) &&
      (name === undefined || application.name === undefined || application.name === name),
  );
}

/** A bootloader is one of these. @param name its USB product string, known once it was opened */
export function isBootloaderOf(
  { bootloader }: Pick<ProductLine, 'bootloader'>,
  identity: UsbId,
  name?: string,
): boolean {
  return (
    bootloader !== undefined &&
    hasUsbId(identity, [bootloader]) &&
    (name === undefined || bootloader.name === undefined || bootloader.name === name)
  );
}

/**
 * The products a chip like this one may be in; products for any chip only where none is made for this one. A bootloader
 * that is not ST's is that of the products that say so, and of no others.
 * @param known the product whose application was at this port before, or that the person named: it is the only one
 * where its chips fit
 */
export function linesOfChip(
  lines: readonly ProductLine[],
  identity: DeviceIdentity,
  known: ProductLine | undefined,
): readonly ProductLine[] {
  const own = (line: ProductLine) => isBootloaderOf(line, identity, identity.product);
  if (identity.kind !== 'st-rom') return known && own(known) ? [known] : lines.filter(own);
  const family = valueOf(identity.family);
  const chips = family ? [family] : identity.candidates;
  const made = ({ families, bootloader }: ProductLine) =>
    !bootloader && chips.some(({ deviceId }) => families.includes(deviceId));
  const forAny = ({ families, bootloader }: ProductLine) => !bootloader && families.length === 0;
  if (known && (made(known) || forAny(known))) return [known];
  const special = lines.filter(made);
  return special.length > 0 ? special : lines.filter(forAny);
}

/** A product with chips or a bootloader of its own gives a device its name; one that is for any chip says nothing of this one. */
export function titleOf(line: ProductLine | undefined, identity: DeviceIdentity): string {
  return line && (line.families.length > 0 || line.bootloader) ? line.name : identity.title;
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
