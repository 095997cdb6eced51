/** What a chip says of itself at addresses that are known (stm32/families), as it stands in a transcript. */
import { FAMILIES } from '../../stm32/families.ts';
import { fromHex } from '../../usb/recording.ts';
import type { Block } from './steps.ts';

export type ChipFact =
  | { readonly what: 'bootloader-id'; readonly id: number }
  | { readonly what: 'flash-size'; readonly kilobytes: number }
  /** In hexadecimal digits, as it lies in memory. */
  | { readonly what: 'unique-id' | 'option-bytes'; readonly bytes: string };

/** Undefined for what is no such fact, or was not kept. */
export function chipFactIn({ address, data }: Block): ChipFact | undefined {
  if (address === undefined || typeof data !== 'string') return undefined;
  const [low = 0, high = 0] = fromHex(data);
  for (const { bootloaderId, flashSizeRegister, uniqueId, optionBytes } of FAMILIES) {
    if (bootloaderId?.address === address) return { what: 'bootloader-id', id: low };
    if (flashSizeRegister?.address === address) return { what: 'flash-size', kilobytes: low | (high << 8) };
    if (uniqueId?.address === address) return { what: 'unique-id', bytes: data };
    if (optionBytes.some(({ start, end }) => address >= start && address < end))
      return { what: 'option-bytes', bytes: data };
  }
  return undefined;
}
