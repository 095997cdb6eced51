/**
 * Devices for campaigns of thousands of updates: one for each way a loader can behave, an image that rewrites one or
 * two sectors of it, in both banks where there are two, and flash that holds other bytes beside and around it.
 */
import { FirmwareImage, type ImageRange } from '../../src-main/firmware/image.ts';
import type { FlashPolicy } from '../../src-main/flash/plan.ts';
import { downloadSubject, uploadSubject } from '../../src-main/virtual/commands.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import type { Fault } from '../../src-main/virtual/faults.ts';
import { DfuRequest } from '../../src-main/dfuse/protocol.ts';
import type { ControlRequest, TransferCommand } from '../../src-main/virtual/usb-function.ts';
import { flashAfter } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { Rig, type RigOptions } from '../rig/rig.ts';

export interface Subject {
  readonly name: string;
  readonly definition: DeviceDefinition;
  readonly image: FirmwareImage;
  readonly policy: FlashPolicy;
  /** What is in flash at the beginning: older firmware, settings beside it, and something in the sectors around. */
  readonly device: { readonly contents: readonly ImageRange[]; readonly flashSize: number };
  /** All of flash at the beginning. */
  readonly before: Uint8Array;
  /** All of flash as it must be when the update is complete. */
  readonly after: Uint8Array;
}

const KB = 1024;

/**
 * An H743 whose blocks are larger, so that a campaign does not read blank flash most of the time.
 * @param eraseTime up to 4 s by the data sheet; the defects of its loaders bite when it is long
 */
function h743(name: string, eraseTime: number): DeviceDefinition {
  const definition = named(name);
  const { usb, loader, timing } = definition;
  const maxBlock = 4 * KB;
  return {
    ...definition,
    usb: { ...usb, ...(usb.dfu && { dfu: { ...usb.dfu, transferSize: maxBlock } }) },
    loader: { ...loader, maxBlock },
    timing: { ...timing, erase: { [128 * KB]: eraseTime } },
  };
}

/** @param touched indexes of the sectors that the image touches */
function subject(definition: DeviceDefinition, touched: readonly number[], policy: FlashPolicy): Subject {
  const { sectors, start: flashStart } = new Rig(definition).device.flash;
  const parts = sectors.filter(({ index }) => touched.includes(index));
  const pieces = parts.map(({ start, size, index }, i) => ({
    address: start + Math.floor(size / 8) * i,
    bytes: noise(index, Math.min(Math.floor(size / 2) + 5, 300)),
  }));
  const older = pieces.map(({ address, bytes }, i) => ({ address, bytes: noise(100 + i, bytes.length) }));
  const beside = parts.map(({ start, size }, i) => ({
    address: start + size - 40,
    bytes: noise(200 + i, 23),
  }));
  const neighbours = sectors.filter(
    ({ index }) => !touched.includes(index) && touched.some((each) => Math.abs(each - index) === 1),
  );
  const around = neighbours.map(({ start, index }) => ({ address: start, bytes: noise(300 + index, 30) }));
  const last = neighbours.at(-1);
  const device = {
    contents: [...older, ...beside, ...around],
    // Flash that has no part in it only costs time.
    flashSize: last ? Math.ceil((last.start + last.size - flashStart) / KB) * KB : 0,
  };
  const image = FirmwareImage.from(pieces);
  const { flash } = new Rig(definition, device).device;
  const before = flash.snapshot();
  const after = flashAfter(before, flash, image, policy);
  return { name: definition.name, definition, image, policy, device, before, after };
}

function named(name: string): DeviceDefinition {
  const definition = virtualDevices.get(name);
  if (!definition) throw new RangeError(`no virtual device is called ${name}`);
  return definition;
}

const preserve: FlashPolicy = { outside: 'preserve', vectorTableLast: false };
const discard: FlashPolicy = { outside: 'discard', vectorTableLast: false };

const all: readonly Subject[] = [
  /** In the second bank an erase never reports its end. */
  subject(h743('h743-v-0x90', 1900), [0, 8], discard),
  /** In the second bank an erase reports its end too early, and whoever believes it hangs the loader. */
  subject(h743('h743-v-0x91', 3900), [0, 8], discard),
  /** Comes up in dfuERROR, and is deaf while it works. */
  subject(named('f405'), [1], preserve),
  /** Stalls early questions; an erased byte is 0x00. */
  subject(named('l072'), [800, 801], preserve),
  /** Answers while it works, and stalls CLRSTATUS where there is no error. */
  subject(named('c5'), [0, 32], { outside: 'discard', vectorTableLast: true }),
];

/** For `describe.each`: names and subjects. */
export const subjects = all.map((each) => [each.name, each] as const);

export function rigOf(
  { definition, device }: Subject,
  faults: readonly Fault[] = [],
  options: RigOptions = {},
): Rig {
  return new Rig(definition, { ...device, faults }, options);
}

/** An undisturbed update of a subject: what there is to disturb. */
export interface Course {
  /**
   * The numbers of all transfers, but for those in the middle of a run of UPLOADs, which differ in nothing but their
   * address.
   */
  readonly transfers: readonly number[];
  /** Of these, the ones before there is a plan. */
  readonly identification: readonly number[];
  /** Of these, the ones from then on. */
  readonly update: readonly number[];
  /** When a transfer of the update begins, in milliseconds. */
  readonly moments: readonly number[];
  /** The numbers of the transfers of the update that give this command. */
  commands(command: TransferCommand): readonly number[];
}

export async function courseOf({ definition, device, image, policy }: Subject): Promise<Course> {
  let planned: number | undefined;
  const onEvent = () => {
    planned ??= rig.device.transfers;
  };
  const rig = new Rig(definition, { ...device, log: true }, { onEvent });
  await rig.flash(image, policy);
  const { log } = rig.device;
  const begin = planned ?? 0;
  const reads = log.map(({ request }) => request.request === DfuRequest.upload);
  const transfers = reads.flatMap((read, k) => (read && reads[k - 1] && reads[k + 1] ? [] : [k]));
  const update = transfers.filter((k) => k >= begin);
  return {
    transfers,
    identification: transfers.filter((k) => k < begin),
    update,
    moments: update.flatMap((k) => log[k]?.at ?? []),
    commands: (command) => update.filter((k) => commandOf(log[k]?.request) === command),
  };
}

function commandOf(transfer: ControlRequest | undefined): TransferCommand | undefined {
  if (!transfer) return undefined;
  const { request, value, data, length } = transfer;
  if (request === DfuRequest.dnload) return downloadSubject(value, data, 0).command;
  return request === DfuRequest.upload ? uploadSubject(value, length, 0).command : undefined;
}

/** Runs a trial at each transfer. @throws Error with every failure and the transfers it was seen at */
export async function atEach(
  transfers: readonly number[],
  trial: (k: number) => Promise<void>,
): Promise<void> {
  const failures = new Map<string, number[]>();
  for (const k of transfers) {
    try {
      await trial(k);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures.set(message, [...(failures.get(message) ?? []), k]);
    }
  }
  if (failures.size === 0) return;
  throw new Error(
    [...failures].map(([message, at]) => `at transfer ${at.join(', ')}: ${message}`).join('\n'),
  );
}
