/** What the option bytes mean for an update: those that stand in its way, and those that decide what comes of it. */
import type { OptionBytes } from '../../../shared/diagnosis.ts';
import type { Finding } from '../../../shared/finding.ts';

type Field = OptionBytes['fields'][number];
type Topic = Field['topic'];

const FOR_EVER = 'level 2';

const MEANINGS: Readonly<Record<Topic, string>> = {
  'read-protection':
    'While it is like this, the bootloader reads and writes little or nothing; unlocking erases everything.',
  'write-protection':
    'These parts are neither erased nor written, and the bootloader does not say so. Stepwise sees it by reading back: an ' +
    'update that needs them fails, until the protection is taken off with ST’s tools.',
  'code-protection':
    'These parts can be executed only: they are neither read nor written, so an update that needs them fails.',
  security: 'A part of flash is hidden from the bootloader: an update reaches the rest of it.',
  banks: 'The two halves of flash have changed places: what is written at 0x08000000 lies in the second one.',
  boot: 'An update is not concerned, but the chip may start something else afterwards.',
  'brown-out': 'An update is not concerned.',
  watchdog: 'An update is not concerned.',
};

/** One for each topic that deserves it. */
export function optionFindings(optionBytes: readonly OptionBytes[]): readonly Finding[] {
  const fields = optionBytes.flatMap((block) => block.fields.map((field) => ({ field, block })));
  const topics = [...new Set(fields.map(({ field }) => field.topic))];
  return topics.flatMap((topic) => {
    const told = fields.filter(({ field }) => field.topic === topic && field.opinion !== 'fine');
    const [first] = told;
    if (!first) return [];
    const values = told.map(({ field: { name, value } }) => `${name}: ${value}`).join(', ');
    const forEver = topic === 'read-protection' && told.some(({ field }) => field.value === FOR_EVER);
    return [
      {
        id: `option-${topic}`,
        severity: told.some(({ field }) => field.opinion === 'prevents') ? 'prevents' : 'note',
        facts: { values },
        what: `The option bytes say ${values}.`,
        meaning: forEver
          ? 'This cannot be undone: the device is never updated again over USB.'
          : MEANINGS[topic],
        source: first.block.source ?? 'option bytes, as read',
      } satisfies Finding,
    ];
  });
}

/** How the option bytes divide flash. */
export interface Organisation {
  readonly banks: 1 | 2;
  /** Bytes; the bit of some families holds for parts of one size only. */
  readonly flashSize?: number;
}

/** Undefined where the option bytes do not say. */
export function organisation(optionBytes: readonly OptionBytes[]): Organisation | undefined {
  const values = optionBytes.flatMap(({ fields }) =>
    fields.filter(({ topic }) => topic === 'banks').map(({ value }) => value),
  );
  const two = values.find((value) => value.endsWith('two banks'));
  if (two !== undefined) return { banks: 2, ...(two.startsWith('1 MB') && { flashSize: MEGABYTE }) };
  return values.some((value) => value.endsWith('one bank')) ? { banks: 1 } : undefined;
}

const MEGABYTE = 1024 * 1024;
