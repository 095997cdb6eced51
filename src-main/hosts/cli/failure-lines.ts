/** A failure as it stands on a terminal: title, why, the condition of the device, what to do. */
import { wrap } from './typography.ts';
import type { Words } from './words/failures.ts';

const COMMAND = '$ ';

/** @param condition a sentence on the device, where there is one to be told; @param width characters of a line */
export function failureLines(words: Words, condition: string | undefined, width: number): string[] {
  const { title, why, now } = words;
  return [
    ...marked('✗ ', title, width),
    ...marked('  ', why, width),
    ...(condition === undefined ? [] : marked('  ', condition, width)),
    ...now.flatMap((step, at) =>
      // A command is copied as it is: never broken.
      step.startsWith(COMMAND)
        ? [`    ${step.slice(COMMAND.length)}`]
        : marked(at === 0 ? '→ ' : '  ', step, width),
    ),
  ];
}

/** Wrapped, with `mark` before the first line and as much room before the others. */
export function marked(mark: string, text: string, width: number): string[] {
  return wrap(text, width - mark.length).map(
    (line, at) => (at === 0 ? mark : ' '.repeat(mark.length)) + line,
  );
}
