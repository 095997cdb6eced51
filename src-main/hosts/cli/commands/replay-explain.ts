/** `stepwise replay FILE`: what a transcript says, in words; with --compare, two of them side by side. */
import { open } from 'node:fs/promises';
import { StepwiseError } from '../../../../shared/failure.ts';
import { compareSessions, type Comparison } from '../../../diagnostics/transcript/compare.ts';
import { explain, type ExplainedSession, type Explanation } from '../../../diagnostics/transcript/explain.ts';
import { paragraphsOf, type Paragraph } from '../../../diagnostics/transcript/paragraphs.ts';
import { PHASES } from '../../../diagnostics/transcript/statistics.ts';
import type { Step } from '../../../diagnostics/transcript/steps.ts';
import { readTranscript, type Session, type Transcript } from '../../../diagnostics/transcript/transcript.ts';
import { LARGEST_CAPTURE } from '../../../usb/capture/read.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import { fieldLines } from '../fields.ts';
import { counted, duration, grouped } from '../quantities.ts';
import type { Run } from '../run.ts';
import { wrap } from '../typography.ts';
import { markOf, numberLines, phaseName, verdictLine } from '../words/transcript-end.ts';
import { gapSentence, originSentence, paragraphSentence, usbIdText } from '../words/transcript.ts';

export async function explainFile(run: Run, file: string): Promise<ExitCode> {
  const explanation = explain(await transcriptIn(file));
  const { width } = run.reporter;
  run.reporter.say([
    ...wrap([originSentence(explanation), ...explanation.gaps.map(gapSentence)].join(' '), width),
    ...(explanation.sessions.length === 0 ? ['Nobody talked to a device in it.'] : []),
    ...explanation.sessions.flatMap((session) => sessionLines(session, UNITS[explanation.kind], width)),
  ]);
  run.reporter.document(documentOf(explanation));
  return ExitCode.ok;
}

export async function compareFiles(run: Run, file: string, other: string): Promise<ExitCode> {
  const [left, right] = [
    sessionToCompare(await transcriptIn(file), file),
    sessionToCompare(await transcriptIn(other), other),
  ];
  const comparison = compareSessions(left, right);
  run.reporter.say(comparisonLines(comparison, { file, other, width: run.reporter.width }));
  run.reporter.document(comparisonDocument(comparison, left, right));
  return ExitCode.ok;
}

/** @throws bad-file, host-file */
async function transcriptIn(path: string): Promise<Transcript> {
  return readTranscript(await contentOf(path));
}

/** Recordings and captures may be as large as each other. */
async function contentOf(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size <= LARGEST_CAPTURE) return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StepwiseError('host-file', { path, operation: 'read', detail }, { cause: error });
  }
  throw new StepwiseError('bad-file', {
    fault: 'too-large',
    detail: `it has more than the ${grouped(LARGEST_CAPTURE)} bytes accepted`,
    format: 'usb-capture',
  });
}

// -- one transcript ------------------------------------------------------------------------------------------------------

/** `   12.4 s  ✗ `. */
const TIME_WIDTH = 9;

/** What places are counted in. */
const UNITS = { recording: 'line', capture: 'transfer' } as const;

function sessionLines(session: ExplainedSession, unit: string, width: number): string[] {
  const { place, usbId, paragraphs, begin } = session;
  const numbers = numberLines(session);
  return [
    '',
    `# ${place}, ${usbIdText(usbId)}`,
    ...paragraphs.flatMap((paragraph) => {
      const time = `${((paragraph.at - begin) / 1000).toFixed(1)} s`.padStart(TIME_WIDTH);
      const mark = `${time} ${markOf(paragraph)} `;
      return marked(mark, `${paragraphSentence(paragraph)}${placeText(paragraph, unit)}`, width);
    }),
    '',
    ...marked(...verdictLine(session), width),
    ...fieldLines(
      [
        ['  Time', [numbers.time.join(' · ')]],
        ['  Asked', [numbers.requests.join(' · ')]],
      ],
      width,
    ),
  ];
}

/** Where to look in the file, for what is worth looking at. */
function placeText(paragraph: Paragraph, unit: string): string {
  if (markOf(paragraph) === ' ') return '';
  const { first, last } = paragraph;
  return first === last ? ` (${unit} ${first})` : ` (${unit}s ${first} to ${last})`;
}

function documentOf({ kind, program, begun, gaps, sessions }: Explanation) {
  return {
    kind,
    program: program ?? null,
    begun: begun ?? null,
    gaps,
    sessions: sessions.map((session) => ({
      ...session,
      paragraphs: session.paragraphs.map((paragraph) => ({
        ...paragraph,
        words: paragraphSentence(paragraph),
      })),
      words: verdictLine(session)[1],
    })),
  };
}

// -- two of them ---------------------------------------------------------------------------------------------------------

/** Of a transcript with several devices, the one that was talked to most. @throws usage where there is none */
function sessionToCompare({ sessions }: Transcript, file: string): Session {
  const [first, ...others] = sessions;
  if (!first) throw new StepwiseError('usage', { problem: `In ${file} nobody talked to a device.` });
  return others.reduce(
    (most, each) => (each.happenings.length > most.happenings.length ? each : most),
    first,
  );
}

interface Names {
  readonly file: string;
  readonly other: string;
  readonly width: number;
}

function comparisonLines({ requests, times, firstDifference }: Comparison, names: Names): string[] {
  const { file, other, width } = names;
  const phases = PHASES.filter((phase) => times.left[phase] > 0 || times.right[phase] > 0);
  return [
    ...fieldLines(
      [
        ['Left', [file]],
        ['Right', [other]],
      ],
      width,
    ),
    '',
    ...columns([
      ['Requests', 'left', 'right'],
      ...requests.map(({ name, left, right }) => [name, grouped(left), grouped(right)] as const),
    ]),
    '',
    ...columns([
      ['Time', 'left', 'right'],
      ...phases.map(
        (phase) => [phaseName(phase), duration(times.left[phase]), duration(times.right[phase])] as const,
      ),
    ]),
    '',
    ...differenceLines(firstDifference, width),
  ];
}

function columns(rows: readonly (readonly [string, string, string])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const [name = 0, left = 0, right = 0] = widths;
  return rows.map((row) => `${row[0].padEnd(name)}  ${row[1].padStart(left)}  ${row[2].padStart(right)}`);
}

function differenceLines(difference: Comparison['firstDifference'], width: number): string[] {
  if (!difference) return marked('✓ ', 'Both erased, wrote and read the same, in the same order.', width);
  const { same, left, right } = difference;
  const begin =
    same === 0
      ? 'What they do with memory differs from the first step on.'
      : `${counted(same, 'step')} with memory ${same === 1 ? 'is' : 'are'} the same; then they part.`;
  return [
    ...marked('· ', begin, width),
    ...marked('  left: ', stepSentence(left), width),
    ...marked('  right: ', stepSentence(right), width),
  ];
}

function stepSentence(step: Step | undefined): string {
  if (!step) return 'nothing more.';
  const [paragraph] = paragraphsOf([step]).paragraphs;
  return paragraph ? paragraphSentence(paragraph) : 'nothing more.';
}

function comparisonDocument({ requests, times, firstDifference }: Comparison, left: Session, right: Session) {
  return {
    left: { place: left.place, times: times.left },
    right: { place: right.place, times: times.right },
    requests,
    firstDifference: firstDifference
      ? {
          same: firstDifference.same,
          left: firstDifference.left ?? null,
          right: firstDifference.right ?? null,
        }
      : null,
  };
}
