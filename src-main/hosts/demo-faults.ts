/** What can be wrong with a virtual device, by name: one way each into the failures a person can meet. */
import type { DeviceDefinition } from '../virtual/definition.ts';
import type { Fault } from '../virtual/faults.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';

/** A device that has something the matter with it. */
export interface FaultyDevice {
  readonly definition: DeviceDefinition;
  readonly options: Pick<VirtualDeviceOptions, 'faults' | 'protection' | 'writeProtected'>;
}

/** What the host does about its side of a fault, while the device is plugged in. */
export interface DemoHost {
  /** A rule lets everybody at the device. */
  readonly isLetIn: boolean;
}

type DemoFault = (definition: DeviceDefinition, host: DemoHost) => FaultyDevice;

/** A look tries to open a new device so often: then it counts as busy, and the next look finds it free. */
const LOOK_TRIES = 3;
/** So many blocks have passed when something happens in the middle of an update. */
const SOME_BLOCKS = 12;
/** So many transfers, and it has begun to be updated. */
const SOME_TRANSFERS = 250;
/** Less than makes a device count as lost. */
const LOST_ANSWERS = 2;
const SLOWED_DOWN = 8;
/** Of the first word of a vector table: neither 0x00 nor 0xFF in any firmware that starts. */
const STUCK_BYTE = 3;
const ALL_BITS = 0xff;

function withFaults(...faults: readonly Fault[]): DemoFault {
  return (definition) => ({ definition, options: { faults } });
}

const faults: Readonly<Record<string, DemoFault>> = {
  'no-permission': (definition, host) => ({
    definition,
    options: {
      faults: [
        {
          kind: 'open-refused',
          failure: 'no-permission',
          get times() {
            return host.isLetIn ? 0 : 'always';
          },
        },
      ],
    },
  }),
  'no-driver': withFaults({ kind: 'open-refused', failure: 'no-driver', times: 'always' }),
  busy: withFaults({ kind: 'claim-refused', failure: 'busy', times: LOOK_TRIES }),
  'unplugged-in-mid-write': withFaults({
    kind: 'disconnect',
    at: { command: 'write', skip: SOME_BLOCKS },
    when: 'after',
  }),
  'read-protected': (definition) => ({ definition, options: { protection: 1 } }),
  'write-protected': (definition) => ({ definition, options: { writeProtected: [0] } }),
  'verify-mismatch': (definition) => ({
    definition,
    options: {
      faults: [
        {
          kind: 'bits-not-programmable',
          address: (definition.chip.banks[0]?.start ?? 0) + STUCK_BYTE,
          mask: ALL_BITS,
        },
      ],
    },
  }),
  'stuck-erase-recovers': withFaults({ kind: 'stuck-busy', at: { command: 'erase' }, until: 'clear-status' }),
  'stuck-erase-never': withFaults({
    kind: 'stuck-busy',
    at: { command: 'erase', times: 'always' },
    until: 'replug',
  }),
  'loses-answers': withFaults({
    kind: 'timeout',
    at: { command: 'write', skip: SOME_BLOCKS, times: LOST_ANSWERS },
    executed: true,
  }),
  'stops-answering': withFaults({ kind: 'timeout', at: { skip: SOME_TRANSFERS, times: 'always' } }),
  slow: (definition) => ({ definition: slowed(definition), options: {} }),
};

export const DEMO_FAULTS: ReadonlyMap<string, DemoFault> = new Map(Object.entries(faults));

/** A worn chip behind a bad hub. */
function slowed(definition: DeviceDefinition): DeviceDefinition {
  const { timing } = definition;
  const erase = Object.fromEntries(Object.entries(timing.erase).map(([size, ms]) => [size, ms * 2]));
  return {
    ...definition,
    timing: {
      ...timing,
      erase,
      usb: { ...timing.usb, perTransfer: timing.usb.perTransfer * SLOWED_DOWN },
      programPerKilobyte: timing.programPerKilobyte * SLOWED_DOWN,
    },
  };
}
