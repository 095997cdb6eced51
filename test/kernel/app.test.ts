import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '../../shared/job.ts';
import { startHost, type HostProcess } from '../browser/host-process.ts';
import { expectBytes } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { AppClient } from './app-client.ts';
import { eventually, kernelTest, unplug, type Plugged, type Rig } from './rig.ts';

/**
 * The desktop app without its window: the loopback host as a process of its own, real libusb beneath its services, the
 * contract over its WebSocket, and a bootloader at the other end of the cable whose flash is looked at afterwards.
 */

const FLASH_START = 0x0800_0000;
/** Sectors of 16 KB; the image ends within the third one. */
const DEVICE = 'f405';
const IMAGE = noise(1, 40_000);
const BEFORE = noise(2, 3 * 16 * 1024);
/** The device's own time runs faster. */
const SPEED = 10;
/** Of the image and what lies beside it. */
const AFTER = new Uint8Array(BEFORE);
AFTER.set(IMAGE);

class App {
  readonly #host: HostProcess;
  readonly #client: AppClient;

  private constructor(host: HostProcess, client: AppClient) {
    this.#host = host;
    this.#client = client;
  }

  static async open(): Promise<App> {
    const host = await startHost(['--state', mkdtempSync(join(tmpdir(), 'stepwise-app-'))]);
    return new App(host, await AppClient.enter(host.address));
  }

  async close(): Promise<void> {
    this.#client.leave();
    await this.#host.stop();
  }

  /** It is looked at, a file is chosen, what would happen is agreed to. @returns the job */
  async start(path: string): Promise<string> {
    await eventually(
      'the device is ready',
      () => this.#client.device(path)?.state.kind === 'ready' || undefined,
    );
    const { id: firmware } = await this.#client.request('firmware.add', {
      name: 'image.bin',
      content: Buffer.from(IMAGE).toString('base64'),
      address: FLASH_START,
    });
    const wish = { path, firmware, discardOutside: false };
    const review = await this.#client.request('update.review', wish);
    assert.equal(review.bytes, IMAGE.length);
    assert.deepEqual(review.kept, [{ start: FLASH_START + IMAGE.length, end: FLASH_START + BEFORE.length }]);
    const consents = review.consents.map(({ kind }) => kind);
    return (await this.#client.request('update.start', { ...wish, consents })).job;
  }

  /** The job as its events tell, when it has come to this. */
  job(id: string, kind: Job['state']['kind']): Promise<Job> {
    return eventually(`the job is ${kind}`, () => {
      const job = this.#client.job(id);
      assert.ok(job?.state.kind !== 'failed', JSON.stringify(job?.state));
      return job?.state.kind === kind ? job : undefined;
    });
  }
}

async function provesItself(rig: Rig, plugged: Plugged, job: Job): Promise<void> {
  const { state } = job;
  assert.equal(state.kind === 'done' && state.outcome?.proven, IMAGE.length);
  const { bytes, faults } = await rig.contents(plugged, FLASH_START, AFTER.length);
  expectBytes(bytes, AFTER, FLASH_START);
  assert.deepEqual(faults, []);
}

const app = await App.open();

await kernelTest(
  'the app finds a device, updates it from a file, and follows the job to its proof',
  async (rig) => {
    const plugged = await rig.plug({ kind: 'bootloader', name: DEVICE, flash: BEFORE, speed: SPEED });
    const id = await app.start(plugged.device.path);
    await provesItself(rig, plugged, await app.job(id, 'done'));
  },
);

await kernelTest(
  'the app says that the device was unplugged while it was written, and goes on when it is back',
  async (rig) => {
    const plugged = await rig.plug({ kind: 'bootloader', name: DEVICE, flash: BEFORE, speed: SPEED });
    const { path } = plugged.device;
    const inMidWrite = rig.holds(plugged, { during: 'write', after: 5, done: true });
    const id = await app.start(path);
    await inMidWrite;
    unplug(plugged);
    const { state } = await app.job(id, 'waiting');
    assert.ok(state.kind === 'waiting');
    assert.deepEqual([state.need.kind, state.need.path], ['replug', path]);
    const again = await rig.powerCycle(plugged);
    await provesItself(rig, again, await app.job(id, 'done'));
  },
);

await app.close();
