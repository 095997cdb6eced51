/** What the host does without a device, in real time: none of it may be what a person waits for. */
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { writeIntelHex } from '../../src-main/firmware/intel-hex.ts';
import { readImage } from '../../src-main/firmware/read.ts';
import { makePlan } from '../../src-main/flash/plan.ts';
import { Rig } from '../rig/rig.ts';
import { median } from './table.ts';
import { payload } from './update-bench.ts';

export interface HostResult {
  readonly task: string;
  /** Median of the rounds, in milliseconds. */
  readonly median: number;
  readonly rounds: number;
}

const TWO_MEBIBYTES = 2 * 1024 * 1024;
const ROUNDS = 9;

export async function benchHost(): Promise<HostResult[]> {
  const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: payload(TWO_MEBIBYTES, 1) }]);
  const hex = writeIntelHex(image);
  const rig = new Rig('h743-v-0x92');
  try {
    const target = await rig.connected((connected) => Promise.resolve(connected.target));
    return [
      measure('parse 2 MiB of Intel HEX', () => readImage(hex, { fileName: 'firmware.hex' })),
      measure('plan 2 MiB', () => makePlan(image, target)),
    ];
  } finally {
    rig.dispose();
  }
}

function measure(task: string, work: () => unknown): HostResult {
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return { task, median: median(times), rounds: ROUNDS };
}
