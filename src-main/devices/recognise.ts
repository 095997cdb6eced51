/**
 * What kind of loader is this? USB ID 0483:DF11 is ST's ROM, but also every bootloader made with ST's examples, and
 * others. What enumeration shows decides, and no more is claimed than it shows: a device is taken for an ST ROM when it
 * names itself as one and offers the whole internal flash, as an application's bootloader, which must protect itself,
 * does not. Sources: AN3156 §1; published listings of ROMs, bootloaders and clones.
 */
import { isDfuSe } from '../dfuse/dfu-function.ts';
import { flashLayout, sectorsOf } from '../dfuse/layout.ts';
import { FAMILIES } from '../stm32/families.ts';
import { parseIdcodeSerial, type Stepping } from '../stm32/stepping.ts';
import { candidatesFor, type Candidate } from './candidates.ts';
import { CLONES } from './clones.ts';
import { namedLayouts, usbId, type LoaderDescription, type NamedLayout } from './loader-description.ts';

export type { Candidate } from './candidates.ts';
export type { LoaderDescription } from './loader-description.ts';

/** `evidence`: sentences without full stop. */
export type Recognition =
  | {
      readonly kind: 'st-rom';
      /** Best first; empty where the family cannot be told. */
      readonly candidates: readonly Candidate[];
      readonly evidence: readonly string[];
      /** REV_ID, where the serial number tells it. */
      readonly revision?: number;
      readonly stepping?: Stepping;
    }
  | { readonly kind: 'clone'; readonly name: string; readonly evidence: readonly string[] }
  /** Speaks DfuSe, but shows itself to be no ST ROM, or does not show that it is one. */
  | { readonly kind: 'other-dfuse'; readonly evidence: readonly string[] }
  /** DFU without ST's extensions: no addresses, no layout. */
  | { readonly kind: 'plain-dfu'; readonly evidence: readonly string[] };

const ST_ROM_ID = '0483:DF11';
const ST_MANUFACTURER = 'STMicroelectronics';
const H74X = 0x450;
const ROM_PRODUCTS = new Set(FAMILIES.flatMap((family) => family.productStrings));

export function recognise(described: LoaderDescription): Recognition {
  const loader = withTrimmedStrings(described);
  if (!isDfuSe(loader.dfuVersion)) {
    return { kind: 'plain-dfu', evidence: [...microprocessor(loader), dfuVersionIs(loader.dfuVersion)] };
  }
  for (const clone of CLONES) {
    const evidence = clone.evidence(loader);
    if (evidence !== undefined) return { kind: 'clone', name: clone.name, evidence: [evidence] };
  }
  const flash = flashLayout(namedLayouts(loader));
  const against = reasonsAgainstRom(loader, flash);
  if (against.length > 0 || !flash) return { kind: 'other-dfuse', evidence: against };
  return stRom(loader, flash);
}

function stRom(loader: LoaderDescription, flash: NamedLayout): Recognition {
  const candidates = candidatesFor(loader, flash);
  const evidence = [
    `USB ID ${ST_ROM_ID}`,
    `it calls itself ${loader.product ?? ''}`,
    'all of its internal flash can be written',
  ];
  const [only, ...others] = candidates;
  const stepping =
    only?.family.deviceId === H74X && others.length === 0
      ? parseIdcodeSerial(loader.serial ?? '')
      : undefined;
  return {
    kind: 'st-rom',
    candidates,
    evidence: stepping
      ? [...evidence, `its serial number is the IDCODE of silicon revision ${stepping.letter}`]
      : evidence,
    ...(stepping && { stepping, revision: stepping.revision }),
  };
}

function reasonsAgainstRom(loader: LoaderDescription, flash: NamedLayout | undefined): readonly string[] {
  const { manufacturer, product } = loader;
  const reasons: string[] = [...microprocessor(loader)];
  if (usbId(loader) !== ST_ROM_ID) reasons.push(`USB ID ${usbId(loader)} is not that of ST's ROM`);
  if (manufacturer !== undefined && manufacturer !== ST_MANUFACTURER) {
    reasons.push(`its manufacturer is ${manufacturer}`);
  }
  if (product === undefined) reasons.push('it does not name itself');
  else if (!ROM_PRODUCTS.has(product)) reasons.push(`no ST ROM is known to call itself ${product}`);
  if (!flash?.layout.name.startsWith('Internal Flash')) {
    reasons.push('no layout string offers internal flash at 0x08000000');
  } else if (sectorsOf(flash.layout).some((sector) => !sector.erasable || !sector.writable)) {
    reasons.push('it keeps part of the internal flash to itself, as a bootloader in flash does');
  }
  return reasons;
}

/** ST's MP1, MP2 and N6 name their chip in the product string. They have a ROM, but no internal flash. */
function microprocessor({ product }: LoaderDescription): readonly string[] {
  const id = /@Device ID \/0x([0-9a-f]+)/i.exec(product ?? '')?.[1];
  return id === undefined
    ? []
    : [`it names device ID 0x${id.toUpperCase()}, as the ROMs of STM32MP and N6 do`];
}

function dfuVersionIs(version: number): string {
  return `its DFU version is 0x${version.toString(16).padStart(4, '0')}, DfuSe has 0x011a`;
}

/** Some hosts leave a NUL or blanks behind a string. An empty one is none. */
function withTrimmedStrings(loader: LoaderDescription): LoaderDescription {
  const trimmed = (text: string | undefined) => text?.replaceAll('\0', '').trim() || undefined;
  return {
    ...loader,
    manufacturer: trimmed(loader.manufacturer),
    product: trimmed(loader.product),
    serial: trimmed(loader.serial),
  };
}
