/** `stepwise virtual serve`: virtual devices as USB devices of this computer, for any program. */
import { Option, type Command } from 'commander';
import type { Clock } from '../../../../shared/clock.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import { demoApplication } from '../../../virtual/catalogue/application.ts';
import { createVirtualDevice, virtualDevices } from '../../../virtual/catalogue/index.ts';
import { ScaledClock } from '../../../virtual/clocks.ts';
import { namedFaults, type NamedFault } from '../../../virtual/named-faults.ts';
import { ServedDevices, type ServedEvent } from '../../../virtual/usbip/served-devices.ts';
import { DEFAULT_PORT, type UsbipAddress } from '../../../virtual/usbip/server.ts';
import type { VirtualDevice } from '../../../virtual/virtual-device.ts';
import { collecting, parsePort, parseSpeed } from '../arguments.ts';
import { formatUsbId } from '../choose-devices.ts';
import { READING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { Run } from '../run.ts';
import { expectVirtual, faultCalled, uniqueIdOf } from '../usb-source.ts';
import { examples } from './examples.ts';

interface ServeOptions {
  readonly fault?: readonly string[];
  readonly port: number;
  readonly speed: number;
}

export function addVirtualServe(virtual: Command, start: Start): void {
  virtual
    .command('serve')
    .summary('serve virtual devices over USB/IP')
    .description(
      'Makes virtual devices into USB devices of this computer, for dfu-util, one’s own tool or any other program. It serves ' +
        'them over USB/IP, to this computer only, and prints the commands that attach them: Linux has what it takes. ' +
        'Goes on until Ctrl-C.',
    )
    .argument('<name...>', 'virtual devices; `stepwise virtual` lists them')
    .addOption(
      new Option('--fault <name>', 'what goes wrong with each; may be given more than once').argParser(
        collecting((name) => name),
      ),
    )
    .addOption(
      new Option('--speed <factor>', 'their time against real time')
        .argParser(parseSpeed)
        .default(1, 'as in life'),
    )
    .addOption(new Option('--port <number>', 'TCP port').argParser(parsePort).default(DEFAULT_PORT))
    .addHelpText(
      'after',
      examples([
        ['stepwise virtual serve f405', 'one, as slow as in life'],
        ['stepwise virtual serve h743-v-0x90 l072 --speed 10', 'two, ten times as fast'],
        ['stepwise virtual serve f405 --fault stuck-until-reset', 'one that goes wrong'],
      ]),
    )
    .action((names: string[], options: ServeOptions, command: Command) =>
      start(command, READING, (run) => serve(run, names, options)),
    );
}

async function serve(run: Run, names: readonly string[], options: ServeOptions): Promise<ExitCode> {
  expectVirtual(names);
  const faults = (options.fault ?? []).map((name) => faultCalled(name, namedFaults));
  const real = run.surroundings.clock;
  // A scaled clock saves up short times; real ones can be had as they are.
  const clock = options.speed === 1 ? real : new ScaledClock(real, options.speed);
  const struck = (path: string, name: string) => {
    run.reporter.say([`${path}  fault strikes: ${name}`]);
    run.reporter.event('fault', { name }, path);
  };
  const devices = names.map((name, at) => board(name, at, clock, faults, struck));
  const served = new ServedDevices(devices, clock, (event) => tell(run, event));
  const address = await listening(served, options.port);
  const letGo = run.surroundings.terminal.stayAlive();
  try {
    await introduce(run, served, address, names, faults);
    await stopped(run);
  } finally {
    letGo();
    await served.close();
  }
  // A device may still be waiting, for a minute of a transfer that nobody wants any more.
  run.surroundings.terminal.exit(ExitCode.ok);
  return ExitCode.ok;
}

/** @throws usage */

function board(
  name: string,
  at: number,
  clock: Clock,
  faults: readonly NamedFault[],
  struck: (path: string, fault: string) => void,
): VirtualDevice {
  const path = `1-${at + 1}`;
  const definition = virtualDevices.get(name);
  const planned = definition
    ? faults.map((each) => ({ name: each.name, fault: each.faultOn(definition) }))
    : [];
  return createVirtualDevice(name, {
    clock,
    path,
    uniqueId: uniqueIdOf(at),
    application: demoApplication,
    faults: planned.map(({ fault }) => fault),
    onFault: (fault) => {
      for (const each of planned) if (each.fault === fault) struck(path, each.name);
    },
  });
}

/** @throws usage where the port cannot be had */
async function listening(served: ServedDevices, port: number): Promise<UsbipAddress> {
  try {
    return await served.listen(port);
  } catch (error) {
    const why = WHY_NOT[error instanceof Error && 'code' in error ? String(error.code) : ''];
    if (why === undefined) throw error;
    const problem = `Port ${port} ${why}. --port takes another one.`;
    throw new StepwiseError('usage', { problem }, { cause: error });
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'is not for this account',
};

/** Resolves at Ctrl-C, or when the pipe that is written to ends. */
function stopped({ signal, surroundings }: Run): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    surroundings.terminal.onReaderGone(resolve);
  });
}

// -- in words ------------------------------------------------------------------------------------------------------------

async function introduce(
  run: Run,
  served: ServedDevices,
  { host, port }: UsbipAddress,
  names: readonly string[],
  faults: readonly NamedFault[],
): Promise<void> {
  const { reporter } = run;
  const attached = await served.list();
  const server = port === DEFAULT_PORT ? '' : ` --tcp-port ${port}`;
  reporter.say([
    `# Served over USB/IP at ${host}, port ${port}`,
    ...attached.flatMap(({ path }, at) => marked(`${path}  `, describe(names[at] ?? ''), reporter.width)),
    ...faults.flatMap(({ name, description }) => marked('     ', `${name}: ${description}`, reporter.width)),
    '',
    'To attach, in another terminal:',
    '    sudo modprobe vhci-hcd',
    ...attached.map(({ path }) => `    sudo usbip${server} attach -r ${host} -b ${path}`),
  ]);
  reporter.event('serving', {
    host,
    port,
    devices: attached.map(({ path, identity }, at) => ({
      path,
      name: names[at],
      usb: formatUsbId(identity),
    })),
    faults: faults.map(({ name }) => name),
  });
  if (run.surroundings.platform !== 'linux')
    reporter.remark('The other end of USB/IP is part of Linux; this system needs a program for it.');
  reporter.remark('Ctrl-C ends it.');
}

function describe(name: string): string {
  return `${name}: ${virtualDevices.get(name)?.description ?? ''}`;
}

function tell({ reporter }: Run, event: ServedEvent): void {
  const { type, path } = event;
  const usb = type === 'returned' ? formatUsbId(event.identity) : undefined;
  reporter.say(
    marked(
      `${path}  `,
      usb === undefined ? WORDS[event.type] : `${WORDS.returned} (USB ${usb})`,
      reporter.width,
    ),
  );
  reporter.event(type, usb === undefined ? {} : { usb }, path);
}

const WORDS: Readonly<Record<ServedEvent['type'], string>> = {
  attached: 'attached',
  detached: 'detached, and without power for a moment',
  left: 'left the bus',
  replugged: 'does not come back by itself: unplugged, and plugged in again',
  returned: 'is back, and can be attached again',
};
