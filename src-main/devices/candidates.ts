/**
 * Which families an ST ROM may belong to. A family is a candidate when its flash fits the layout string and nothing
 * the loader shows contradicts it; the more fits, the earlier it stands. Families share strings, so there are often
 * several: only what is read from the chip can decide between them.
 */
import { hex } from '../../shared/address.ts';
import { FAMILIES } from '../stm32/families.ts';
import type { Family } from '../stm32/family.ts';
import { PUBLISHED_LAYOUTS } from '../stm32/published-layouts.ts';
import { hasSectorsOf } from './flash-geometry.ts';
import { namedLayouts, type LoaderDescription, type NamedLayout } from './loader-description.ts';

export interface Candidate {
  readonly family: Family;
  /** Sentences without full stop, the strongest first. */
  readonly evidence: readonly string[];
}

/** A finding about one family: it supports the family, contradicts it, or says nothing. */
type Finding = { readonly supports: string } | 'contradicts' | 'silent';

/** H5, H7R/S and C5: DFU protocol V3.0 (AN3156). */
const PROTOCOL_V3_FAMILIES = [0x474, 0x484, 0x478, 0x47a, 0x485, 0x44e, 0x44f, 0x45a];
/** H7 and U5: seen with V2.0. Of other young families nobody has published it. */
const PROTOCOL_V2_FAMILIES = [0x450, 0x483, 0x480, 0x455, 0x482, 0x481, 0x476];

/** @param flash the alternate setting that is the main flash */
export function candidatesFor(loader: LoaderDescription, flash: NamedLayout): readonly Candidate[] {
  const optionBytes = optionBytesAddress(loader);
  return FAMILIES.flatMap((family): Candidate[] => {
    const fit = flashFit(family, flash);
    if (fit.length === 0) return [];
    const findings = [
      optionBytesFinding(family, flash, optionBytes),
      productFinding(family, loader.product),
      protocolFinding(family, loader.deviceVersion),
    ];
    if (findings.includes('contradicts')) return [];
    const supports = findings.flatMap((finding) => (typeof finding === 'object' ? [finding.supports] : []));
    return [{ family, evidence: [...fit, ...supports] }];
  }).sort((a, b) => b.evidence.length - a.evidence.length);
}

function flashFit(family: Family, { text, layout }: NamedLayout): readonly string[] {
  const published = publishedAs(text, family) ? ['this very layout string was published for the family'] : [];
  const map = family.sectorMaps.find((each) => hasSectorsOf(layout, each));
  return map ? [...published, `its sectors are those of ${family.shortName}, ${map.name}`] : published;
}

function publishedAs(text: string, family: Family) {
  return PUBLISHED_LAYOUTS.find((row) => row.text === text && row.deviceIds.includes(family.deviceId));
}

function optionBytesFinding(family: Family, flash: NamedLayout, shown: number | undefined): Finding {
  const expected = publishedAs(flash.text, family)?.optionBytes ?? family.optionBytes[0]?.start;
  if (shown === undefined || expected === undefined) return 'silent';
  return shown === expected ? { supports: `option bytes at ${hex(shown)}` } : 'contradicts';
}

function productFinding(family: Family, product: string | undefined): Finding {
  if (product === undefined) return 'silent';
  return family.productStrings.includes(product) ? 'silent' : 'contradicts';
}

/** bcdDevice is the version: 0x0300 is V3.0, while V2.x is 0x0200, or 0x2x00 on older loaders. */
function protocolFinding({ deviceId }: Family, deviceVersion: number): Finding {
  const isV3 = deviceVersion >>> 8 === 0x03;
  const contradicting = isV3 ? PROTOCOL_V2_FAMILIES : PROTOCOL_V3_FAMILIES;
  if (contradicting.includes(deviceId)) return 'contradicts';
  return isV3 && PROTOCOL_V3_FAMILIES.includes(deviceId) ? { supports: 'DFU protocol V3.0' } : 'silent';
}

/** Where the loader shows the first of its option bytes: `Option Bytes`, on U0 `OB Bytes`. */
function optionBytesAddress(loader: LoaderDescription): number | undefined {
  return namedLayouts(loader).find(({ layout }) => /^(Option|OB) /.test(layout.name))?.layout.regions[0]
    ?.address;
}
