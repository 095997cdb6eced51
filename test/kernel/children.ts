import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Starting Node in a slow guest takes a while. */
const CHILD_LIMIT_MS = 60_000;

export interface Child {
  /** The first line it says. */
  readonly said: Promise<string>;
  /** Ends its input and waits for its end. @returns its exit status, or the signal that ended it */
  end(): Promise<number | string>;
  /** Waits for it to end by itself, its input still open. */
  readonly ended: Promise<number | string>;
}

export function startChild(role: string, path: string, user?: number): Child {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child.js'), role, path, ...(user === undefined ? [] : [String(user)])],
    { stdio: ['pipe', 'pipe', 'inherit'], timeout: CHILD_LIMIT_MS, killSignal: 'SIGKILL' },
  );
  const lines = createInterface({ input: child.stdout });
  const said = Promise.race([once(lines, 'line'), once(lines, 'close').then(() => ['nothing'])]).then(String);
  const ended = once(child, 'exit').then(
    ([status, signal]: unknown[]) => (status ?? signal) as number | string,
  );
  return {
    said,
    ended,
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}
