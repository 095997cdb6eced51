/**
 * Fault plans by name, for people who try something out: each is one thing that goes wrong early in an update, so that
 * even a small firmware meets it. Faults of the host are a list of their own: who attaches a served device brings a host.
 */
import type { DeviceDefinition } from './definition.ts';
import type { Fault } from './faults.ts';

export interface NamedFault {
  readonly name: string;
  /** One line for a list. */
  readonly description: string;
  /** For one device: some faults sit in its flash. */
  faultOn(device: DeviceDefinition): Fault;
}

/** A block that has others before and behind it, also in an image of a few kilobytes. */
const SECOND_BLOCK = { command: 'write', skip: 1 } as const;
const FIRST_ERASE = { command: 'erase' } as const;
/** Longer than any sector takes, and than a person waits. */
const FAR_TOO_LONG_MS = 60_000;

function named(name: string, description: string, fault: Fault): NamedFault {
  return { name, description, faultOn: () => fault };
}

function inFlash(name: string, description: string, faultAt: (flashStart: number) => Fault): NamedFault {
  return {
    name,
    description,
    faultOn: ({ chip }) => faultAt(chip.banks[0]?.start ?? 0),
  };
}

/** What the computer does to a device that is plugged in to it. */
export const hostFaults: ReadonlyMap<string, NamedFault> = new Map(
  [
    named('no-permission', 'the system does not let this account open the device', {
      kind: 'open-refused',
      failure: 'no-permission',
      times: 'always',
    }),
    named('no-driver', 'the system gives the device no driver, or another one', {
      kind: 'open-refused',
      failure: 'no-driver',
      times: 'always',
    }),
    named('busy', 'another program holds the device', {
      kind: 'claim-refused',
      failure: 'busy',
      times: 'always',
    }),
  ].map((fault) => [fault.name, fault]),
);

/** In the order of a list for people. */
export const namedFaults: ReadonlyMap<string, NamedFault> = new Map(
  [
    named('write-refused', 'the second block is refused, the bootloader is then in dfuERROR', {
      kind: 'stall',
      at: SECOND_BLOCK,
      latched: true,
    }),
    named('write-unanswered', 'the second block is never answered and not written', {
      kind: 'timeout',
      at: SECOND_BLOCK,
    }),
    named('write-answer-lost', 'the second block is written, but the answer is lost', {
      kind: 'timeout',
      at: SECOND_BLOCK,
      executed: true,
    }),
    named('write-corrupted', 'a bit of the second block is inverted on its way into the flash', {
      kind: 'corrupt-write',
      at: SECOND_BLOCK,
      offset: 5,
      mask: 0x10,
    }),
    named('read-corrupted', 'a bit of the first block that is read is inverted on its way to the host', {
      kind: 'corrupt-read',
      at: { command: 'read' },
      offset: 5,
      mask: 0x10,
    }),
    named('erase-refused', 'the first erase is refused, the bootloader is then in dfuERROR', {
      kind: 'stall',
      at: FIRST_ERASE,
      latched: true,
    }),
    named('erase-takes-a-minute', 'the first erase is said to take a minute, and takes its usual time', {
      kind: 'poll-time',
      at: FIRST_ERASE,
      milliseconds: FAR_TOO_LONG_MS,
    }),
    named('stuck-until-cleared', 'the first erase never reports its end; CLRSTATUS twice helps', {
      kind: 'stuck-busy',
      at: FIRST_ERASE,
      until: 'clear-status',
    }),
    named('stuck-until-reset', 'the first erase never reports its end; a bus reset helps', {
      kind: 'stuck-busy',
      at: FIRST_ERASE,
      until: 'reset',
    }),
    named('stuck-until-replug', 'the first erase never reports its end; only unplugging helps', {
      kind: 'stuck-busy',
      at: FIRST_ERASE,
      until: 'replug',
    }),
    named('unplugged-while-erasing', 'the cable is pulled when the first erase has been asked for', {
      kind: 'disconnect',
      at: FIRST_ERASE,
      when: 'after',
    }),
    named('unplugged-while-writing', 'the cable is pulled when the second block has been sent', {
      kind: 'disconnect',
      at: SECOND_BLOCK,
      when: 'after',
    }),
    inFlash('sector-not-erasable', 'the first sector of the flash cannot be erased', (address) => ({
      kind: 'sector-not-erasable',
      address,
    })),
    // Of a vector table this byte is 0x20 mostly, which is neither kind of erased.
    inFlash(
      'byte-not-programmable',
      'the last byte of the first word of the flash cannot be programmed',
      (start) => ({
        kind: 'bits-not-programmable',
        address: start + 3,
        mask: 0xff,
      }),
    ),
  ].map((fault) => [fault.name, fault]),
);
