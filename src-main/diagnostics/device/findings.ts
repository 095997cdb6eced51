/**
 * What a device is, and what that means for an update: one list for the screens, `stepwise info`, the doctor and the
 * bundle. Pure: it judges what others have read.
 */
import { valueOf } from '../../../shared/fact.ts';
import type { Finding, Severity } from '../../../shared/finding.ts';
import type { FlashSurvey, OptionBytes } from '../../../shared/diagnosis.ts';
import type { DeviceIdentity } from '../../../shared/identity.ts';
import { layoutSize } from '../../dfuse/layout.ts';
import { optionFindings, organisation } from './option-findings.ts';
import { quirkFindings } from './quirk-findings.ts';
import { shownFlash } from './shown-flash.ts';
import { surveyFindings } from './survey-findings.ts';

const GRAVEST_FIRST: readonly Severity[] = ['prevents', 'slows', 'handled', 'note'];

/** What was read besides the identity, as far as somebody asked for it. */
export interface Examined {
  readonly optionBytes?: readonly OptionBytes[] | undefined;
  readonly survey?: FlashSurvey | undefined;
}

/** The gravest first; none where nothing is known against the device. */
export function findingsOf(
  identity: DeviceIdentity,
  { optionBytes = [], survey }: Examined = {},
): readonly Finding[] {
  const found = [
    ...identityFindings(identity),
    ...optionFindings(optionBytes),
    ...(survey ? surveyFindings(survey) : []),
    ...quirkFindings(identity, organisation(optionBytes)),
  ];
  return GRAVEST_FIRST.flatMap((severity) => found.filter((each) => each.severity === severity));
}

function identityFindings(identity: DeviceIdentity): readonly Finding[] {
  const { kind, readProtected } = identity;
  return [
    ...(kind === 'st-rom' ? unknownParts(identity) : [otherLoader(identity)]),
    ...(valueOf(readProtected) === true ? [locked(identity)] : []),
    ...smallerFlash(identity),
  ];
}

const OTHER_LOADERS: Readonly<Record<Exclude<DeviceIdentity['kind'], 'st-rom'>, string>> = {
  clone: 'This is the bootloader of another maker’s chip, with habits nobody has checked.',
  'other-dfuse': 'This bootloader is part of a product, not of the chip: it can be overwritten.',
  'plain-dfu': 'This bootloader lacks ST’s extensions: it knows no addresses.',
  'run-time': 'This is an application, not a bootloader.',
};

function otherLoader({ kind, title, evidence }: DeviceIdentity): Finding {
  return {
    id: `kind-${kind}`,
    severity: 'prevents',
    facts: { chip: title },
    what: kind === 'st-rom' ? title : OTHER_LOADERS[kind],
    meaning:
      kind === 'run-time'
        ? 'It has to be sent to its bootloader before it can be updated.'
        : 'Stepwise updates ST’s own bootloader in ROM and no other.',
    source: evidence.join('; '),
  };
}

function locked({ readProtected, commands }: DeviceIdentity): Finding {
  const canUnlock = valueOf(commands)?.includes(READ_UNPROTECT) !== false;
  return {
    id: 'read-protected',
    severity: 'prevents',
    facts: { unlock: canUnlock ? 'erases' : 'not-supported' },
    what: 'Flash is locked against reading and writing (read protection).',
    meaning: canUnlock
      ? 'It has to be unlocked first, which erases everything on it.'
      : 'This bootloader has no command to unlock it: that takes a debugger.',
    source: readProtected.known ? readProtected.how : '',
  };
}

/** AN3156 §5.4. */
const READ_UNPROTECT = 0x92;

function unknownParts({ title, family, bootloaderId, candidates }: DeviceIdentity): readonly Finding[] {
  return [
    ...(family.known
      ? []
      : [
          {
            id: 'chip-unknown',
            severity: 'slows',
            facts: { candidates: candidates.map(({ name }) => name).join(', ') },
            what: `Which chip this is could not be told: ${family.why}.`,
            meaning: 'Stepwise expects what any of them gets wrong, and goes by the layout string.',
            source: 'USB descriptors',
          } as const,
        ]),
    ...(bootloaderId.known || !family.known
      ? []
      : [
          {
            id: 'bootloader-unknown',
            severity: 'slows',
            facts: { chip: title },
            what: `The version of the bootloader is not known: ${bootloaderId.why}.`,
            meaning: 'Stepwise expects the defects of every version this chip may have.',
            source: 'bootloader ID, AN2606 §4.2',
          } as const,
        ]),
  ];
}

/** The layout string may be that of the largest part of the family. */
function smallerFlash({ flashSize, layouts }: DeviceIdentity): readonly Finding[] {
  const layout = shownFlash(layouts);
  if (!flashSize.known || !layout || layoutSize(layout) <= flashSize.value) return [];
  const shown = `${layoutSize(layout) / KILOBYTE} KB`;
  const size = `${flashSize.value / KILOBYTE} KB`;
  return [
    {
      id: 'flash-smaller-than-shown',
      severity: 'handled',
      facts: { shown, size },
      what: `The layout string shows ${shown} of flash, the chip has ${size}.`,
      meaning: 'Stepwise goes by the chip: firmware that needs more is refused before anything is erased.',
      source: `flash size register, ${flashSize.how}`,
    },
  ];
}

const KILOBYTE = 1024;
