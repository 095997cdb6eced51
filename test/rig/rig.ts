/** A virtual device on a virtual bus in virtual time, and the engine's jobs on it: what journeys, campaigns and the bench share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressEvent } from '../../shared/progress.ts';
import type { FirmwareImage } from '../../src-main/firmware/image.ts';
import type { Outcome } from '../../src-main/flash/execute.ts';
import { Journal } from '../../src-main/flash/journal.ts';
import { DEFAULT_POLICY, type FlashPolicy, type Plan } from '../../src-main/flash/plan.ts';
import type { RecoveryLimits } from '../../src-main/flash/recover.ts';
import { withDevice, type Connected } from '../../src-main/update/connect.ts';
import { flash } from '../../src-main/update/flash-job.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDevice, VirtualDeviceOptions } from '../../src-main/virtual/virtual-device.ts';

/** Nobody is there to plug anything in. */
export const UNATTENDED: RecoveryLimits = { replugPatience: 0, recoveries: 12 };

export interface RigOptions {
  readonly limits?: RecoveryLimits;
  readonly allowOthers?: boolean;
}

export class Rig {
  readonly clock = new VirtualClock();
  readonly device: VirtualDevice;
  readonly bus: VirtualBus;
  readonly events: ProgressEvent[] = [];
  readonly journalFolder = mkdtempSync(join(tmpdir(), 'stepwise-rig-'));
  readonly #options: RigOptions;
  plan: Plan | undefined;

  constructor(name: string, device: Omit<VirtualDeviceOptions, 'clock'> = {}, options: RigOptions = {}) {
    this.device = createVirtualDevice(name, { ...device, clock: this.clock });
    this.bus = new VirtualBus(this.clock, [this.device]);
    this.#options = options;
  }

  get journal(): Journal {
    return new Journal(this.journalFolder);
  }

  /** Opens and identifies whatever is plugged in, and runs `job` on it. */
  async connected<T>(job: (connected: Connected) => Promise<T>): Promise<T> {
    const [attached] = await this.bus.list();
    if (!attached) throw new Error('nothing is plugged in');
    const { limits = UNATTENDED, allowOthers = false } = this.#options;
    return withDevice(
      attached,
      { bus: this.bus, clock: this.clock, listener: (event) => this.events.push(event), limits, allowOthers },
      job,
    );
  }

  flash(image: FirmwareImage, policy: FlashPolicy = DEFAULT_POLICY, signal?: AbortSignal): Promise<Outcome> {
    return this.connected((connected) =>
      flash(connected, {
        image,
        name: 'test',
        policy,
        journal: this.journal,
        clock: this.clock,
        today: () => '2026-01-01T00:00:00.000Z',
        listener: (event) => this.events.push(event),
        announce: (plan) => {
          this.plan = plan;
        },
        ...(signal && { signal }),
      }),
    );
  }

  /** Leaves nothing in the temporary folder. */
  dispose(): void {
    rmSync(this.journalFolder, { recursive: true, force: true });
  }
}
