/** What a package weighs without Electron's runtime, in place of which stands one that runs nothing. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeElectronStandIn } from '../packaging/electron-stand-in.ts';
import { packageSize, SIZE_BUDGET } from '../packaging/package-size.ts';
import type { ScreenResult } from './screens-bench.ts';

const BYTES = 1_000_000;

/** Of what is built now. */
export async function benchPackage(): Promise<readonly ScreenResult[]> {
  const place = await mkdtemp(join(tmpdir(), 'stepwise-bench-package-'));
  try {
    const electron = join(place, 'electron');
    await makeElectronStandIn(electron, 'linux');
    const options = ['--dir', '--os', 'linux', '--arch', 'x64', '--electron', electron, '--output', place];
    await promisify(execFile)(process.execPath, ['dist/scripts/package.js', ...options]);
    const size = await packageSize(join(place, 'linux-unpacked/resources'));
    return [
      {
        task: 'package for Linux, without Electron',
        value: size / BYTES,
        unit: 'MB',
        atMost: SIZE_BUDGET / BYTES,
      },
    ];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
