/**
 * Every way in which Stepwise can fail, once. A failure is a value: a code, the phase it happened in, and the facts
 * that explain it. Hosts turn the code into words; nothing above the engine parses a message.
 */
import { z } from 'zod';
import { localText } from './locale.ts';

/** What was being done. The order is the order of an update. */
export const phase = z.enum([
  'read-file',
  'find',
  'identify',
  'plan',
  'compare',
  'erase',
  'write',
  'verify',
  'leave',
  'unprotect',
  'enter-bootloader',
  'read',
  'replay',
]);
export type Phase = z.infer<typeof phase>;

/** Why a plan was refused before anything on the device was touched. */
export const refusalReason = z.enum([
  'outside-layout',
  'not-erasable',
  'not-writable',
  'across-hole',
  'beyond-flash-size',
  'wrong-target',
  'not-internal-flash',
  'read-protected',
  'misaligned',
  'empty-image',
  'protected-range',
  'known-defect',
]);
export type RefusalReason = z.infer<typeof refusalReason>;

/** What is the matter with a file. */
export const fileFault = z.enum([
  'unreadable',
  'too-large',
  'empty',
  'truncated',
  'bad-checksum',
  'bad-record',
  'overlap',
  'no-end-record',
  'after-end-record',
  'unsupported',
  'inconsistent',
  'extension-mismatch',
  'address-needed',
  'address-range',
  'git-lfs-pointer',
  'html-page',
  'unknown-format',
]);
export type FileFault = z.infer<typeof fileFault>;

/** Why a release of the maker is not for a device, or not now. */
export const releaseRefusal = z.enum([
  'product',
  'chip',
  'stepping',
  'bootloader',
  'flash-size',
  /** This application is too old to know how to write it. */
  'app-too-old',
  /** A release in between must come first. */
  'firmware-too-old',
  'downgrade',
  'withdrawn',
  /** It is offered to some installations first, and this is not one of them. A person may ask for it all the same. */
  'not-yet-here',
]);
export type ReleaseRefusal = z.infer<typeof releaseRefusal>;

/** What a person has to agree to, in words that say what it costs. */
export const consentKind = z.enum(['unprotect', 'discard-outside', 'downgrade', 'unsigned', 'test-sector']);
export type ConsentKind = z.infer<typeof consentKind>;

const place = z.int().min(0);
const bytes = z.int().min(0);
const text = z.string();
const port = z.object({ path: text });

/** The facts of each failure, by its code. Addresses are absolute, sizes in bytes, times in milliseconds. */
export const failureFacts = {
  // -- what the person asked for
  usage: z.object({ problem: text }),
  cancelled: z.object({ condition: z.lazy(() => deviceCondition) }),
  // -- finding the device
  'no-device': z.object({ wanted: text.optional() }),
  'several-devices': z.object({ paths: z.array(text).readonly() }),
  'not-st-rom': z.object({ what: text, evidence: z.array(text).readonly() }),
  'not-dfuse': z.object({ what: text }),
  'no-flash-layout': z.object({ strings: z.array(text).readonly() }),
  // -- USB
  'no-permission': port,
  'no-driver': port,
  busy: port,
  disconnected: z.object({ path: text, address: place.optional() }),
  'usb-transfer': z.object({ path: text, kind: text, request: text }),
  'no-answer': z.object({ path: text, request: text }),
  // -- the file
  'bad-file': z.object({
    fault: fileFault,
    detail: text,
    format: text.optional(),
    /** 1-based line of a text file, or byte offset of a binary one. */
    line: z.int().optional(),
    offset: z.int().optional(),
  }),
  // -- the plan
  'plan-refused': z.object({
    reason: refusalReason,
    detail: text,
    address: place.optional(),
    size: bytes.optional(),
  }),
  // -- the bootloader
  'read-protected': z.object({ address: place.optional() }),
  'command-rejected': z.object({
    command: text,
    address: place.optional(),
    status: z.int(),
    state: z.int(),
  }),
  'stuck-busy': z.object({ address: place.optional(), state: z.int(), elapsed: z.number() }),
  'bad-state': z.object({ state: z.int(), status: z.int(), wanted: text }),
  'protocol-violation': z.object({ what: text }),
  'erase-failed': z.object({ address: place, size: bytes, tries: z.int(), firstNotErased: place }),
  'program-failed': z.object({ address: place, status: z.int(), state: z.int() }),
  'verify-mismatch': z.object({ address: place, differing: bytes, tries: z.int() }),
  /** All of flash is in use; `looked` sectors were read. */
  'no-unused-sector': z.object({ looked: z.int() }),
  /** A test could not erase what it had written to a sector that was blank before. */
  'sector-not-cleaned': z.object({ address: place, size: bytes }),
  'read-short': z.object({ address: place, wanted: bytes, got: bytes }),
  'consent-missing': z.object({ what: consentKind }),
  'not-supported': z.object({ what: text }),
  'did-not-return': z.object({ path: text, waited: z.number() }),
  'wrong-device-returned': z.object({ path: text, expected: text, found: text }),
  // -- the maker's repository
  offline: z.object({ host: text }),
  /** What answered there is something else: a page to log in to a network, a redirection to an insecure address. */
  'not-the-repository': z.object({ url: text, what: text }),
  'server-refused': z.object({
    url: text,
    status: z.int(),
    /** Milliseconds it wants to be left alone for. */
    retryAfter: z.number().optional(),
  }),
  'server-silent': z.object({ host: text, waited: z.number() }),
  'untrusted-connection': z.object({ host: text, detail: text }),
  /** ISO 8601: what this computer says, and, where one is known, a time that has certainly passed. */
  'clock-wrong': z.object({ today: text, passed: text.optional() }),
  /** A signature, hash, version or length is not what the trusted keys say. */
  'not-trusted': z.object({ file: text, detail: text }),
  /** It was signed for a time that is over. */
  expired: z.object({ file: text, since: text }),
  'no-release': z.object({ wanted: text }),
  'release-refused': z.object({
    version: text,
    reason: releaseRefusal,
    /** What the maker says of it. */
    why: localText.optional(),
    wanted: text.optional(),
    /** Absent where the device does not let it be read. */
    found: text.optional(),
  }),
  // -- the host
  'host-file': z.object({ path: text, operation: text, detail: text }),
  'replay-deviation': z.object({ line: z.int(), expected: text, got: text }),
  /** The recording has only the hash of what was read, and nobody knows bytes of that hash. */
  'replay-withheld': z.object({ line: z.int(), bytes, address: place.optional() }),
  /** A job is at work on this device already. */
  occupied: port,
  /** What was asked for is not there any more: a firmware, a job. */
  'not-found': z.object({ what: text }),
  /** The product does not let its customers do this. */
  'not-allowed': z.object({ what: text }),
  /** Something came over the contract that is not in it. */
  'bad-request': z.object({ request: text, detail: text }),
  /** The program behind the screen does not answer any more. */
  'host-gone': z.object({ request: text }),
  internal: z.object({ detail: text }),
};

