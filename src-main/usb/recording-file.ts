import { createWriteStream } from 'node:fs';
import { StepwiseError } from '../../shared/failure.ts';
import type { RecordingSink } from './recorder.ts';

/**
 * Writes a recording to a new file. What goes wrong with the file is reported once and disturbs nothing else: the
 * recording ends there, the session on the device goes on.
 */
export function recordingFile(
  path: string,
  report: (failure: StepwiseError<'host-file'>) => void,
): RecordingSink {
  const stream = createWriteStream(path);
  const ended = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.once('error', (error) => {
    report(
      new StepwiseError('host-file', { path, operation: 'record', detail: error.message }, { cause: error }),
    );
  });
  return {
    write(line) {
      if (stream.writable) stream.write(`${line}\n`);
    },
    async close() {
      if (stream.writable) stream.end();
      await ended;
    },
  };
}
