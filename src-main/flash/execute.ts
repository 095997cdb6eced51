/**
 * Carries out a plan and proves it.
 *
 *   compare   the whole image is read from flash; sectors that hold it already are left alone
 *   preserve  bytes beside the image in the others are read and put into the journal
 *   rewrite   stretch by stretch: erase, write, read back (rewrite.ts), tried again where it fails
 *
 * "Complete" means that every byte of the image was read back equal: in the first pass or after its write. Since the
 * compare finds what is right, an interrupted update goes on where it was without trusting anybody's notes; only
 * preserved bytes come from the journal.
 */
import { overlaps } from '../../shared/address.ts';
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError, type DeviceCondition } from '../../shared/failure.ts';
import type { ProgressListener } from '../../shared/progress.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { ImageRange } from '../firmware/image.ts';
import { alignRuns } from './blocks.ts';
import { compareRuns } from './compare.ts';
import { quietAfterFailure } from './erase-rules.ts';
import { readTime, sumOf } from './estimate.ts';
import type { Plan, SectorStep } from './plan.ts';
import { isAtStake, readOutside, restoringSteps } from './preserve.ts';
import { Progress } from './progress.ts';
import { retrying, type Connection } from './recover.ts';
import { eraseSector, rewrite, type RewriteContext, type Stretch } from './rewrite.ts';
import { isWithin, stepsTouching, stretchesOf } from './stretches.ts';
import { rangeOf, type FlashSector, type FlashTarget } from './target.ts';

/** What an update needs to remember; the file behind it is the journal's. */
export interface Memory {
  /** Bytes saved by an earlier, interrupted update of this device. */
  readonly preserved: readonly ImageRange[];
  /** Called before the first erase, and again when fewer bytes are at stake. Resolves when they are on disk. */
  save(preserved: readonly ImageRange[]): Promise<void>;
}

export interface ExecuteOptions {
  readonly clock: Clock;
  readonly listener: ProgressListener;
  readonly memory: Memory;
  readonly signal?: AbortSignal;
}

export interface Outcome {
  /** Sectors that held the image already. */
  readonly unchanged: number;
  readonly rewritten: number;
  /** Bytes of the image that were read back equal: all of them. */
  readonly proven: number;
  /** Bytes beside the image that were written back. */
  readonly preserved: number;
  /** How often the recovery ladder was climbed. */
  readonly recoveries: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Resolves only with the proof. @throws StepwiseError with the condition the device was left in */
export async function execute(
  plan: Plan,
  target: FlashTarget,
  connection: Connection,
  options: ExecuteOptions,
): Promise<Outcome> {
  return new Execution(plan, target, connection, options).run();
}

class Execution {
  readonly #plan: Plan;
  readonly #target: FlashTarget;
  readonly #connection: Connection;
  readonly #options: ExecuteOptions;
  readonly #progress: Progress;
  readonly #context: RewriteContext;
  /** Saved bytes of an interrupted update, as far as this update is to keep them. */
  readonly #kept: readonly ImageRange[];
  #condition: DeviceCondition = 'untouched';

