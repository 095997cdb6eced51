/** `stepwise plan FILE`: what `flash` would do, without doing it. */
import type { Command } from 'commander';
import { makePlan } from '../../../flash/plan.ts';
import { withDevice } from '../../../update/connect.ts';
import { deviceKey } from '../../../update/flash-job.ts';
import { LOOKING, type Start } from '../command.ts';
import { worstOf, type ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { firmwareFacts, firmwareLines, readFirmware, type Firmware } from '../firmware-file.ts';
import { interruptedUpdate } from '../../../update/interrupted.ts';
import { addPolicyOptions, policyOf, type PolicyOptions } from '../options.ts';
import { deviceField, interruptedField, planFacts, planFields, planTable } from '../plan-words.ts';
import { tellFailures } from '../results.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

export function addPlan(program: Command, start: Start): void {
  addPolicyOptions(program.command('plan <file>'))
    .summary('show what `flash` would do, sector by sector')
    .description(
      'Shows which sectors a firmware file touches, how long each takes, what is kept and what is lost. It identifies ' +
        'the device and reads nothing else; nothing is changed.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise plan app.dfu', 'the plan for the device that is plugged in'],
        ['stepwise plan app.dfu --virtual h743-v-0x90', 'the same without hardware'],
      ]),
    )
    .action((file: string, options: PolicyOptions, command: Command) =>
      start(command, LOOKING, (run) => planFile(run, file, options)),
    );
}

async function planFile(run: Run, file: string, options: PolicyOptions): Promise<ExitCode> {
  const firmware = await readFirmware(file, options);
  const devices = await run.devices();
  run.reporter.say(fieldLines([['Image', firmwareLines(firmware)]], run.reporter.width));
  const results = await run.collect(devices, (each) => planFor(run, each, firmware, options));
  for (const result of results)
    if ('value' in result) run.reporter.say(result.value.lines, result.device.path);
  const codes = tellFailures(run, results);
  run.reporter.document({
    image: firmwareFacts(firmware),
    devices: results.map((result) =>
      'value' in result
        ? { path: result.device.path, ...result.value.facts }
        : { path: result.device.path, failure: result.failure },
    ),
  });
  return worstOf(codes);
}

function planFor(run: Run, each: DeviceRun, firmware: Firmware, options: PolicyOptions) {
  return withDevice(each.device, each.connect, async ({ device: { identity }, target }) => {
    const plan = makePlan(firmware.image, target, policyOf(options));
    const interrupted = await interruptedUpdate(await run.journal(), deviceKey(identity));
    const width = run.reporter.width;
    const fields = [deviceField(identity), ...planFields(plan, target), interruptedField(interrupted)];
    return {
      lines: [...fieldLines(fields, width), '', ...planTable(plan, !run.options.verbose), ''],
      facts: { identity, plan: planFacts(plan, target), interrupted: interrupted !== undefined },
    };
  });
}
