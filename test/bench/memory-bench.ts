/**
 * Memory of the host, seen from outside: with a client and a device at rest, and after many updates in a row, the
 * device written and proven each time. A bench works all day: what an update leaves behind would be there fifty times.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { startHost } from '../browser/host-process.ts';
import { AppClient } from '../kernel/app-client.ts';
import type { ScreenResult } from './screens-bench.ts';

const UPDATES = 50;
const DEVICE = 'f405';
/** As fast as the browser tests: faster, and a busy machine misses deadlines the device has. */
const SPEED = 20;

/**
 * Megabytes resident, of which Node itself takes some fifty. When it collects is its own affair: the same host was seen with
 * 124 and with 146 at rest.
 */
const MOST_AT_REST = 200;
const MOST_AFTERWARDS = 230;

const LOOK_MS = 5;
const PATIENCE_MS = 120_000;

/** @returns undefined where the system does not tell the memory of a process */
export async function benchMemory(): Promise<readonly ScreenResult[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-bench-'));
  const args = ['--demo', '--state', stateFolder, '--speed', String(SPEED), '--device', DEVICE];
  const host = await startHost(args);
  try {
    const client = await AppClient.enter(host.address);
    const { path } = await until(() => client.request('devices.list', {}).then(([first]) => first));
    await ready(client, path);
    const atRest = resident(host.pid);
    for (let number = 0; number < UPDATES; number++) await update(client, path, number);
    const afterwards = resident(host.pid);
    client.leave();
    return [
      { task: 'memory of the host at rest', value: atRest, unit: 'MB', atMost: MOST_AT_REST },
      { task: `the same after ${UPDATES} updates`, value: afterwards, unit: 'MB', atMost: MOST_AFTERWARDS },
    ];
  } finally {
    await host.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

/** To the newer and to the older release in turn, and back into the bootloader. */
async function update(client: AppClient, path: string, number: number): Promise<void> {
  const releases = await client.request('firmware.list', { path });
  const firmware = releases[number % 2]?.id ?? '';
  const wish = { path, firmware, discardOutside: false };
  const { consents } = await client.request('update.review', wish);
  const { job: id } = await client.request('update.start', {
    ...wish,
    consents: consents.map(({ kind }) => kind),
  });
  await until(() => {
    const state = client.job(id)?.state;
    if (state?.kind === 'failed') throw new Error(`update ${number} failed: ${JSON.stringify(state)}`);
    return state?.kind === 'done' ? state : undefined;
  });
  await client.request('demo.replug', { path, boot0: true });
  await ready(client, path);
  await client.request('jobs.dismiss', { job: id });
}

function ready(client: AppClient, path: string): Promise<unknown> {
  return until(() => (client.device(path)?.state.kind === 'ready' ? true : undefined));
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('the host does not get on');
    await systemClock.sleep(LOOK_MS);
  }
}

/** Megabytes (proc(5): VmRSS). */
function resident(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