  constructor(plan: Plan, target: FlashTarget, connection: Connection, options: ExecuteOptions) {
    this.#plan = plan;
    this.#target = target;
    this.#connection = connection;
    this.#options = options;
    this.#kept = plan.policy.outside === 'preserve' ? options.memory.preserved : [];
    this.#progress = new Progress(options.clock, options.listener);
    this.#context = {
      target,
      alignment: plan.alignment,
      erasedValue: plan.erasedValue,
      clock: options.clock,
      progress: this.#progress,
      checkpoint: () => {
        if (options.signal?.aborted) throw new StepwiseError('cancelled', { condition: this.#condition });
      },
    };
  }

  async run(): Promise<Outcome> {
    const { clock, memory } = this.#options;
    const started = clock.now();
    try {
      const changed = await this.#findChanged();
      const preserved = await this.#preserve(changed);
      if (changed.length > 0) {
        await memory.save(preserved);
        const stretches = stretchesOf(changed, this.#plan.image, preserved, this.#vectorTable?.sector);
        await this.#rewriteAll(stretches, preserved);
      }
      return {
        unchanged: this.#plan.steps.filter((step) => !changed.includes(step)).length,
        rewritten: changed.length,
        proven: this.#plan.bytes,
        preserved: preserved.reduce((sum, { bytes }) => sum + bytes.length, 0),
        recoveries: this.#connection.recoveries,
        elapsed: clock.now() - started,
      };
    } catch (error) {
      if (isFailure(error, 'cancelled')) await this.#comeToRest();
      const { path } = this.#connection.session.device;
      throw asFailure(error, path, { condition: this.#condition });
    }
  }

  // -- compare -------------------------------------------------------------------------------------------------------

  async #findChanged(): Promise<readonly SectorStep[]> {
    const { image } = this.#plan;
    const progress = this.#progress;
    const steps = [...this.#plan.steps, ...restoringSteps(this.#kept, this.#plan.steps, this.#target)].sort(
      (a, b) => a.sector.address - b.sector.address,
    );
    this.#expect(steps);
    progress.expect('compare', this.#plan.expected.compare, this.#plan.bytes);
    progress.phase('compare');

    // What an interrupted update was about to put back is not proven to be there.
    const changed = new Set(steps.filter((step) => isAtStake(step, this.#kept)));
    const touching = (address: number, size: number) =>
      stepsTouching(steps, { start: address, end: address + size });
    await this.#retrying([], () =>
      compareRuns(this.#connection.session, image.ranges, {
        alignment: this.#plan.alignment,
        wanted: ({ address, bytes }) => {
          this.#context.checkpoint();
          const open = touching(address, bytes.length).some((step) => !changed.has(step));
          if (!open) progress.credit('compare', bytes.length, readTime(this.#target, bytes.length));
          return open;
        },
        reading: ({ address, bytes }, read) =>
          progress.measure('compare', address, bytes.length, readTime(this.#target, bytes.length), read),
        differs: ({ first, last }) => {
          for (const step of touching(first, last - first + 1)) changed.add(step);
        },
      }),
    );
    if (this.#vectorTable && changed.size > 0) changed.add(this.#vectorTable);

    for (const step of steps) if (!changed.has(step)) progress.sector(step.sector, 'unchanged');
    const work = steps.filter((step) => changed.has(step));
    this.#expect(work);
    return work;
  }

  #expect(steps: readonly SectorStep[]): void {
    const times = sumOf(steps.map((step) => step.expected));
    const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
    this.#progress.expect(
      'erase',
      times.erase,
      steps.reduce((sum, step) => sum + step.sector.size, 0),
    );
    this.#progress.expect('write', times.write, bytes);
    this.#progress.expect('verify', times.verify, bytes);
  }

  // -- preserve ------------------------------------------------------------------------------------------------------

  async #preserve(changed: readonly SectorStep[]): Promise<readonly ImageRange[]> {
    if (this.#plan.policy.outside === 'discard') return [];
    const preserved: ImageRange[] = [];
    for (const step of changed) {
      preserved.push(
        ...(await this.#retrying([], () =>
          readOutside(this.#connection.session, step, this.#kept, this.#context),
        )),
      );
    }
    return preserved;
  }

  // -- rewrite -------------------------------------------------------------------------------------------------------

  async #rewriteAll(stretches: readonly Stretch[], preserved: readonly ImageRange[]): Promise<void> {
    let atStake = preserved;
    for (const { stretch, erased } of await this.#inOrder(stretches)) {
      await this.#rewriteStretch(stretch, erased);
      const safe = atStake.filter((kept) => !stretch.sectors.some((sector) => isWithin(kept, sector)));
      if (safe.length < atStake.length) await this.#options.memory.save(safe);
      atStake = safe;
    }
    this.#condition = 'complete';
  }

  /** The step that is erased first and written last, where the policy says so: the first one of the image. */
  get #vectorTable(): SectorStep | undefined {
    return this.#plan.policy.vectorTableLast ? this.#plan.steps[0] : undefined;
  }

  /** By address; or, where the policy says so, the sector with the vector table erased now and written last. */
  async #inOrder(stretches: readonly Stretch[]): Promise<{ stretch: Stretch; erased: boolean }[]> {
    const sector = this.#vectorTable?.sector;
    const last = sector && stretches.find(({ sectors }) => sectors.includes(sector));
    const rest = stretches
      .filter((stretch) => stretch !== last)
      .map((stretch) => ({ stretch, erased: false }));
    if (!last) return rest;
    if (rest.length === 0) return [{ stretch: last, erased: false }];
    this.#progress.phase('erase');
    await this.#retrying([sector], (attempt) => {
      this.#startErasing();
      return eraseSector(this.#connection.session, sector, this.#context, { blankCheck: true, attempt });
    });
    return [...rest, { stretch: last, erased: true }];
  }

  async #rewriteStretch(stretch: Stretch, erased: boolean): Promise<void> {
    await this.#retrying(stretch.sectors, async (attempt) => {
      // A second try concerns only what the first one has not made right.
      const left = attempt === 1 ? stretch : await this.#stillWrong(stretch);
      if (attempt > 1) this.#expectAgain(left);
      this.#startErasing();
      await rewrite(this.#connection.session, left, this.#context, {
        erase: attempt > 1 || !erased,
        blankCheck: attempt > 1,
        attempt,
      });
    });
  }

