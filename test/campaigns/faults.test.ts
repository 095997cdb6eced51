/** Everything a device, its flash or its plug can do wrong, once or for ever: cured, or told by its own name. */
import { describe, expect, test } from 'vitest';
import type { DeviceCondition, FailureCode } from '../../shared/failure.ts';
import { DfuState } from '../../src-main/dfuse/protocol.ts';
import type { Fault, TransferFault, TransferMatch } from '../../src-main/virtual/faults.ts';
import type { Sector } from '../../src-main/virtual/nor-flash.ts';
import type { TransferCommand } from '../../src-main/virtual/usb-function.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED, type Rig } from '../rig/rig.ts';
import { atEach, courseOf, rigOf, subjects, type Subject } from './subject.ts';

/** A rig with somebody who plugs the device in again when asked. */
function attended(subject: Subject, faults: readonly Fault[]): Rig {
  const rig = rigOf(subject, faults, {
    limits: ATTENDED,
    onEvent: (event) => {
      if (event.type === 'needs') void rig.replug();
    },
  });
  return rig;
}

const LONGEST_POLL_TIME = 0xff_ffff;

interface Passing {
  readonly name: string;
  readonly command: TransferCommand;
  readonly fault: (at: TransferMatch) => TransferFault;
}

/** Faults of one transfer, by what the transfer is about. */
const passing: readonly Passing[] = [
  {
    name: 'a block is corrupted',
    command: 'write',
    fault: (at) => ({ kind: 'corrupt-write', at, offset: 3, mask: 0x10 }),
  },
  ...(['erase', 'write', 'set-address'] as const).flatMap((command) => [
    ...(['clear-status', 'reset', 'replug'] as const).map((until): Passing => ({
      name: `${command} stays busy until ${until}`,
      command,
      fault: (at) => ({ kind: 'stuck-busy', at, until }),
    })),
    ...[0, 1, 60_000, LONGEST_POLL_TIME].map((milliseconds): Passing => ({
      name: `${command} is said to take ${milliseconds} ms`,
      command,
      fault: (at) => ({ kind: 'poll-time', at, milliseconds }),
    })),
  ]),
];

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, after } = subject;

  test.each(passing.map((each) => [each.name, each] as const))(
    'where %s, at the first time or at the last, the update completes',
    async (_name, { command, fault }) => {
      const indexes = (await courseOf(subject)).commands(command);
      await atEach([...indexes.slice(0, 1), ...indexes.slice(-1)], async (index) => {
        const rig = attended(subject, [fault({ index })]);
        await rig.flash(image, policy);
        expectFlash(rig.device.flash, after);
      });
    },
  );

  test('where any read is corrupted, the update completes', async () => {
    await atEach((await courseOf(subject)).commands('read'), async (index) => {
      const rig = attended(subject, [{ kind: 'corrupt-read', at: { index }, offset: 3, mask: 0x10 }]);
      await rig.flash(image, policy);
      expectFlash(rig.device.flash, after);
    });
  });
});

/** Faults that stay in one place, and what an unattended update must say of them. */
interface Lasting {
  readonly name: string;
  /** @param address of a range of the image */
  readonly faults: (address: number, sector: Sector) => readonly Fault[];
  readonly code: FailureCode;
  readonly facts: (address: number, sector: Sector) => object;
  readonly condition: DeviceCondition;
}

const always = (command: TransferCommand, address: number): TransferMatch => ({
  command,
  address,
  times: 'always',
});

const lasting: readonly Lasting[] = [
  {
    name: 'a sector does not erase',
    faults: (address) => [{ kind: 'sector-not-erasable', address }],
    code: 'erase-failed',
    facts: (address, { start, size }) => ({ address: start, size, firstNotErased: address, tries: 3 }),
    condition: 'incomplete',
  },
  {
    name: 'a bit does not take its value',
    faults: (address) => [{ kind: 'bits-not-programmable', address: address + 3, mask: 0xff }],
    code: 'verify-mismatch',
    facts: (address) => ({ address: address + 3, differing: 1, tries: 3 }),
    condition: 'incomplete',
  },
  {
    name: 'every block is corrupted',
    faults: (address) => [{ kind: 'corrupt-write', at: always('write', address), offset: 3, mask: 0x10 }],
    code: 'verify-mismatch',
    facts: (address) => ({ address: address + 3, differing: 1, tries: 3 }),
    condition: 'incomplete',
  },
  {
    name: 'an erase is refused',
    faults: (_address, { start }) => [{ kind: 'stall', at: always('erase', start), latched: true }],
    code: 'usb-transfer',
    facts: () => ({ kind: 'stall' }),
    condition: 'incomplete',
  },
  {
    name: 'no block is answered',
    faults: (address) => [{ kind: 'timeout', at: always('write', address) }],
    code: 'no-answer',
    facts: () => ({ request: 'control out 0x21 0x01 value 2 index 0' }),
    condition: 'incomplete',
  },
  {
    name: 'nothing can be read',
    faults: (address) => [{ kind: 'stall', at: always('read', address), latched: true }],
    code: 'command-rejected',
    facts: (address) => ({ address }),
    condition: 'untouched',
  },
];

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;
  const { flash } = rigOf(subject).device;
  const places = image.ranges.map(({ address }, i) => {
    const sector = flash.sectorAt(address);
    if (!sector) throw new Error('the image lies outside of flash');
    return { place: i + 1, address, sector };
  });

  describe.each(places)('at place $place', ({ address, sector }) => {
    test.each(lasting.map((each) => [each.name, each] as const))(
      'where %s, the update fails and says so',
      async (_name, fault) => {
        const rig = rigOf(subject, fault.faults(address, sector));
        const failure = await rig.tryFlash(image, policy);
        const { code, condition } = fault;
        expect(failure).toMatchObject({ code, condition, facts: fault.facts(address, sector) });
        if (condition === 'untouched') expectFlash(rig.device.flash, before);
      },
    );
  });

  test.each(['clear-status', 'reset', 'replug'] as const)(
    'where an erase stays busy until %s each time, the update fails and says so',
    async (until) => {
      const address = places[0]?.sector.start ?? 0;
      const rig = rigOf(subject, [{ kind: 'stuck-busy', at: always('erase', address), until }]);
      expect(await rig.tryFlash(image, policy)).toMatchObject({
        code: 'stuck-busy',
        facts: { address, state: DfuState.dnBusy },
        condition: 'incomplete',
      });
    },
  );

  test('where everything that is read is corrupted, the update fails', async () => {
    const at: TransferMatch = { command: 'read', times: 'always' };
    const rig = rigOf(subject, [{ kind: 'corrupt-read', at, offset: 3, mask: 0x10 }]);
    const failure = await rig.tryFlash(image, policy);
    // What is to be preserved is read twice: by other blocks, so that what is corrupted is not the same.
    expect(failure).toMatchObject(
      policy.outside === 'preserve'
        ? { code: 'protocol-violation', condition: 'untouched' }
        : { code: 'erase-failed', condition: 'incomplete' },
    );
  });

  test('a block that was corrupted in its padding, and lost besides, is not taken for a good one', async () => {
    const last = image.ranges.at(-1)?.bytes.length ?? 0;
    const { alignment } = subject.definition.chip;
    const course = await courseOf(subject);
    const at = { index: course.commands('write').at(-1) ?? 0 };
    const rig = attended(subject, [
      { kind: 'corrupt-write', at, offset: Math.ceil(last / alignment) * alignment - 1, mask: 0x10 },
      { kind: 'stuck-busy', at, until: 'reset' },
    ]);
    await rig.flash(image, policy);
    expectFlash(rig.device.flash, after);
  });
});
