/** `stepwise devices`: what is plugged in, and with --watch what comes and goes. */
import type { Command } from 'commander';
import type { DeviceIdentity } from '../../../../shared/identity.ts';
import { identify } from '../../../devices/identify.ts';
import { deviceKey } from '../../../update/flash-job.ts';
import type { JournalEntry } from '../../../flash/journal.ts';
import type { UsbDevice, UsbEvent } from '../../../usb/port.ts';
import { formatUsbId, isCandidate } from '../choose-devices.ts';
import { LOOKING, READING, type Start } from '../command.ts';
import { deviceLine } from '../device-words.ts';
import { ExitCode } from '../exit-code.ts';
import { failureLines, marked } from '../failure-lines.ts';
import { interruptedUpdate } from '../../../update/interrupted.ts';
import { moment } from '../quantities.ts';
import type { Result, Run } from '../run.ts';
import { wrap } from '../typography.ts';
import { wordsContext, wordsOf } from '../words/failures.ts';
import { examples } from './examples.ts';

interface DevicesOptions {
  readonly watch?: boolean;
  readonly every?: boolean;
}

export function addDevices(program: Command, start: Start): void {
  program
    .command('devices')
    .summary('what is plugged in')
    .description(
      'Lists the devices that are in their bootloader: port, chip, stepping, serial number; and of those that cannot be ' +
        'opened, why. A device is best named by its port: serial numbers of ROM bootloaders are not unique.',
    )
    .option('--watch', 'go on, and tell what comes and goes, until Ctrl-C')
    .option('--every', 'also list other USB devices, without opening them')
    .addHelpText(
      'after',
      examples([
        ['stepwise devices --watch', 'plug the device in and see whether it appears'],
        ['stepwise devices --every', 'find the port of a device that is not in its bootloader yet'],
      ]),
    )
    .action((options: DevicesOptions, command: Command) =>
      options.watch
        ? start(command, READING, watchDevices)
        : start(command, LOOKING, (run) => listDevices(run, options)),
    );
}

interface Seen {
  readonly identity: DeviceIdentity;
  readonly interrupted: JournalEntry | undefined;
}

async function listDevices(run: Run, { every }: DevicesOptions): Promise<ExitCode> {
  const { bus } = await run.usb();
  const attached = await bus.list();
  const results = await run.collect(
    attached.filter((device) => isCandidate(device, run.options)),
    (each) => look(run, each.device),
  );
  const others = every ? attached.filter((device) => !isCandidate(device, run.options)) : [];
  const { width } = run.reporter;
  const none = NOTHING.flatMap((line) => wrap(line, width));
  run.reporter.say(results.length === 0 ? none : results.flatMap((each) => resultLines(each, width)));
  sayWhatHelps(run, results);
  if (others.length > 0) run.reporter.say(['', 'Other USB devices, not opened:', ...others.map(otherLine)]);
  run.reporter.document({
    devices: results.map(resultFacts),
    ...(every && { others: others.map(({ path, identity }) => ({ path, usb: formatUsbId(identity) })) }),
  });
  return ExitCode.ok;
}

async function watchDevices(run: Run): Promise<ExitCode> {
  const { bus } = await run.usb();
  const seenEnough = ended(run);
  const tell = async (event: UsbEvent) => {
    if (!isCandidate(event.device, run.options)) return;
    if (event.type === 'detached') {
      run.reporter.say([`${event.device.path}  unplugged`]);
      run.reporter.event('detached', { path: event.device.path });
      return;
    }
    const result = await run.settle(event.device, (each) => look(run, each.device));
    run.reporter.say(resultLines(result, run.reporter.width));
    run.reporter.event('attached', resultFacts(result));
  };
  // One after the other, so that what is told stays in the order in which it happened.
  let told = Promise.resolve();
  const inTurn = (event: UsbEvent) => (told = told.then(() => tell(event)));
  const unsubscribe = bus.subscribe((event) => void inTurn(event));
  const letGo = run.surroundings.terminal.stayAlive();
  try {
    const present = await bus.list();
    for (const device of present) void inTurn({ type: 'attached', device });
    await told;
    if (!present.some((device) => isCandidate(device, run.options)))
      run.reporter.remark('No device is in its bootloader yet.');
    run.reporter.remark('Watching. Ctrl-C ends it.');
    await seenEnough;
    await told;
  } finally {
    letGo();
    unsubscribe();
  }
  return ExitCode.ok;
}

/** Resolves when the person has seen enough: Ctrl-C, or the end of the pipe. */
function ended({ signal, surroundings }: Run): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    surroundings.terminal.onReaderGone(resolve);
  });
}

async function look(run: Run, device: UsbDevice): Promise<Seen> {
  const { identity, loader } = await identify(device, (await run.usb()).clock);
  await loader.device.close();
  return { identity, interrupted: await interruptedUpdate(await run.journal(), deviceKey(identity)) };
}

/** Once for each kind of failure: several devices mostly fail for the same reason. */
function sayWhatHelps(run: Run, results: readonly Result<Seen>[]): void {
  const width = run.reporter.width;
  const told = new Set<string>();
  for (const result of results) {
    if (!('failure' in result) || told.has(result.failure.code)) continue;
    told.add(result.failure.code);
    run.reporter.say([
      '',
      ...failureLines(wordsOf(result.failure, wordsContext(run.surroundings)), undefined, width),
    ]);
  }
}

// -- in words ------------------------------------------------------------------------------------------------------------

const NOTHING = [
  'No device is in its bootloader.',
  'Mostly it gets there when BOOT0, or the maker’s button for it, is held while it is plugged in.',
];

/** @param width characters of a line */
function resultLines(result: Result<Seen>, width: number): string[] {
  const { path, identity: usb } = result.device;
  const lines =
    'failure' in result
      ? [`USB ${formatUsbId(usb)}, cannot be used (${result.failure.code})`]
      : seenLines(result.value);
  const indent = ' '.repeat(path.length + 2);
  return lines.flatMap((line, at) => marked(at === 0 ? `${path}  ` : indent, line, width));
}

function seenLines({ identity, interrupted }: Seen): string[] {
  const { serial, readProtected } = identity;
  return [
    deviceLine(identity),
    `serial number ${serial ?? 'none'}`,
    ...(readProtected.known && readProtected.value ? ['locked against reading and writing'] : []),
    ...(interrupted ? [interruptedLine(interrupted)] : []),
  ];
}

function interruptedLine({ name, started }: JournalEntry): string {
  return `An update with ${name} was interrupted (${moment(started)}): run it again to finish it.`;
}

function resultFacts(result: Result<Seen>) {
  if ('failure' in result) {
    return { path: result.device.path, usb: formatUsbId(result.device.identity), failure: result.failure };
  }
  const { identity, interrupted } = result.value;
  return {
    path: identity.path,
    usb: formatUsbId(identity),
    title: identity.title,
    kind: identity.kind,
    stepping: identity.stepping,
    bootloaderId: identity.bootloaderId,
    bootloaderVersion: identity.bootloaderVersion,
    readProtected: identity.readProtected,
    serial: identity.serial ?? null,
    interrupted: interrupted ? { name: interrupted.name, started: interrupted.started } : null,
  };
}

function otherLine({ path, identity }: UsbDevice): string {
  return `${path}  USB ${formatUsbId(identity)}`;
}
