/** What lies in flash, as findings: which release it is, and whether the chip can start from it. */
import { hex } from '../../../shared/address.ts';
import type { FlashSurvey, VectorTable } from '../../../shared/diagnosis.ts';
import type { Finding } from '../../../shared/finding.ts';

export function surveyFindings({ sectors, vectorTable, recognised }: FlashSurvey): readonly Finding[] {
  const unreadable = sectors.filter(({ state }) => state === 'unreadable');
  const [release] = recognised;
  return [
    ...(unreadable.length === 0
      ? []
      : [
          {
            id: 'flash-unreadable',
            severity: 'prevents',
            facts: { sectors: unreadable.map(({ address }) => hex(address)).join(', ') },
            what: `The bootloader refuses to read ${unreadable.length} of ${sectors.length} sectors.`,
            meaning: 'What is written there cannot be proven, so an update that needs them fails.',
            source: READING,
          } as const,
        ]),
    ...(vectorTable && vectorTable.oddities.length > 0 ? [cannotStart(vectorTable)] : []),
    ...(release === undefined
      ? []
      : [
          {
            id: 'release-recognised',
            severity: 'note',
            facts: { name: release.name, version: release.version },
            what: `Flash holds ${release.name} ${release.version}, every byte of it.`,
            meaning: 'Writing the same release again would change nothing.',
            source: 'the maker’s signed releases, compared with flash',
          } as const,
        ]),
  ];
}

const READING = 'flash, as read';

const ODDITIES: Readonly<Record<VectorTable['oddities'][number], string>> = {
  blank: 'both words are blank',
  'stack-pointer-outside-ram': 'the initial stack pointer is not in RAM',
  'stack-pointer-misaligned': 'the initial stack pointer is not on a word border',
  'reset-handler-not-thumb': 'the reset handler is no Thumb code',
  'reset-handler-outside-image': 'the reset handler points to where nothing is',
};

function cannotStart({ address, stackPointer, resetHandler, oddities }: VectorTable): Finding {
  return {
    id: oddities.includes('blank') ? 'no-application' : 'application-cannot-start',
    severity: 'note',
    facts: { address: hex(address), stackPointer: hex(stackPointer), resetHandler: hex(resetHandler) },
    what: `The chip cannot start from the vector table at ${hex(address)}: ${oddities.map((each) => ODDITIES[each]).join(', ')}.`,
    meaning: 'An update writes it anew; until then the chip stays in its bootloader or does nothing.',
    source: READING,
  };
}
