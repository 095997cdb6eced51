/** Updates and unlocking, from the question what would happen to the job that does it. */
import { StepwiseError } from '../../shared/failure.ts';
import { releasePolicy } from '../catalog/release-image.ts';
import { DEFAULT_LIMITS } from '../flash/recover.ts';
import { withDevice } from '../update/connect.ts';
import { flash } from '../update/flash-job.ts';
import { ERASE_EVERYTHING, unprotect } from '../update/unprotect-job.ts';
import { startApplication } from './application-start.ts';
import type { Loan, Ready } from './device-registry.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import type { JobDesk, JobEnd } from './job-registry.ts';
import { checkConsents, review, type Proposal } from './reviews.ts';

type UpdateHandlers = Pick<
  Handlers,
  'update.review' | 'update.start' | 'update.unprotect' | 'update.interrupted' | 'update.forget'
>;

interface Wish {
  readonly path: string;
  readonly firmware: string;
  readonly discardOutside: boolean;
}

export function updateHandlers(house: House): UpdateHandlers {
  const { devices, jobs, interruptions } = house;
  return {
    'update.review': async (wish) => review(await proposal(house, wish)),
    'update.start': async ({ consents, ...wish }) => {
      const proposed = await proposal(house, wish);
      checkConsents(review(proposed).consents, consents);
      const { title } = proposed.device;
      const { path } = wish;
      const loan = devices.borrow(path, jobs.nextId());
      const order = { kind: 'update', path, title, name: proposed.firmware.card.name } as const;
      return { job: jobs.begin(order, (desk) => update(house, proposed, loan, desk)) };
    },
    'update.unprotect': async ({ path, consents }) => {
      const device = await devices.ready(path);
      if (!device.line?.policy.unprotect) throw new StepwiseError('not-allowed', { what: 'unlocking' });
      checkConsents([{ kind: 'unprotect' }], consents);
      const loan = devices.borrow(path, jobs.nextId());
      const order = { kind: 'unprotect', path, title: device.title, name: '' } as const;
      return { job: jobs.begin(order, (desk) => unlock(house, device, loan, desk)) };
    },
    'update.interrupted': () => interruptions.list(),
    'update.forget': async ({ path }) => {
      await interruptions.forget(path);
      return null;
    },
  };
}

async function proposal(house: House, wish: Wish): Promise<Proposal> {
  const { devices, shelf, releases, interruptions } = house;
  const device = await devices.ready(wish.path);
  const firmware = shelf.find(wish.firmware) ?? (await releases.fetch(wish.firmware));
  releases.checkFit(firmware, device);
  const interrupted = await interruptions.of(device);
  return { device, firmware, discardOutside: wish.discardOutside, interrupted };
}

async function update(house: House, proposed: Proposal, loan: Loan, desk: JobDesk): Promise<JobEnd> {
  const { surroundings, keep, journal, devices, interruptions } = house;
  const { device, firmware, discardOutside } = proposed;
  const { clock, today } = surroundings;
  try {
    return await connected(house, loan, desk, device, async (open) => {
      const outcome = await flash(open, {
        image: firmware.image,
        name: firmware.card.name,
        policy: releasePolicy(device.line, firmware.release, discardOutside),
        journal,
        clock,
        today,
        ...desk,
        announce: () => keep.keep(firmware),
      });
      devices.forgetVersion(device.identity.path);
      return { outcome, ...(await startApplication(surroundings, open, proposed, desk)) };
    });
  } finally {
    keep.release(firmware.image);
    await interruptions.tidy();
    void loan.giveBack();
  }
}

async function unlock(house: House, device: Ready, loan: Loan, desk: JobDesk): Promise<JobEnd> {
  const { bus, clock } = house.surroundings;
  try {
    return await connected(house, loan, desk, device, async (open) => {
      await unprotect(open, ERASE_EVERYTHING, bus, { clock, ...desk });
      return { application: { kind: 'not-told' } };
    });
  } finally {
    void loan.giveBack();
  }
}

async function connected(
  { surroundings: { bus, clock } }: House,
  loan: Loan,
  desk: JobDesk,
  { identity }: Ready,
  work: Parameters<typeof withDevice<JobEnd>>[2],
): Promise<JobEnd> {
  desk.listener({ type: 'phase', phase: 'identify' });
  const usb = await loan.device();
  // What counts as ready without being ST's is the maker's own bootloader.
  const allowOthers = identity.kind !== 'st-rom';
  return withDevice(usb, { bus, clock, limits: DEFAULT_LIMITS, allowOthers, ...desk }, work);
}
