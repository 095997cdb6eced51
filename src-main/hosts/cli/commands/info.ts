/** `stepwise info`: the identity card. */
import type { Command } from 'commander';
import { findingsOf } from '../../../diagnostics/device/findings.ts';
import { identify } from '../../../devices/identify.ts';
import { deviceKey } from '../../../update/flash-job.ts';
import { LOOKING, type Start } from '../command.ts';
import { worstOf, type ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { identityCard } from '../identity-card.ts';
import { interruptedUpdate } from '../../../update/interrupted.ts';
import { interruptedField } from '../plan-words.ts';
import { tellFailures } from '../results.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

export function addInfo(program: Command, start: Start): void {
  program
    .command('info')
    .summary('what the device is, and how that is known')
    .description(
      'Shows what is known of a device: chip, stepping, bootloader, flash, unique ID, each with how it is known or why it ' +
        'is not; and what that means for an update: what prevents it, what is known to be wrong with its bootloader. Nothing is changed.',
    )
    .addHelpText('after', examples([['stepwise info --virtual h743-v-0x90', 'the card of a virtual device']]))
    .action((_options: unknown, command: Command) => start(command, LOOKING, showInfo));
}

async function showInfo(run: Run): Promise<ExitCode> {
  const results = await run.collect(await run.devices(), (each) => cardOf(run, each));
  for (const result of results)
    if ('value' in result) run.reporter.say(result.value.lines, result.device.path);
  const codes = tellFailures(run, results);
  run.reporter.document({
    devices: results.map((result) =>
      'value' in result ? result.value.facts : { path: result.device.path, failure: result.failure },
    ),
  });
  return worstOf(codes);
}

/** Not `withDevice`: a device that may not be updated may be looked at. */
async function cardOf(run: Run, { device, connect }: DeviceRun) {
  const { identity, loader } = await identify(device, connect.clock);
  await loader.device.close();
  const interrupted = await interruptedUpdate(await run.journal(), deviceKey(identity));
  const findings = findingsOf(identity);
  const width = run.reporter.width;
  const resumes = interrupted ? ['', ...fieldLines([interruptedField(interrupted)], width)] : [];
  return {
    lines: [...identityCard(identity, findings, width), ...resumes],
    facts: { ...identity, findings, interrupted: interrupted !== undefined },
  };
}
