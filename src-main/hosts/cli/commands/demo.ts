/**
 * `stepwise demo`: an update as it is with a real device, on a virtual one with the best known defect there is. It runs the
 * same engine over the same port; only the device is made of software, and so it can be looked at from the inside afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Clock } from '../../../../shared/clock.ts';
import type { FirmwareImage, ImageRange } from '../../../firmware/image.ts';
import { errorOf } from '../../../../shared/failure.ts';
import { Log } from '../../../log/log.ts';
import { passingCatalog } from '../../../services/catalog-here.ts';
import { createVirtualDevice } from '../../../virtual/catalogue/index.ts';
import { demoFirmware } from '../../../virtual/demo-firmware.ts';
import { VirtualBus } from '../../../virtual/virtual-bus.ts';
import type { VirtualDevice } from '../../../virtual/virtual-device.ts';
import type { CommandManner, Start } from '../command.ts';
import { marked } from '../failure-lines.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { DemoComputer } from '../../demo-computer.ts';
import { demoProduct, openDemoRepository, type DemoRepository } from '../../demo-repository.ts';
import { updateFrom } from './update.ts';
import { byteCount } from '../quantities.ts';
import type { Run } from '../run.ts';
import { wrap } from '../typography.ts';
import type { UsbSource } from '../usb-source.ts';

const MANNER: CommandManner = { json: 'lines', undertaking: 'update' };
const DEVICE = 'h743-v-0x90';

/** What a product keeps beside its firmware: in the sector of bank 2 that the update has to rewrite. */
const SETTINGS: ImageRange = {
  address: 0x0811_f000,
  bytes: new TextEncoder().encode('calibration=1.0042; '.repeat(16)),
};

export function addDemo(program: Command, start: Start): void {
  program
    .command('demo')
    .summary('an update on a virtual device: no hardware needed')
    .description(
      'Shows a whole update on a virtual STM32H743 of revision V, whose bootloader never reports the end of an erase in the ' +
        'second bank: the chip on which other tools stop. It takes about ten seconds and changes nothing.',
    )
    .action((_options: unknown, command: Command) => start(command, MANNER, showDemo));
}

async function showDemo(run: Run): Promise<ExitCode> {
  const repository = await openDemoRepository();
  try {
    return await updateFromDemo(run, repository);
  } finally {
    await repository.close();
  }
}

async function updateFromDemo(run: Run, repository: DemoRepository): Promise<ExitCode> {
  const { clock, network, platform, today, version: appVersion } = run.surroundings;
  const before = demoFirmware(1);
  const device = createVirtualDevice(DEVICE, { clock, contents: [...before.ranges, SETTINGS] });
  run.use(demoSource(device, clock, platform));
  const width = run.reporter.width;
  run.reporter.say([...wrap(INTRODUCTION, width), '', ...fieldLines(contents(before), width)]);
  const catalog = await passingCatalog({ network, today, log: new Log({ today }) }, repository);
  const { failure } = await catalog.check(run.signal);
  if (failure) throw errorOf(failure);
  const chooser = { channel: 'stable', appVersion, installation: '' } as const;
  const source = { product: demoProduct, catalog, chooser };
  const exitCode = await updateFrom(run, source, { then: 'nothing' }, () => Promise.resolve(true));
  await catalog.close();
  return exitCode === ExitCode.ok ? checkedFromInside(run, device, demoFirmware(2)) : exitCode;
}

const INTRODUCTION =
  'A demo without hardware: a virtual STM32H743, as fast as a real one, and a signed repository of firmware on this ' +
  'computer. Everything else is what a real device would see.';

function contents(before: FirmwareImage) {
  const settings = byteCount(SETTINGS.bytes.length);
  return [['Holds', [`${before.target.name ?? ''}, and ${settings} of settings beside it`]]] as const;
}

function demoSource(device: VirtualDevice, clock: Clock, platform: NodeJS.Platform): UsbSource {
  const bus = new VirtualBus(clock, [device]);
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-demo-'));
  return {
    bus,
    computer: new DemoComputer(platform),
    clock,
    stateFolder,
    remarks: [],
    save: () => undefined,
    close: async () => {
      await bus.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** The engine has proven it over USB; the demo can look into the cells as well. */
function checkedFromInside(run: Run, device: VirtualDevice, image: FirmwareImage): ExitCode {
  const wrong = [...image.ranges, SETTINGS].filter(({ address, bytes }) => !holds(device, address, bytes));
  const broken = device.flash.faults.length;
  const ok = wrong.length === 0 && broken === 0;
  run.reporter.event('checked', { equal: ok });
  const width = run.reporter.width;
  run.reporter.say(ok ? ['', ...marked('✓ ', CHECKED, width), '', ...NEXT] : marked('✗ ', BROKEN, width));
  return ok ? ExitCode.ok : ExitCode.internal;
}

function holds(device: VirtualDevice, address: number, bytes: Uint8Array): boolean {
  return Buffer.from(device.flash.read(address, bytes.length)).equals(bytes);
}

const CHECKED =
  'The demo has also looked into the cells of the virtual flash, which no host can: they hold the image, the settings are ' +
  'as they were, and nothing was written to a cell that was not erased.';

const BROKEN = 'The cells of the virtual flash are not what the update says. This is a fault of Stepwise.';

const NEXT = [
  '→ With a device of your own: hold BOOT0 while you plug it in, then',
  '    stepwise devices',
  '    stepwise info',
  '    stepwise plan FIRMWARE',
  '    stepwise flash FIRMWARE',
  '  Without one: `stepwise virtual` lists what there is for --virtual NAME.',
];
