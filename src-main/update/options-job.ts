/** Reads the option bytes, as far as the bootloader shows them by an alternate setting of their own. */
import type { Clock } from '../../shared/clock.ts';
import type { OptionBytes } from '../../shared/diagnosis.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { parseLayout, type LayoutRegion } from '../dfuse/layout.ts';
import { openLoader, type OpenedLoader } from '../dfuse/loader.ts';
import { readRange } from '../flash/preserve.ts';
import { readOptions } from '../stm32/option-bytes.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { UsbDevice } from '../usb/port.ts';

/** Device IDs: one where the chip could be told. */
export function possibleFamilies({ family, candidates }: DeviceIdentity): readonly number[] {
  return (family.known ? [family.value] : candidates).map(({ deviceId }) => deviceId);
}

/** `Option Bytes`, on U0 `OB Bytes`. */
const NAME = /^(Option|OB) /;

/**
 * @param deviceIds of the families the chip may belong to: only what all of them read alike has a name
 * @throws not-supported where the loader shows none, read-protected, and failures of the session
 */
export async function readOptionBytes(
  usb: UsbDevice,
  clock: Clock,
  deviceIds: readonly number[],
): Promise<readonly OptionBytes[]> {
  try {
    const loader = await openLoader(usb, clock, (dfu) => optionLayout(dfu).alternate);
    try {
      await loader.session.enter();
      const blocks: OptionBytes[] = [];
      for (const region of optionLayout(loader.dfu).regions) {
        const bytes = await readRange(loader.session, rangeOf(region), () => undefined);
        blocks.push({
          address: region.address,
          raw: Buffer.from(bytes).toString('hex').toUpperCase(),
          ...readOptions(deviceIds, region.address, bytes),
        });
      }
      return blocks;
    } finally {
      await usb.close();
    }
  } catch (error) {
    throw asFailure(error, usb.path, { phase: 'read', condition: 'untouched' });
  }
}

function optionLayout({ alternates }: OpenedLoader['dfu']): {
  readonly alternate: number;
  readonly regions: readonly LayoutRegion[];
} {
  for (const { alternate, name } of alternates) {
    const parsed = parseLayout(name ?? '');
    if (parsed.ok && NAME.test(parsed.layout.name)) return { alternate, regions: parsed.layout.regions };
  }
  throw new StepwiseError('not-supported', { what: 'this bootloader does not show its option bytes' });
}

function rangeOf({ address, segments }: LayoutRegion) {
  return { start: address, end: address + segments.reduce((sum, { count, size }) => sum + count * size, 0) };
}
