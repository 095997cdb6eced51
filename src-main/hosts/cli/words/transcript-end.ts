/** How a session in a transcript ended, and its numbers. */
import type { ExplainedSession, Verdict } from '../../../diagnostics/transcript/explain.ts';
import { isTrouble } from '../../../diagnostics/transcript/explain.ts';
import type { Paragraph } from '../../../diagnostics/transcript/paragraphs.ts';
import { PHASES, type TranscriptPhase } from '../../../diagnostics/transcript/statistics.ts';
import { byteCount, counted, duration, grouped } from '../quantities.ts';
import { paragraphSentence } from './transcript.ts';

/** A line with its mark: `✓`, `✗`, or `·`. */
export function verdictLine({ verdict, proof, paragraphs }: ExplainedSession): readonly [string, string] {
  switch (verdict.kind) {
    case 'looked':
      return ['✓ ', 'It was only looked at, and nothing went wrong.'];
    case 'erased':
      return ['✓ ', 'Something was erased, nothing was written, and nothing went wrong.'];
    case 'proven':
      return [
        '✓ ',
        `Everything that was written was read back equal: ${byteCount(proof.equal)}${overcome(verdict)}.`,
      ];
    case 'not proven': {
      const missing = proof.notRead > 0 ? `: ${byteCount(proof.notRead)} of it` : '';
      return ['· ', `Nothing went wrong, but not everything that was written was read back${missing}.`];
    }
    case 'different':
      return [
        '✗ ',
        `What was read back is not what was written: ${byteCount(proof.different)} differ in their blocks.`,
      ];
    case 'unfinished':
      return ['✗ ', 'It ends in the middle of the work.'];
    case 'failed': {
      const trouble = paragraphs[verdict.trouble];
      const where = trouble ? `: ${paragraphSentence(trouble)}` : '.';
      return ['✗ ', `This is where it went wrong${where}`];
    }
  }
}

function overcome({ overcome: count }: Extract<Verdict, { kind: 'proven' }>): string {
  return count === 0 ? '' : `, after ${counted(count, 'thing')} that went wrong on the way`;
}

// -- numbers -------------------------------------------------------------------------------------------------------------

const PHASE_NAMES: Readonly<Record<TranscriptPhase, string>> = {
  look: 'asking what it is',
  compare: 'reading before anything was written',
  erase: 'erasing',
  write: 'writing',
  verify: 'reading after something was written',
  other: 'other requests',
  host: 'nothing asked of the device',
};

export function phaseName(phase: TranscriptPhase): string {
  return PHASE_NAMES[phase];
}

/** Milliseconds. */
const SHORTEST_TOLD = 1;

export function numberLines({ requests, times, begin, end }: ExplainedSession): {
  readonly time: readonly string[];
  readonly requests: readonly string[];
} {
  const spent = PHASES.filter((phase) => times[phase] >= SHORTEST_TOLD);
  return {
    time: [
      `${duration(end - begin)} in all`,
      ...spent.map((phase) => `${duration(times[phase])} ${phaseName(phase)}`),
    ],
    requests: requests.map(
      ({ name, count, failed }) =>
        `${grouped(count)} ${name}${failed > 0 ? `, ${grouped(failed)} failed` : ''}`,
    ),
  };
}

/** A mark before the paragraph. */
export function markOf(paragraph: Paragraph): string {
  return isTrouble(paragraph) || (paragraph.kind === 'read' && paragraph.compared === 'different')
    ? '✗'
    : ' ';
}
