/** Whether Linux lets customers at every device of the product: the udev rule must name all their USB IDs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Product } from '../../shared/product.ts';
import type { UsbId } from '../../src-main/devices/bootloader-ids.ts';
import { letsIn, RULE } from '../../src-main/diagnostics/host/linux/udev-rule.ts';
import type { Finding } from './check.ts';

const NEUTRAL = 'resources';
const ST_BOOTLOADER: UsbId = { vendorId: 0x0483, productId: 0xdf11 };

export async function ruleFindings(folder: string, { products }: Product): Promise<readonly Finding[]> {
  // A maker without one of their own ships the neutral one.
  const rule = await readFile(join(folder, RULE), 'utf8').catch(() => readFile(join(NEUTRAL, RULE), 'utf8'));
  const wanted = products.flatMap(({ name, application, bootloader }): readonly Wanted[] => [
    { ...(bootloader ?? ST_BOOTLOADER), whose: `the bootloader of ${name}` },
    ...(application ? [{ ...application, whose: `${name} while it runs` }] : []),
  ]);
  const seen = new Set<string>();
  return wanted.flatMap((each): readonly Finding[] => {
    const line = ruleLine(each);
    if (seen.has(line) || letsIn(rule, each)) return [];
    seen.add(line);
    return [
      {
        kind: 'fault',
        where: RULE,
        what: `does not name ${each.whose}: Linux would let no customer at it. Add: ${line}`,
      },
    ];
  });
}

interface Wanted extends UsbId {
  readonly whose: string;
}

function ruleLine({ vendorId, productId }: UsbId): string {
  return `ATTR{idVendor}=="${digits(vendorId)}", ATTR{idProduct}=="${digits(productId)}", MODE="0660", TAG+="uaccess"`;
}

function digits(id: number): string {
  return id.toString(16).padStart(4, '0');
}
