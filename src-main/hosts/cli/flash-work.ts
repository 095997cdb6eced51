/** An update of one device, told from what is going to happen to what was proven. The demo tells it the same way. */
import { toFailure } from '../../../shared/failure.ts';
import type { Outcome } from '../../flash/execute.ts';
import { Journal, type JournalState } from '../../flash/journal.ts';
import type { FlashPolicy } from '../../flash/plan.ts';
import { withDevice, type Connected } from '../../update/connect.ts';
import { deviceKey, flash } from '../../update/flash-job.ts';
import { leaveBootloader } from '../../update/leave-job.ts';
import type { Assent, AssentPart } from './confirm.ts';
import { fieldLines } from './fields.ts';
import { departureWords } from './words/departure.ts';
import { deviceField, interruptedField, planFacts, planFields } from './plan-words.ts';
import { byteCount, counted, duration, moment } from './quantities.ts';
import type { Firmware } from './firmware-file.ts';
import type { Told } from './reporter.ts';
import type { DeviceRun, Run } from './run.ts';

export interface FlashWork {
  readonly firmware: Pick<Firmware, 'image' | 'name'>;
  readonly policy: FlashPolicy;
  /** Drop what an interrupted update had saved. */
  readonly forget: boolean;
  /** What is to come after the proof: the application is started, by hand or by the bootloader, or nothing. */
  readonly then: 'start-by-hand' | 'leave' | 'nothing';
  readonly assent: Assent;
}

const BY_HAND = 'Unplug the device, set BOOT0 back, plug it in.';

export async function flashDevice(run: Run, each: DeviceRun, work: FlashWork): Promise<Told> {
  const part = work.assent.part();
  try {
    return await withDevice(each.device, each.connect, (connected) =>
      flashConnected(run, each, work, connected, part),
    );
  } finally {
    part.end();
  }
}

async function flashConnected(
  run: Run,
  each: DeviceRun,
  work: FlashWork,
  connected: Connected,
  part: AssentPart,
): Promise<Told> {
  const { reporter, surroundings } = run;
  const { firmware, policy, forget } = work;
  const { identity } = connected.device;
  const { path } = identity;
  const { stateFolder } = await run.usb();
  const journal = forget ? new ForgetfulJournal(stateFolder) : new Journal(stateFolder);
  tellJournal(run, path, await new Journal(stateFolder).read(deviceKey(identity)), forget);
  const outcome = await flash(connected, {
    ...each.job,
    image: firmware.image,
    name: firmware.name,
    policy,
    journal,
    today: surroundings.today,
    announce: async (plan, interrupted) => {
      const { target } = connected;
      const fields = [deviceField(identity), ...planFields(plan, target), interruptedField(interrupted)];
      reporter.say([...fieldLines(fields, reporter.width), ''], path);
      reporter.event(
        'plan',
        { identity, plan: planFacts(plan, target), interrupted: interrupted !== undefined },
        path,
      );
      await part.given();
    },
  });
  const next = await afterwards(run, each, work, connected);
  return {
    lines: outcomeLines(outcome),
    ...(next.line !== undefined && { next: next.line }),
    facts: { ...outcome, ...next.facts },
  };
}

function tellJournal(run: Run, path: string, state: JournalState, forget: boolean): void {
  if (state.kind === 'damaged') {
    const text = `What was remembered of an interrupted update cannot be read; it lies now at ${state.movedTo}.`;
    run.reporter.remark(text, path);
  }
  if (state.kind === 'interrupted' && forget) {
    const { name, started, preserved } = state.entry;
    const saved = preserved.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const text = `The interrupted update with ${name} (${moment(started)}) is dropped, and the ${byteCount(saved)} it had saved.`;
    run.reporter.remark(text, path);
  }
}

/** The new update overwrites what the old one had left, and not before it begins. */
class ForgetfulJournal extends Journal {
  override read(): Promise<JournalState> {
    return Promise.resolve({ kind: 'none' });
  }
}

async function afterwards(run: Run, each: DeviceRun, work: FlashWork, connected: Connected) {
  if (work.then === 'nothing') return { line: undefined, facts: {} };
  if (work.then === 'start-by-hand') return { line: BY_HAND, facts: {} };
  const { bus } = await run.usb();
  try {
    const departure = await leaveBootloader(connected, bus, each.job);
    return { line: departureWords(departure), facts: departure };
  } catch (error) {
    // The update is proven; that the start failed does not undo it.
    const { code } = toFailure(error);
    return { line: `The application could not be started (${code}). ${BY_HAND}`, facts: { left: false } };
  }
}

/** Exactly what was proven, and nothing more. */
function outcomeLines(outcome: Outcome): readonly string[] {
  const { unchanged, rewritten, proven, preserved, recoveries, elapsed } = outcome;
  const equal = `${byteCount(proven)} read back and equal, in ${duration(elapsed)}.`;
  if (rewritten === 0)
    return [`The device held this image already: ${equal}`, 'Nothing was erased, nothing was written.'];
  const right = unchanged === 0 ? '' : `${counted(unchanged, 'sector was', 'sectors were')} right already, `;
  return [
    `Done: ${equal}`,
    `${right}${counted(rewritten, 'sector was', 'sectors were')} rewritten.` +
      (preserved > 0 ? ` ${byteCount(preserved)} beside the image were kept.` : ''),
    ...(recoveries > 0
      ? [
          `It was interrupted ${recoveries === 1 ? 'once' : `${recoveries} times`} on the way and went on by itself.`,
        ]
      : []),
  ];
}
