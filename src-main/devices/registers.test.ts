import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../shared/fact.ts';
import { scriptedSession } from '../../test/rig/scripted-session.ts';
import { CARRIED_OUT, status, type Reply, type Script } from '../../test/rig/scripted-device.ts';
import { DfuState, DfuStatus } from '../dfuse/protocol.ts';
import type { UsbFailureKind } from '../usb/port.ts';
import { parsed, READ_PROTECTED, readRegister } from './registers.ts';

const ADDRESS = 0x1ff1_e880;
const register = { address: ADDRESS, readable: 'proven' } as const;
const IDLE = status(DfuState.dfuIdle);
/** Why it was refused, asked for by the session and on entry; then it is cleared. */
const REFUSED = [
  status(DfuState.error, { status: DfuStatus.errTarget }),
  status(DfuState.error, { status: DfuStatus.errTarget }),
  IDLE,
];

/** A loader in dfuIDLE that takes the address and then does this. */
async function reading(script: Script, afterwards: readonly Reply[] = []) {
  const rig = await scriptedSession({ getStatus: [IDLE, ...CARRIED_OUT, ...afterwards], ...script });
  await rig.run(rig.session.enter());
  rig.wire();
  return rig;
}

describe('a register', () => {
  it('is read where the tables have it, and it is told how', async () => {
    const { session, run, wire } = await reading({ upload: [Uint8Array.of(0, 8)] });
    const fact = await run(readRegister(session, register, 2));
    expect(fact).toEqual(known(Uint8Array.of(0, 8), 'read at 0x1FF1E880'));
    expect(wire()).toEqual([
      'DNLOAD 0: 21 80 e8 f1 1f',
      'GETSTATUS',
      'GETSTATUS',
      'ABORT',
      'UPLOAD 2: 2 bytes',
    ]);
  });

  it.each([
    [undefined, 'nobody has published where this chip keeps it'],
    [{ address: ADDRESS, readable: 'refused' } as const, 'not readable over USB on this chip'],
  ])('that is not known to be readable is not asked for', async (unreadable, why) => {
    const { session, run, wire } = await reading({});
    expect(await run(readRegister(session, unreadable, 2))).toEqual(unknown(why));
    expect(wire()).toEqual([]);
  });

  it.each<[string, Script, Reply[], string]>([
    [
      'refused',
      { upload: ['stall', 'stall'] },
      [...REFUSED, ...CARRIED_OUT, ...REFUSED],
      'the loader refused to read it',
    ],
    [
      'refused without a word',
      { upload: ['stall', 'stall'] },
      [IDLE, IDLE, ...CARRIED_OUT, IDLE, IDLE],
      'the loader refused to read it',
    ],
    [
      'refused under read protection',
      { upload: ['stall'] },
      [status(DfuState.error, { status: DfuStatus.errVendor }), status(DfuState.error), IDLE],
      READ_PROTECTED,
    ],
    ['answered with nothing', { upload: [new Uint8Array()] }, [IDLE], 'the loader refused to read it'],
    ['answered with less', { upload: [Uint8Array.of(1)] }, [IDLE], 'the loader refused to read it'],
  ])('that is %s stays unknown, and the loader is ready again', async (_how, script, afterwards, why) => {
    const { session, run } = await reading(script, afterwards);
    expect(await run(readRegister(session, register, 2))).toEqual(unknown(why));
    expect(session.state).toBe(DfuState.dfuIdle);
  });

  it('that was refused once is asked for again', async () => {
    const answer = Uint8Array.of(0, 8);
    const { session, run } = await reading({ upload: ['stall', answer] }, [...REFUSED, ...CARRIED_OUT]);
    expect(await run(readRegister(session, register, 2))).toEqual(known(answer, 'read at 0x1FF1E880'));
  });

  it('whose address is refused stays unknown', async () => {
    const { session, run } = await scriptedSession({ getStatus: [...REFUSED, ...REFUSED] });
    expect(await run(readRegister(session, register, 2))).toEqual(unknown('the loader refused to read it'));
  });

  it.each<UsbFailureKind>(['timeout', 'gone', 'io', 'busy'])(
    'that fails with %s is a failure',
    async (kind) => {
      const { session, failure } = await reading({ upload: [kind] });
      expect(await failure(readRegister(session, register, 2))).toMatchObject({ name: 'UsbError', kind });
    },
  );
});

describe('what was read', () => {
  const fact = known(Uint8Array.of(0, 8), 'read at 0x1FF1E880');

  it('is known as what it means', () => {
    expect(parsed(fact, ([low = 0, high = 0]) => low | (high << 8))).toEqual(
      known(2048, 'read at 0x1FF1E880'),
    );
  });

  it('is unknown where it means nothing', () => {
    expect(parsed(fact, () => undefined)).toEqual(unknown('what was read at 0x1FF1E880 means nothing'));
  });

  it('stays unknown for its reason', () => {
    expect(parsed(unknown('why'), () => 1)).toEqual(unknown('why'));
  });
});
