/**
 * What was found out about this computer, and about the way from it to each device: found by trying, and where the
 * system does not tell, that is said. A check is a value; hosts have the words.
 */
import { z } from 'zod';

/** What is looked at, in the order in which it is told. */
export const hostTopic = z.enum([
  'usb',
  'machine',
  'folder',
  'shown',
  'permission',
  'driver',
  'programs',
  'topology',
  'connection',
  'rate',
]);
export type HostTopic = z.infer<typeof hostTopic>;

const text = z.string();
const count = z.int().min(0);
/** `CM_PROB_…` of Windows. */
const problem = count.optional();
const nothing = z.object({});
const rates = z.object({ rate: z.number(), expected: z.number() });

/** The facts of each finding, by its name. Rates are bytes per second. */
export const hostFindingFacts = {
  // -- USB as a whole
  'usb-works': z.object({ devices: count }),
  'usb-fails': z.object({ detail: text }),
  /** No udevd: what is plugged in later never shows itself to a program that runs already. */
  'usb-unannounced': nothing,
  // -- the machine
  'machine-plain': nothing,
  'machine-virtual': z.object({ name: text }),
  'machine-container': z.object({ name: text }),
  'machine-untold': nothing,
  // -- where the program keeps things
  'folder-keeps': z.object({ path: text }),
  'folder-fails': z.object({ path: text, detail: text }),
  // -- what shows itself
  'in-bootloader': nothing,
  'in-application': nothing,
  /** Others of the chip's maker are there, none of them in its bootloader. */
  'not-in-bootloader': z.object({
    others: z.array(z.object({ path: text, usb: text }).readonly()).readonly(),
  }),
  'nothing-shown': nothing,
  /** Something is plugged in that the system cannot even ask what it is. */
  unrecognised: z.object({ devices: count }),
  // -- opening it
  opened: nothing,
  'not-tried': nothing,
  'open-failed': z.object({ detail: text }),
  'open-refused': nothing,
  'rule-missing': nothing,
  /** The rule is there, and the device is refused all the same. `seated` is false over ssh. */
  'rule-ineffective': z.object({ file: text, seated: z.boolean() }),
  /** The system lists it and offers no access to it. */
  'no-access': nothing,
  // -- its driver, on Windows
  'driver-fits': z.object({ service: text }),
  'driver-missing': z.object({ problem }),
  /** STTub30, of ST's old DfuSe tool. */
  'driver-old-st': nothing,
  'driver-foreign': z.object({ service: text }),
  'driver-broken': z.object({ service: text.optional(), problem: count }),
  'driver-untold': nothing,
  // -- other programs
  held: z.object({ programs: z.array(text).readonly() }),
  'held-untold': nothing,
  // -- the way to it
  attached: z.object({
    /** Between the computer and the device. */
    hubs: count,
    /** Megabits a second, where the system tells. */
    speed: z.number().optional(),
    /** What the hubs call themselves, from the computer on, where the system tells. */
    via: z.array(text).readonly(),
  }),
  /** `times`: how often it left the bus in so many minutes. */
  steady: z.object({ times: count, minutes: count }),
  /** It left again as soon as it had come, `times` of them. */
  dropping: z.object({ times: count, minutes: count }),
  'over-current': z.object({ times: count }),
  /** Of so many requests so many went wrong on their way. */
  disturbed: z.object({ errors: count, requests: count }),
  'rate-fits': rates,
  'rate-low': rates,
} as const;

export type HostFinding = keyof typeof hostFindingFacts;
export type HostFindingFacts = {
  readonly [F in HostFinding]: Readonly<z.infer<(typeof hostFindingFacts)[F]>>;
};

/** What a person can do, as a sentence; hosts have it. */
export const hostAdvice = z.enum([
  'replug',
  'close-programs',
  'other-cable',
  'other-port',
  'own-supply',
  'hand-over',
  'enter-bootloader',
  'serial-pins',
  'sit-in-front',
  'start-again',
  'make-room',
  'winusb-by-hand',
  'old-st-tool-loses',
]);
export type HostAdvice = z.infer<typeof hostAdvice>;

export const hostRemedy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('advice'), advice: hostAdvice }).readonly(),
  /** A line for a shell. */
  z.object({ kind: z.literal('command'), command: text }).readonly(),
  /** The program can do it by itself, when asked to: `host.mend`. */
  z.object({ kind: z.literal('install-rule'), rule: text }).readonly(),
  z.object({ kind: z.literal('install-driver'), file: text }).readonly(),
]);
export type HostRemedy = z.infer<typeof hostRemedy>;

/** `attention` means that something must be done, `note` that it may explain something. */
export const hostResult = z.enum(['ok', 'attention', 'note', 'untold']);
export type HostResult = z.infer<typeof hostResult>;

export type HostCheck = {
  [F in HostFinding]: {
    readonly topic: HostTopic;
    /** Port path of the device it is about; without one it is about the computer. */
    readonly device?: string | undefined;
    readonly result: HostResult;
    readonly finding: F;
    readonly facts: HostFindingFacts[F];
    /** Best first. */
    readonly remedies: readonly HostRemedy[];
  };
}[HostFinding];

const checkOf = (finding: HostFinding) =>
  z.object({
    topic: hostTopic,
    device: text.optional(),
    result: hostResult,
    finding: z.literal(finding),
    facts: hostFindingFacts[finding],
    remedies: z.array(hostRemedy).readonly(),
  });
export const hostFindings = Object.keys(hostFindingFacts) as readonly HostFinding[];
const [firstFinding, ...otherFindings] = hostFindings;

/** A check as it crosses the contract. */
export const hostCheck = z.discriminatedUnion('finding', [
  checkOf(firstFinding ?? 'usb-works'),
  ...otherFindings.map(checkOf),
]) as unknown as z.ZodType<HostCheck>;

/** What became of a rule or a driver that was to be installed. */
export const mended = z.discriminatedUnion('outcome', [
  /** It is installed, and the device was opened. */
  z.object({ outcome: z.literal('usable') }).readonly(),
  /** It is installed, and holds as soon as the device is plugged in again. */
  z.object({ outcome: z.literal('replug') }).readonly(),
  /** The question for the password was closed. */
  z.object({ outcome: z.literal('cancelled') }).readonly(),
  /** The password was wrong, or the account may not do it, or there is nobody to ask. */
  z.object({ outcome: z.literal('not-authorised') }).readonly(),
  /** This computer has no way to do it from here. */
  z.object({ outcome: z.literal('unavailable') }).readonly(),
  z.object({ outcome: z.literal('failed'), detail: text }).readonly(),
]);
export type Mended = z.infer<typeof mended>;
