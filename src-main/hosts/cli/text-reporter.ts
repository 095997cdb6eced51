/** For people: results on the one stream, progress, remarks and failures on the other. */
import type { Clock } from '../../../shared/clock.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { ProgressEvent } from '../../../shared/progress.ts';
import { ExitCode } from './exit-code.ts';
import { failureLines, marked } from './failure-lines.ts';
import type { DeviceProgress } from './progress/device-progress.ts';
import { LiveLines } from './progress/live-lines.ts';
import { PlainLines } from './progress/plain-lines.ts';
import { progressLine } from './progress/progress-text.ts';
import type { Reporter, Told } from './reporter.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { textWidth, typographyFor, type Colour, type Typography } from './typography.ts';
import { conditionWords, type Undertaking } from './words/condition.ts';
import { detailOf } from './words/details.ts';
import { wordsOf, type WordsContext } from './words/failures.ts';

export interface TextManner {
  readonly verbose: boolean;
  readonly undertaking: Undertaking;
  readonly context: WordsContext;
}

/** As often as a line that changes can still be read. */
const REDRAW_INTERVAL = 80;
const BEHIND_LABEL = 2;

/** One stream with what its end can show. */
interface Page {
  readonly output: Output;
  readonly typography: Typography;
}

export class TextReporter implements Reporter {
  readonly #clock: Clock;
  readonly #manner: TextManner;
  readonly #out: Page;
  readonly #err: Page;
  readonly #live: LiveLines | undefined;
  readonly #plain = new Map<string, PlainLines>();
  #count = 0;
  #labelWidth = 0;
  #lastDraw = -Infinity;

  constructor(surroundings: Surroundings, manner: TextManner) {
    const { terminal, clock, environment } = surroundings;
    this.#clock = clock;
    this.#manner = manner;
    this.#out = { output: terminal.out, typography: typographyFor(terminal.out, surroundings) };
    this.#err = { output: terminal.err, typography: typographyFor(terminal.err, surroundings) };
    const canRedraw = terminal.err.isTTY && environment.TERM !== 'dumb';
    this.#live = canRedraw ? new LiveLines(terminal.err) : undefined;
  }

  devices(paths: readonly string[]): void {
    this.#count = paths.length;
    this.#labelWidth = paths.length > 1 ? Math.max(...paths.map((path) => path.length)) + BEHIND_LABEL : 0;
    for (const path of paths) this.#plain.set(path, new PlainLines(this.#clock));
  }

  get width(): number {
    return this.#width(this.#out);
  }

  say(lines: readonly string[], device?: string): void {
    this.#write(this.#out, lines, device);
  }

  remark(text: string, device?: string): void {
    this.#write(this.#err, marked('', text, this.#width(this.#err)), device);
  }

  detail(text: string, device?: string): void {
    if (this.#manner.verbose) this.remark(text, device);
  }

  document(): void {
    // People are told by `say`.
  }

  event(): void {
    // Happenings that people need to know are remarks.
  }

  progress(event: ProgressEvent, progress: DeviceProgress, device: string): void {
    const detail = detailOf(event);
    if (detail !== undefined) this.detail(detail, device);
    if (event.type === 'needs') this.remark(UNPLUG, device);
    if (this.#isDrawn) this.#redraw(device, event, progress);
    else {
      const line = this.#plain.get(device)?.lineFor(event, progress);
      if (line !== undefined) this.remark(line, device);
    }
  }

  finished(device: string): void {
    this.#live?.remove(device);
  }

  outcome({ lines, next, exitCode = ExitCode.ok }: Told, device: string): void {
    const mark = exitCode === ExitCode.ok ? '✓ ' : '✗ ';
    const what = lines.flatMap((line, at) => marked(at === 0 ? mark : '  ', line, this.width));
    const now = next === undefined ? [] : marked('→ ', next, this.width);
    this.say([...what, ...now], device);
  }

  failure(failure: Failure, device?: string): void {
    const { verbose, undertaking, context } = this.#manner;
    const condition = failure.condition && conditionWords(failure.condition, undertaking);
    const width = this.#width(this.#err);
    const lines = failureLines(wordsOf(failure, context), condition, width);
    const facts = verbose ? marked('  ', JSON.stringify(failure), width) : [];
    this.#write(this.#err, [...lines, ...facts], device);
  }

  rest(): void {
    this.#live?.stop();
  }

  // -- inside ----------------------------------------------------------------------------------------------------------

  /** More lines than the terminal has cannot be drawn anew. */
  get #isDrawn(): boolean {
    return this.#live !== undefined && this.#count < this.#err.output.rows;
  }

  #redraw(device: string, event: ProgressEvent, progress: DeviceProgress): void {
    const now = this.#clock.now();
    if (event.type === 'progress' && now - this.#lastDraw < REDRAW_INTERVAL) return;
    this.#lastDraw = now;
    const { output, typography } = this.#err;
    this.#live?.set(device, typography.text(progressLine(progress, this.#label(device), output.columns - 1)));
  }

  #label(device: string | undefined): string {
    return device === undefined || this.#labelWidth === 0 ? '' : device.padEnd(this.#labelWidth);
  }

  /** Characters for running text. */
  #width({ output }: Page): number {
    return textWidth(output) - this.#labelWidth;
  }

  #write({ output, typography }: Page, lines: readonly string[], device: string | undefined): void {
    const label = this.#label(device);
    const text = lines
      .map((line) => (line === '' ? '\n' : typography.text(`${label}${coloured(line, typography)}\n`)))
      .join('');
    if (this.#live) this.#live.above(() => output.write(text));
    else output.write(text);
  }
}

const UNPLUG =
  'The device does not answer any more. Unplug it and plug it in again at the same port: the work then goes on by itself.';

const HEADING = '# ';
const MARKS: Readonly<Record<string, Colour>> = { '✓': 'green', '✗': 'red', '→': 'cyan' };

/** A mark at the beginning of a line has its colour; what follows the one of failure is a title. */
function coloured(line: string, typography: Typography): string {
  if (line.startsWith(HEADING)) return typography.paint('bold', line.slice(HEADING.length));
  const colour = MARKS[line.charAt(0)];
  if (colour === undefined) return line;
  const rest = line.slice(1);
  return (
    typography.paint(colour, line.charAt(0)) + (colour === 'red' ? typography.paint('bold', rest) : rest)
  );
}