export type FailureCode = keyof typeof failureFacts;
/** What can go wrong between the maker's repository and a device. */
export type RepositoryCode = Extract<
  FailureCode,
  | 'offline'
  | 'not-the-repository'
  | 'server-refused'
  | 'server-silent'
  | 'untrusted-connection'
  | 'clock-wrong'
  | 'not-trusted'
  | 'expired'
  | 'no-release'
  | 'release-refused'
>;
export type FailureFacts = { readonly [C in FailureCode]: Readonly<z.infer<(typeof failureFacts)[C]>> };

/** In what condition an operation left the device; always told, so that nobody has to guess. */
export const deviceCondition = z.enum([
  /** Nothing was erased or written. */
  'untouched',
  /** Some sectors were rewritten: the application may not start, running the same update again finishes it. */
  'incomplete',
  /** Everything in the plan was written and read back equal. */
  'complete',
]);
export type DeviceCondition = z.infer<typeof deviceCondition>;

export type Failure = {
  [C in FailureCode]: {
    readonly code: C;
    readonly phase?: Phase | undefined;
    readonly facts: FailureFacts[C];
    /** Messages of the errors beneath, outermost first. */
    readonly cause?: readonly string[] | undefined;
    readonly condition?: DeviceCondition | undefined;
  };
}[FailureCode];

export const failureCodes = Object.keys(failureFacts) as readonly FailureCode[];

const failureOf = (code: FailureCode) =>
  z.object({
    code: z.literal(code),
    phase: phase.optional(),
    facts: failureFacts[code],
    cause: z.array(text).readonly().optional(),
    condition: deviceCondition.optional(),
  });
const [firstCode, ...otherCodes] = failureCodes;

/** A failure as it crosses the contract. */
export const failure = z.discriminatedUnion('code', [
  failureOf(firstCode ?? 'internal'),
  ...otherCodes.map(failureOf),
]) as unknown as z.ZodType<Failure>;

export interface FailureContext {
  readonly phase?: Phase;
  readonly cause?: unknown;
  readonly condition?: DeviceCondition;
}

/** The one error class of the engine. `failure` is what crosses borders; `message` is for logs. */
export class StepwiseError<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'StepwiseError';
  readonly code: C;
  readonly facts: FailureFacts[C];
  readonly phase: Phase | undefined;
  readonly condition: DeviceCondition | undefined;

  constructor(code: C, facts: FailureFacts[C], context: FailureContext = {}) {
    super(`${code}${context.phase ? ` during ${context.phase}` : ''}: ${JSON.stringify(facts)}`, {
      cause: context.cause,
    });
    this.code = code;
    this.facts = facts;
    this.phase = context.phase;
    this.condition = context.condition;
  }

  /** The same failure with what an outer level knows added; what is already known stays. */
  with(context: FailureContext): StepwiseError<C> {
    const phase = this.phase ?? context.phase;
    const condition = this.condition ?? context.condition;
    return new StepwiseError(this.code, this.facts, {
      ...(phase && { phase }),
      ...(condition && { condition }),
      cause: this.cause ?? context.cause,
    });
  }

  get failure(): Failure {
    const cause = causes(this.cause);
    return {
      code: this.code,
      facts: this.facts,
      ...(this.phase && { phase: this.phase }),
      ...(this.condition && { condition: this.condition }),
      ...(cause.length > 0 && { cause }),
    } as Failure;
  }
}

function causes(error: unknown): string[] {
  const messages: string[] = [];
  let at = error;
  while (at instanceof Error && messages.length < 8) {
    messages.push(at.message);
    at = at.cause;
  }
  return messages;
}

/** A failure that was told, to be thrown again. */
export function errorOf({ code, facts, phase, condition }: Failure): StepwiseError {
  return new StepwiseError(code, facts, { ...(phase && { phase }), ...(condition && { condition }) });
}

/** True for a failure with this code; narrows its facts. */
export function isFailure<C extends FailureCode>(error: unknown, code: C): error is StepwiseError<C> {
  return error instanceof StepwiseError && error.code === code;
}

/** Whatever was thrown, as a failure: what is not ours is a fault of the program and says so. */
export function toFailure(error: unknown): Failure {
  return error instanceof StepwiseError
    ? error.failure
    : new StepwiseError(
        'internal',
        { detail: error instanceof Error ? error.message : String(error) },
        { cause: error },
      ).failure;
}
