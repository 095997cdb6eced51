/** The terminal of this process. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Output, StopSignal, Terminal } from './surroundings.ts';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;
/** The longest a timer of the platform can be. */
const FOREVER = 2 ** 31 - 1;

type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What is used of the process. */
export interface TerminalProcess {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  exit(code: number): void;
}

export function processTerminal(process: TerminalProcess): Terminal {
  const { stdin, stdout, stderr } = process;
  const readerGone = new Set<() => void>();
  return {
    out: outputOf(stdout, () => readerGone.forEach((listener) => listener())),
    err: outputOf(stderr, () => undefined),
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    ask: (question, signal) => askOn(stdin, stderr, question, signal),
    askHidden: (question, signal) => askHiddenOn(stdin, stderr, question, signal),
    onStop(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onReaderGone(listener) {
      readerGone.add(listener);
      return () => readerGone.delete(listener);
    },
    stayAlive() {
      const timer = setInterval(() => undefined, FOREVER);
      return () => clearInterval(timer);
    },
    exit: (code) => process.exit(code),
  };
}

function outputOf(stream: Stream, gone: () => void): Output {
  // Whoever was reading may go (EPIPE), a terminal may be closed (EIO): an update goes on all the same.
  stream.on('error', gone);
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? USUAL_COLUMNS;
    },
    get rows() {
      return stream.rows ?? USUAL_ROWS;
    },
  };
}

/** The terminal edits the line and sends Ctrl-C as a signal, as it does everywhere else. */
function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return answerOf(() => createInterface({ input, output, terminal: false }), output, question, signal);
}

/** The line is edited here, with its echo going nowhere; Ctrl-C is no signal meanwhile, and ends the question. */
async function askHiddenOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const open = () => {
    const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
    lines.once('SIGINT', () => lines.close());
    return lines;
  };
  const answer = await answerOf(open, output, question, signal);
  output.write('\n');
  return answer;
}

function answerOf(
  open: () => Interface,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const lines = open();
    const end = (answer: string | undefined) => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
      lines.close();
    };
    const stop = () => {
      output.write('\n');
      end(undefined);
    };
    signal.addEventListener('abort', stop);
    lines.once('line', end);
    lines.once('close', () => end(undefined));
    output.write(question);
  });
}
