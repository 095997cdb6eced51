/** A device in a line: what it is, as far as it is known. */
import type { DeviceIdentity } from '../../../shared/identity.ts';

/** `STM32 H74x/H75x · stepping V · bootloader V9.0 (0x90)` */
export function deviceLine({ title, stepping, bootloaderVersion, bootloaderId }: DeviceIdentity): string {
  return [
    title,
    ...(stepping.known ? [`stepping ${stepping.value}`] : []),
    ...(bootloaderVersion.known && bootloaderId.known
      ? [`bootloader ${bootloaderVersion.value} (${byteHex(bootloaderId.value)})`]
      : []),
  ].join(' · ');
}

/** `0x90`. */
export function byteHex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** `0x0200`. */
export function wordHex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(4, '0')}`;
}
