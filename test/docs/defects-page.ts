/** docs/reference/defects.md: what is known to be wrong with ST's bootloaders, and what Stepwise does about it. */
import type { Severity } from '../../shared/finding.ts';
import {
  quirkElsewhere,
  quirkMeaning,
  quirkSeverity,
} from '../../src-main/diagnostics/device/quirk-meaning.ts';
import { loaderVersion } from '../../src-main/stm32/bootloader-id.ts';
import { FAMILIES } from '../../src-main/stm32/families.ts';
import type { Family } from '../../src-main/stm32/family.ts';
import type { Quirk } from '../../src-main/stm32/quirk.ts';
import { QUIRKS } from '../../src-main/stm32/quirks.ts';
import { hexadecimal, list, page, plain } from './markdown.ts';

const PARTS: Readonly<Record<Severity, readonly [title: string, introduction: string]>> = {
  prevents: [
    'Stand in the way',
    'An update that runs into one of these is refused before anything is erased.',
  ],
  slows: ['Cost time', 'An update works, and takes longer for it.'],
  handled: ['Handled', 'Stepwise goes round these of itself; nobody has to set anything.'],
  note: ['Worth knowing', 'An update goes on as always; what comes after it may not.'],
};

export function defectsPage(): string {
  return page(
    'Known defects',
    `${QUIRKS.length} ways in which bootloaders of these chips do not do what ST’s application notes say, each with where it ` +
      'is known from. `stepwise info` shows those of the device in front of you.',
    'Where a bootloader says which version it is, only the defects of that version count. Where it does not, the ones that ' +
      'could do harm count all the same.',
    ...Object.entries(PARTS).flatMap(([severity, [title, introduction]]) => [
      `## ${title}`,
      introduction,
      ...QUIRKS.filter(({ effect }) => quirkSeverity(effect) === severity).map(section),
    ]),
  );
}

function section(quirk: Quirk): string {
  const { name, what, effect, source } = quirk;
  const meaning = effect.kind === 'note' ? [] : [quirkMeaning(effect), quirkElsewhere(effect) ?? ''];
  return [
    `### ${name}`,
    [what, ...meaning].map(plain).join(' ').trim(),
    list([
      `Concerns: ${FAMILIES.flatMap((family) => concerned(quirk, family)).join('; ')}`,
      `Source: ${plain(source)}`,
    ]),
  ].join('\n\n');
}

/** A family whose bootloaders have the defect, and which of them. Asked of the quirk itself. */
function concerned(quirk: Quirk, { deviceId, shortName, knownBootloaderIds }: Family): readonly string[] {
  const versions = knownBootloaderIds.filter((bootloaderId) => quirk.applies({ deviceId, bootloaderId }));
  const unread = quirk.applies({ deviceId });
  if (versions.length === 0 && !unread) return [];
  if (versions.length === knownBootloaderIds.length && unread) return [`${shortName}, every bootloader`];
  const named = versions.map((id) => `${loaderVersion(id).name} (${hexadecimal(id)})`);
  const all = [...named, ...(unread ? ['bootloaders that do not say which they are'] : [])];
  return [`${shortName}, ${all.join(', ')}`];
}
