/** Updates of virtual devices in virtual time: deterministic, so that a slower engine shows as a larger number. */
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { DEFAULT_POLICY } from '../../src-main/flash/plan.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { Rig } from '../rig/rig.ts';
import { Limit } from './limit.ts';
import { countRequests, type RequestCount } from './requests.ts';

export interface UpdateResult extends RequestCount {
  readonly scenario: string;
  readonly device: string;
  readonly bytes: number;
  /** Milliseconds of virtual time, from opening the device to the proof. */
  readonly elapsed: number;
  readonly limit: number;
  readonly ratio: number;
  /** What the ratio must not exceed; absent where it is only stated. */
  readonly atMost: number | undefined;
  /** Processor time per MiB of image, engine and virtual device together, in milliseconds. */
  readonly cpuPerMebibyte: number;
}

const MEBIBYTE = 1024 * 1024;
const FLASH = 0x0800_0000;
const BANK_2 = 0x0810_0000;

/** Bytes like those of a program: not erased, not the same in any two places. */
export function payload(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

interface Scenario {
  readonly name: string;
  readonly device: string;
  readonly start: number;
  readonly bytes: number;
  /** What of the image is in flash already: all but these sectors, or nothing. */
  readonly before: 'blank' | 'same' | { readonly allBut: number };
  readonly atMost?: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'full write', device: 'h743-v-0x92', start: FLASH, bytes: MEBIBYTE, before: 'blank', atMost: 1.05 },
  { name: 'full write', device: 'f405', start: FLASH, bytes: MEBIBYTE, before: 'blank', atMost: 1.05 },
  { name: 'full write, bank 2', device: 'h743-y-0xd2', start: BANK_2, bytes: MEBIBYTE, before: 'blank' },
  { name: 'full write, bank 2', device: 'h743-v-0x90', start: BANK_2, bytes: MEBIBYTE, before: 'blank' },
  { name: 'full write, bank 2', device: 'h743-v-0x91', start: BANK_2, bytes: MEBIBYTE, before: 'blank' },
  { name: 'full write', device: 'l476', start: FLASH, bytes: MEBIBYTE / 2, before: 'blank' },
  { name: 'full write', device: 'g474', start: FLASH, bytes: MEBIBYTE / 2, before: 'blank' },
  { name: 'full write', device: 'u575', start: FLASH, bytes: MEBIBYTE, before: 'blank' },
  { name: 'full write', device: 'l072', start: FLASH, bytes: 192 * 1024, before: 'blank' },
  { name: 'unchanged', device: 'h743-v-0x92', start: FLASH, bytes: MEBIBYTE, before: 'same', atMost: 1.05 },
  { name: 'unchanged', device: 'f405', start: FLASH, bytes: MEBIBYTE, before: 'same', atMost: 1.05 },
  {
    name: 'one sector of eight',
    device: 'h743-v-0x92',
    start: FLASH,
    bytes: MEBIBYTE,
    before: { allBut: 3 },
    atMost: 1.1,
  },
  {
    name: 'one sector of eight',
    device: 'h743-y-0xd2',
    start: BANK_2,
    bytes: MEBIBYTE,
    before: { allBut: 3 },
    atMost: 1.1,
  },
];

export async function benchUpdates(): Promise<UpdateResult[]> {
  const results: UpdateResult[] = [];
  for (const scenario of SCENARIOS) {
    if (virtualDevices.has(scenario.device)) results.push(await run(scenario));
  }
  return results;
}

async function run(scenario: Scenario): Promise<UpdateResult> {
  const image = FirmwareImage.from([{ address: scenario.start, bytes: payload(scenario.bytes, 1) }]);
  const rig = new Rig(scenario.device, { contents: contentsBefore(scenario, image), log: true });
  try {
    const cpu = process.cpuUsage();
    const started = rig.clock.now();
    await rig.flash(image, DEFAULT_POLICY);
    const elapsed = rig.clock.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    const limit = limitOf(scenario, rig);
    return {
      scenario: scenario.name,
      device: scenario.device,
      bytes: scenario.bytes,
      elapsed,
      limit,
      ratio: elapsed / limit,
      atMost: scenario.atMost,
      ...countRequests(rig.device.log, rig.device.definition.loader.maxBlock),
      cpuPerMebibyte: (user + system) / 1000 / (scenario.bytes / MEBIBYTE),
    };
  } finally {
    rig.dispose();
  }
}

function contentsBefore({ before, start, bytes }: Scenario, image: FirmwareImage) {
  if (before === 'blank') return [];
  if (before === 'same') return image.ranges;
  const sector = bytes / 8;
  const old = payload(bytes, 1);
  old.set(payload(sector, 2), before.allBut * sector);
  return [{ address: start, bytes: old }];
}

function limitOf({ before, start, bytes }: Scenario, rig: Rig): number {
  const { definition } = rig.device;
  const block = definition.loader.maxBlock;
  const limit = new Limit(definition, block);
  const sizes = rig.device.flash.sectors
    .filter((sector) => sector.start >= start && sector.start < start + bytes)
    .map((sector) => sector.size);
  if (before === 'same') return limit.address + limit.read(bytes);
  if (before === 'blank') return limit.address + limit.erase(sizes) + limit.write(bytes) + limit.read(bytes);
  const changed = bytes / 8;
  // The other seven are read once, the changed one until its first difference and again when it is written.
  const reading = limit.read(bytes - changed) + limit.read(block) + limit.read(changed);
  return limit.address + reading + limit.erase(sizes.slice(0, 1)) + limit.write(changed);
}
