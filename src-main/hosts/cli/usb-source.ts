/** Where devices come from: this computer's USB, or virtual devices; with a recorder in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../shared/clock.ts';
import { StepwiseError } from '../../../shared/failure.ts';
import type { Computer } from '../../diagnostics/host/computer.ts';
import { firmwareWatch } from '../../dfuse/firmware-transfers.ts';
import { LOGS_FOLDER } from '../../services/about.ts';
import type { UsbBus } from '../../usb/port.ts';
import { RecordedBus } from '../../usb/recorder.ts';
import { recordingFile } from '../../usb/recording-file.ts';
import { transcript } from '../../usb/transcripts.ts';
import { createVirtualDevice, virtualDevices } from '../../virtual/catalogue/index.ts';
import { ScaledClock, VirtualClock } from '../../virtual/clocks.ts';
import { hostFaults, namedFaults, type NamedFault } from '../../virtual/named-faults.ts';
import { VirtualBus } from '../../virtual/virtual-bus.ts';
import type { VirtualDevice } from '../../virtual/virtual-device.ts';
import { DemoComputer } from '../demo-computer.ts';
import type { CommonOptions } from './options.ts';
import { stateFolder } from './state-folder.ts';
import type { Surroundings } from './surroundings.ts';
import { VirtualFlashFile } from './virtual-flash-file.ts';

export interface UsbSource {
  readonly bus: UsbBus;
  /** The computer they are plugged in to. */
  readonly computer: Computer;
  /** The time in which the devices live. */
  readonly clock: Clock;
  /** Where interrupted updates of these devices are remembered. */
  readonly stateFolder: string;
  /** What one must know of these devices, in sentences. */
  readonly remarks: readonly string[];
  /** Keeps what is to be kept, without waiting for anything: also called on the way out in a hurry. */
  save(): void;
  close(): Promise<void>;
}

/** A source whose traffic is kept. */
export interface RecordedSource extends UsbSource {
  /** What went over USB in this run, as a recording without firmware; at hand even while a transfer hangs. */
  readonly transcript: () => string;
}

/** @param remark is told what goes wrong with the recording */
export async function openUsbSource(
  surroundings: Surroundings,
  options: CommonOptions,
  remark: (text: string) => void,
): Promise<RecordedSource> {
  const source = options.virtual
    ? virtualSource(surroundings, options.virtual, options)
    : await computersOwn(surroundings);
  return recorded(source, surroundings, options, remark);
}

async function computersOwn(surroundings: Surroundings): Promise<UsbSource> {
  const bus = await surroundings.openBus();
  return {
    bus,
    computer: surroundings.computer,
    clock: surroundings.clock,
    stateFolder: stateFolder(surroundings),
    remarks: [],
    save: () => undefined,
    close: () => bus.close(),
  };
}

function virtualSource(
  { clock: real, platform }: Surroundings,
  names: readonly string[],
  options: CommonOptions,
): UsbSource {
  const { virtualFault = [], virtualSpeed, virtualFlash } = options;
  expectVirtual(names);
  if (virtualFlash !== undefined && names.length > 1)
    throw new StepwiseError('usage', {
      problem: '--virtual-flash keeps the flash of one virtual device only.',
    });

  const faults = virtualFault.map((name) => faultCalled(name, EVERY_FAULT));
  const clock = virtualSpeed === undefined ? new VirtualClock() : new ScaledClock(real, virtualSpeed);
  const kept = virtualFlash === undefined ? undefined : new VirtualFlashFile(virtualFlash);
  const devices = names.map((name, number) => plugged(name, number, clock, kept, faults));
  const bus = new VirtualBus(clock, devices);
  // A device that is forgotten leaves nothing behind that another one of its name could be mistaken for.
  const folder = kept?.stateFolder ?? mkdtempSync(join(tmpdir(), 'stepwise-virtual-'));
  return {
    bus,
    computer: new DemoComputer(platform),
    clock,
    stateFolder: folder,
    remarks: [`Without hardware: virtual ${names.join(', ')}. ${paceOf(virtualSpeed)}`],
    save: () => {
      const [device] = devices;
      if (kept && device) kept.save(device.flash);
    },
    close: async () => {
      await bus.close();
      if (!kept) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @throws usage for a name that no virtual device has */
export function expectVirtual(names: readonly string[]): void {
  const unknown = names.find((name) => !virtualDevices.has(name));
  if (unknown === undefined) return;
  const problem = `There is no virtual device ${unknown}. \`stepwise virtual\` lists them.`;
  throw new StepwiseError('usage', { problem });
}

/** @throws usage for a fault that is not among them */
export function faultCalled(name: string, among: ReadonlyMap<string, NamedFault>): NamedFault {
  const fault = among.get(name);
  if (fault) return fault;
  const problem = `There is no fault ${name}. There are: ${[...among.keys()].join(', ')}.`;
  throw new StepwiseError('usage', { problem });
}

const EVERY_FAULT = new Map([...namedFaults, ...hostFaults]);

/** Boards of one kind differ in their unique ID and in nothing else. */
export function uniqueIdOf(board: number): readonly [number, number, number] {
  return [0x0030_0020 + board, 0x3334_510b, 0x3231_3533];
}

function plugged(
  name: string,
  number: number,
  clock: Clock,
  kept: VirtualFlashFile | undefined,
  faults: readonly NamedFault[],
): VirtualDevice {
  const definition = virtualDevices.get(name);
  try {
    return createVirtualDevice(name, {
      clock,
      faults: definition ? faults.map((fault) => fault.faultOn(definition)) : [],
      uniqueId: uniqueIdOf(number),
      ...(kept && { contents: kept.contents() }),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const problem = `The file of --virtual-flash is of another device than ${name}: it is larger than its flash.`;
    throw new StepwiseError('usage', { problem }, { cause: error });
  }
}

function paceOf(speed: number | undefined): string {
  if (speed === undefined) return 'Its seconds pass as fast as this computer allows.';
  return speed === 1 ? 'Its time passes as in life.' : `Its time passes ${speed} times as fast as in life.`;
}

/** Every run is recorded, without the firmware; and with it where the person wants a file of that. */
export function recorded(
  source: UsbSource,
  surroundings: Surroundings,
  { record }: CommonOptions,
  remark: (text: string) => void,
): RecordedSource {
  const { today, version } = surroundings;
  const always = transcript({
    folder: join(stateFolder(surroundings), LOGS_FOLDER),
    program: 'command-line',
    today,
    takesFirmware: () => false,
    report: ({ message }) => remark(`The transcript of USB cannot be kept: ${message}.`),
  });
  const wanted =
    record === undefined
      ? []
      : [
          recordingFile(record, ({ facts }) =>
            remark(`The recording ${facts.path} has ended: ${facts.detail}.`),
          ),
        ];
  const bus = new RecordedBus(source.bus, {
    clock: source.clock,
    firmwareWatch,
    origin: { program: `stepwise ${version}, command line`, begun: today() },
    sinks: [always, ...wanted],
  });
  return {
    ...source,
    bus,
    remarks:
      record === undefined
        ? source.remarks
        : [...source.remarks, `All USB traffic goes to ${record}, with the firmware in it.`],
    transcript: () => bus.text(),
    close: async () => {
      await bus.close();
      await source.close();
    },
  };
}
