/** The known defects of a bootloader as findings: each said of the chip at hand, with what it means. */
import { valueOf } from '../../../shared/fact.ts';
import type { Finding, Severity } from '../../../shared/finding.ts';
import type { DeviceIdentity } from '../../../shared/identity.ts';
import { hasSectorsOf } from '../../devices/flash-geometry.ts';
import { FAMILIES } from '../../stm32/families.ts';
import type { Quirk, QuirkEffect } from '../../stm32/quirk.ts';
import { QUIRKS } from '../../stm32/quirks.ts';
import type { Organisation } from './option-findings.ts';
import { quirkElsewhere, quirkMeaning, quirkSeverity } from './quirk-meaning.ts';
import { shownFlash } from './shown-flash.ts';

type InMap = Extract<QuirkEffect, { readonly onlyInMap: string }>;

/**
 * Those that cannot strike, because flash is organised in another way, are left out.
 * @param organised what the option bytes say of it, where they were read
 */
export function quirkFindings(
  identity: DeviceIdentity,
  organised: Organisation | undefined,
): readonly Finding[] {
  return identity.quirks.flatMap(({ name }) => {
    const quirk = QUIRKS.find((each) => each.name === name);
    return quirk ? findingOf(quirk, identity, organised) : [];
  });
}

function findingOf(
  quirk: Quirk,
  identity: DeviceIdentity,
  organised: Organisation | undefined,
): readonly Finding[] {
  const { name, what, effect, source } = quirk;
  const about = {
    id: name,
    facts: factsOf(identity),
    what: `${subjectOf(identity)}: ${continued(what)}`,
    quirk: name,
    source,
  };
  if (!('onlyInMap' in effect))
    return [{ ...about, severity: severityOf(effect, identity), meaning: meaningOf(effect) }];
  const strikes = isOrganisedAs(effect, identity, organised);
  if (strikes === false) return [];
  if (strikes === true) return [{ ...about, severity: quirkSeverity(effect), meaning: quirkMeaning(effect) }];
  const meaning = `Whether flash is organised like that (${effect.onlyInMap}) cannot be told here. ${quirkMeaning(effect)}`;
  return [{ ...about, severity: 'handled', meaning }];
}

function meaningOf(effect: QuirkEffect): string {
  return [quirkMeaning(effect), quirkElsewhere(effect)].filter((part) => part !== undefined).join(' ');
}

function severityOf(effect: QuirkEffect, { readProtected }: DeviceIdentity): Severity {
  return effect.kind === 'undependable-when-locked' && valueOf(readProtected) === true
    ? 'prevents'
    : quirkSeverity(effect);
}

/** Whether flash has the sectors of the map a defect holds for; undefined where that cannot be told. */
function isOrganisedAs(
  { onlyInMap }: InMap,
  { family, flashSize, layouts }: DeviceIdentity,
  organised: Organisation | undefined,
): boolean | undefined {
  const chip = FAMILIES.find(({ deviceId }) => deviceId === valueOf(family)?.deviceId);
  const map = chip?.sectorMaps.find(({ name }) => name === onlyInMap);
  if (!chip || !map) return undefined;
  const size = valueOf(flashSize);
  if (size !== undefined && size !== map.flashSize) return false;
  if (organised && organised.banks !== map.banks.length) return false;
  if (organised && (size ?? organised.flashSize) === map.flashSize) return true;
  const shown = shownFlash(layouts);
  if (!shown) return undefined;
  if (hasSectorsOf(shown, map)) return true;
  // Of a part of another size the layout string says nothing: it may be that of the largest one.
  const others = chip.sectorMaps.filter((other) => other !== map && other.flashSize === map.flashSize);
  return others.some((other) => hasSectorsOf(shown, other)) ? false : undefined;
}

/** `Revision V with bootloader 0x90`, as far as it is known; else the name of the chip. */
function subjectOf(identity: DeviceIdentity): string {
  const { stepping, bootloader } = factsOf(identity);
  if (stepping !== undefined && bootloader !== undefined)
    return `Revision ${stepping} with bootloader ${bootloader}`;
  if (bootloader !== undefined) return `${identity.title} with bootloader ${bootloader}`;
  return stepping === undefined ? identity.title : `${identity.title} of revision ${stepping}`;
}

function factsOf({ title, stepping, bootloaderId, bootloaderVersion }: DeviceIdentity) {
  return {
    chip: title,
    ...(stepping.known && { stepping: stepping.value }),
    ...(bootloaderId.known && { bootloader: `0x${bootloaderId.value.toString(16)}` }),
    ...(bootloaderVersion.known && { version: bootloaderVersion.value }),
  };
}

/** A sentence behind a colon; names in capitals stay as they are. */
function continued(sentence: string): string {
  return /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}
