/**
 * Every way in which Stepwise can fail, once. A failure is a value: a code, the phase it happened in, and the facts
 * that explain it. Hosts turn the code into words; nothing above the engine parses a message.
 */

/** What was being done. The order is the order of an update. */
export type Phase =
  | 'read-file'
  | 'find'
  | 'identify'
  | 'plan'
  | 'compare'
  | 'erase'
  | 'write'
  | 'verify'
  | 'leave'
  | 'unprotect'
  | 'enter-bootloader'
  | 'read'
  | 'replay';

/** Why a plan was refused before anything on the device was touched. */
export type RefusalReason =
  | 'outside-layout'
  | 'not-erasable'
  | 'not-writable'
  | 'across-hole'
  | 'beyond-flash-size'
  | 'wrong-target'
  | 'not-internal-flash'
  | 'read-protected'
  | 'misaligned'
  | 'empty-image'
  | 'protected-range'
  | 'known-defect';

/** What is the matter with a file. */
export type FileFault =
  | 'unreadable'
  | 'too-large'
  | 'empty'
  | 'truncated'
  | 'bad-checksum'
  | 'bad-record'
  | 'overlap'
  | 'no-end-record'
  | 'after-end-record'
  | 'unsupported'
  | 'inconsistent'
  | 'extension-mismatch'
  | 'address-needed'
  | 'address-range'
  | 'git-lfs-pointer'
  | 'html-page'
  | 'unknown-format';

/** The facts of each failure, by its code. Addresses are absolute, sizes in bytes, times in milliseconds. */
export interface FailureFacts {
  // -- what the person asked for
  usage: { readonly problem: string };
  cancelled: { readonly condition: DeviceCondition };
  // -- finding the device
  'no-device': { readonly wanted?: string | undefined };
  'several-devices': { readonly paths: readonly string[] };
  'not-st-rom': { readonly what: string; readonly evidence: readonly string[] };
  'not-dfuse': { readonly what: string };
  'no-flash-layout': { readonly strings: readonly string[] };
  // -- USB
  'no-permission': { readonly path: string };
  'no-driver': { readonly path: string };
  busy: { readonly path: string };
  disconnected: { readonly path: string; readonly address?: number | undefined };
  'usb-transfer': { readonly path: string; readonly kind: string; readonly request: string };
  'no-answer': { readonly path: string; readonly request: string };
  // -- the file
  'bad-file': {
    readonly fault: FileFault;
    readonly detail: string;
    readonly format?: string | undefined;
    /** 1-based line of a text file, or byte offset of a binary one. */
    readonly line?: number | undefined;
    readonly offset?: number | undefined;
  };
  // -- the plan
  'plan-refused': {
    readonly reason: RefusalReason;
    readonly detail: string;
    readonly address?: number | undefined;
    readonly size?: number | undefined;
  };
  // -- the bootloader
  'read-protected': { readonly address?: number | undefined };
  'command-rejected': {
    readonly command: string;
    readonly address?: number | undefined;
    readonly status: number;
    readonly state: number;
  };
  'stuck-busy': { readonly address?: number | undefined; readonly state: number; readonly elapsed: number };
  'bad-state': { readonly state: number; readonly status: number; readonly wanted: string };
  'protocol-violation': { readonly what: string };
  'erase-failed': {
    readonly address: number;
    readonly size: number;
    readonly tries: number;
    readonly firstNotErased: number;
  };
  'program-failed': { readonly address: number; readonly status: number; readonly state: number };
  'verify-mismatch': { readonly address: number; readonly differing: number; readonly tries: number };
  'read-short': { readonly address: number; readonly wanted: number; readonly got: number };
  'consent-missing': { readonly what: 'unprotect' };
  'not-supported': { readonly what: string };
  'did-not-return': { readonly path: string; readonly waited: number };
  'wrong-device-returned': { readonly path: string; readonly expected: string; readonly found: string };
  // -- the host
  'host-file': { readonly path: string; readonly operation: string; readonly detail: string };
  'replay-deviation': { readonly line: number; readonly expected: string; readonly got: string };
  internal: { readonly detail: string };
}

export type FailureCode = keyof FailureFacts;

/** In what condition an operation left the device; always told, so that nobody has to guess. */
export type DeviceCondition =
  /** Nothing was erased or written. */
  | 'untouched'
  /** Some sectors were rewritten: the application may not start, running the same update again finishes it. */
  | 'incomplete'
  /** Everything in the plan was written and read back equal. */
  | 'complete';

export type Failure = {
  [C in FailureCode]: {
    readonly code: C;
    readonly phase?: Phase;
    readonly facts: FailureFacts[C];
    /** Messages of the errors beneath, outermost first. */
    readonly cause?: readonly string[];
    readonly condition?: DeviceCondition;
  };
}[FailureCode];

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
