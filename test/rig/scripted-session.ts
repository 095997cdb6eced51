/** A session on a device that answers by a script, in virtual time. */
import { DfuSeSession } from '../../src-main/dfuse/session.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import { inTime, rejection } from './in-time.ts';
import { ScriptedDevice, type Script } from './scripted-device.ts';

export interface ScriptedSession {
  readonly clock: VirtualClock;
  readonly device: ScriptedDevice;
  readonly session: DfuSeSession;
  /** The requests since the last call. */
  readonly wire: () => string[];
  /** Runs something to its end, which must come in ten minutes of virtual time. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  /** What it fails with. */
  readonly failure: (work: Promise<unknown>) => Promise<unknown>;
}

export async function scriptedSession(
  script: Script,
  { transferSize = 1024, transferTime = 1 } = {},
): Promise<ScriptedSession> {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({ clock, script, transferTime });
  await device.open();
  return {
    clock,
    device,
    session: new DfuSeSession(device, clock, { interfaceNumber: 0, transferSize }),
    wire: () => device.requests.splice(0),
    run: (work) => inTime(clock, work),
    failure: (work) => inTime(clock, rejection(work)),
  };
}