  async #stillWrong(stretch: Stretch): Promise<Stretch> {
    const wrong = new Set<FlashSector>();
    const touching = (start: number, end: number) =>
      stretch.sectors.filter((sector) => overlaps(rangeOf(sector), { start, end }));
    const { alignment, erasedValue } = this.#plan;
    // With its padding, which the first try may have written wrongly.
    await compareRuns(this.#connection.session, alignRuns(stretch.content, alignment, erasedValue), {
      alignment,
      wanted: ({ address, bytes }) =>
        touching(address, address + bytes.length).some((sector) => !wrong.has(sector)),
      reading: (_block, read) => read(),
      differs: ({ first, last }) => {
        for (const sector of touching(first, last + 1)) wrong.add(sector);
      },
    });
    for (const sector of stretch.sectors) if (!wrong.has(sector)) this.#progress.sector(sector, 'verified');
    return {
      sectors: stretch.sectors.filter((sector) => wrong.has(sector)),
      content: stretch.content.filter((range) => [...wrong].some((sector) => isWithin(range, sector))),
    };
  }

  #startErasing(): void {
    this.#context.checkpoint();
    this.#condition = 'incomplete';
  }

  #expectAgain(stretch: Stretch): void {
    const again = this.#plan.steps.filter((step) => stretch.sectors.includes(step.sector));
    const times = sumOf(again.map((step) => step.expected));
    const bytes = again.reduce((sum, step) => sum + step.bytes, 0);
    this.#progress.expectMore('erase', times.erase, 0);
    this.#progress.expectMore('write', times.write, bytes);
    this.#progress.expectMore('verify', times.verify, bytes);
  }

  // -- when something goes wrong -------------------------------------------------------------------------------------

  #retrying<T>(sectors: readonly FlashSector[], work: (attempt: number) => Promise<T>): Promise<T> {
    return retrying(this.#connection, work, {
      address: sectors[0]?.address ?? this.#plan.image.span?.start ?? 0,
      quiet: quietAfterFailure(this.#target, sectors),
      listener: this.#options.listener,
      checkpoint: this.#context.checkpoint,
    });
  }

  /** After a cancel the loader is left in dfuIDLE, so that the next program finds it ready. */
  async #comeToRest(): Promise<void> {
    try {
      await this.#connection.session.enter();
    } catch {
      // The person asked to stop. A loader that is not at rest now is brought there at the next start.
    }
  }
}
