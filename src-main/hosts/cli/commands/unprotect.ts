/** `stepwise unprotect`: takes the read protection off, which erases everything; only on a sentence typed for it. */
import type { Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { valueOf } from '../../../../shared/fact.ts';
import { withDevice } from '../../../update/connect.ts';
import { ERASE_EVERYTHING, unprotect } from '../../../update/unprotect-job.ts';
import type { CommandManner, Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { deviceField } from '../plan-words.ts';
import type { Told } from '../reporter.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

const MANNER: CommandManner = { json: 'lines', undertaking: 'unlock' };

interface UnprotectOptions {
  readonly consent?: string;
}

export function addUnprotect(program: Command, start: Start): void {
  program
    .command('unprotect')
    .summary('unlock a read-protected device: erases everything on it')
    .description(
      'Takes the read protection of the chip off. The chip erases all of its flash then, and that cannot be undone: firmware, ' +
        'settings, serial numbers, keys.',
    )
    .option('--consent <sentence>', `"${ERASE_EVERYTHING}", where nobody is there to type it`)
    .addHelpText('after', examples([['stepwise unprotect --device 1-2', 'asks for the sentence']]))
    .action((options: UnprotectOptions, command: Command) =>
      start(command, MANNER, (run) => unprotectDevice(run, options)),
    );
}

async function unprotectDevice(run: Run, { consent }: UnprotectOptions): Promise<ExitCode> {
  const { json, all } = run.options;
  if (all)
    throw new StepwiseError('usage', {
      problem: 'One device is unlocked at a time: choose it with --device.',
    });
  const canAsk = run.surroundings.terminal.canAsk && !json;
  if (consent === undefined && !canAsk) throw new StepwiseError('consent-missing', { what: 'unprotect' });
  return run.perform(await run.devices(), (each) => unlock(run, each, consent));
}

function unlock(run: Run, each: DeviceRun, consent: string | undefined): Promise<Told> {
  return withDevice(each.device, each.connect, async (connected) => {
    const { identity } = connected.device;
    if (valueOf(identity.readProtected) === false)
      return { lines: ['This device is not locked: nothing is done.'], facts: { unlocked: false } };
    const fields = [
      deviceField(identity),
      ['Unlock', ['Everything on the device is erased by it. That cannot be undone.']] as const,
    ];
    run.reporter.say([...fieldLines(fields, run.reporter.width), ''], identity.path);
    const word = consent ?? (await askedConsent(run));
    const { bus } = await run.usb();
    await unprotect(connected, word, bus, each.job);
    const lines = ['The device is unlocked: its flash can be read, and what was on it is gone.'];
    const next = 'It has no firmware now: `stepwise flash FILE` writes it.';
    return { lines, next, facts: { unlocked: true } };
  });
}

/** @throws cancelled for no answer; a wrong one is the engine's to refuse */
async function askedConsent(run: Run): Promise<string> {
  run.reporter.rest();
  const answer = await run.surroundings.terminal.ask(`To go on, type: ${ERASE_EVERYTHING}\n> `, run.signal);
  if (answer === undefined || answer.trim() === '')
    throw new StepwiseError('cancelled', { condition: 'untouched' }, { condition: 'untouched' });
  return answer.trim();
}
