/** Everything a device, its flash or its plug can do wrong, once or for ever: cured, or told by its own name. */
import { describe, expect, test } from 'vitest';
import type { DeviceCondition, FailureCode } from '../../shared/failure.ts';
import { DfuState } from '../../src-main/dfuse/protocol.ts';
import type { Fault, TransferFault, TransferMatch } from '../../src-main/virtual/faults.ts';
import type { Sector } from '../../src-main/virtual/nor-flash.ts';
import type { TransferCommand } from '../../src-main/virtual/usb-function.ts';
import { expectFlash, plannedSectors } from '../rig/flash-proof.ts';
import { ATTENDED, type Rig } from '../rig/rig.ts';
import { atEach, commandsOf, rigOf, subjects, type Subject } from './subject.ts';

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
    name: 'a read is corrupted',
    command: 'read',
    fault: (at) => ({ kind: 'corrupt-read', at, offset: 3, mask: 0x10 }),
  },
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

  test.each(passing)('whenever $name, the update completes', async ({ command, fault }) => {
    await atEach(await commandsOf(subject, command), async (index) => {
      const rig = attended(subject, [fault({ index })]);
      await rig.flash(image, policy);
      expectFlash(rig.device.flash, after);
    });
  });
});

/** Faults that stay, and what an unattended update must say of them. Offset 3 of the first block of the image. */
interface Lasting {
  readonly name: string;
  readonly faults: (address: number) => readonly Fault[];
  readonly code: FailureCode;
  readonly facts?: (address: number, sector: Sector) => object;
  readonly condition: DeviceCondition;
}

const always = (command: TransferCommand, address: number): TransferMatch => ({
  command,
  address,
  times: 'always',
});

const lasting: readonly Lasting[] = [
  {
    name: 'its sector does not erase',
    faults: (address) => [{ kind: 'sector-not-erasable', address }],
    code: 'erase-failed',
    facts: (_address, { start, size }) => ({ address: start, size, firstNotErased: start, tries: 3 }),
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
    name: 'every block written there is corrupted',
    faults: (address) => [{ kind: 'corrupt-write', at: always('write', address), offset: 3, mask: 0x10 }],
    code: 'verify-mismatch',
    facts: (address) => ({ address: address + 3, differing: 1, tries: 3 }),
    condition: 'incomplete',
  },
  {
    name: 'everything read there is corrupted',
    faults: (address) => [{ kind: 'corrupt-read', at: always('read', address), offset: 3, mask: 0x10 }],
    code: 'erase-failed',
    facts: (address, { start }) => ({ address: start, firstNotErased: address + 3, tries: 3 }),
    condition: 'incomplete',
  },
  ...(['clear-status', 'reset', 'replug'] as const).map((until): Lasting => ({
    name: `every erase there stays busy until ${until}`,
    faults: (address) => [{ kind: 'stuck-busy', at: always('erase', address), until }],
    code: 'stuck-busy',
    facts: (address) => ({ address, state: DfuState.dnBusy }),
    condition: 'incomplete',
  })),
  {
    name: 'every erase there is refused',
    faults: (address) => [{ kind: 'stall', at: always('erase', address), latched: true }],
    code: 'usb-transfer',
    facts: () => ({ kind: 'stall' }),
    condition: 'incomplete',
  },
  {
    name: 'no block there is answered',
    faults: (address) => [{ kind: 'timeout', at: always('write', address) }],
    code: 'no-answer',
    condition: 'incomplete',
  },
  {
    name: 'nothing can be read there',
    faults: (address) => [{ kind: 'stall', at: always('read', address), latched: true }],
    code: 'command-rejected',
    facts: (address) => ({ address }),
    condition: 'untouched',
  },
];

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before } = subject;
  const address = image.span?.start ?? 0;

  test.each(lasting)(
    'where $name, the update fails and says so',
    async ({ faults, code, facts, condition }) => {
      const rig = rigOf(subject, faults(address));
      const [sector] = plannedSectors(rig.device.flash, image);
      if (!sector) throw new Error('the image touches no sector');
      const failure = await rig.tryFlash(image, policy);
      expect(failure).toMatchObject({ code, condition, facts: facts?.(address, sector) ?? {} });
      if (condition === 'untouched') expectFlash(rig.device.flash, before);
    },
  );
});
