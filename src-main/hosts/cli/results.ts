/** What was found out about several devices: the failures among it, told one by one. */
import { exitCodeOf, ExitCode } from './exit-code.ts';
import type { Result, Run } from './run.ts';

/** @returns one exit code for each result */
export function tellFailures(run: Run, results: readonly Result<unknown>[]): readonly ExitCode[] {
  return results.map((result) => {
    if (!('failure' in result)) return ExitCode.ok;
    run.reporter.failure(result.failure, result.device.path);
    return exitCodeOf(result.failure.code);
  });
}
