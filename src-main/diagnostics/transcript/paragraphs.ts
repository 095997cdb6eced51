/**
 * From steps to paragraphs: long runs of the same become one, what only prepares the next thing (setting an address, leaving
 * a state) is part of it, and what went wrong stands for itself.
 */
import { DfuState, DfuStatus } from '../../dfuse/protocol.ts';
import type { DeviceStatus } from '../../dfuse/status.ts';
import { chipFactIn, type ChipFact } from './chip-facts.ts';
import { gatherSamples, join } from './fold.ts';
import { Proof } from './proof.ts';
import { isBusy, type Deed, type Step } from './steps.ts';
import type { TransferFailure } from './transcript.ts';

interface Span {
  /** Milliseconds since the transcript began. */
  readonly at: number;
  readonly until: number;
  /** Places in the transcript. */
  readonly first: number;
  readonly last: number;
}

/** What was being done when something went wrong. */
export type Undertaking = Deed['kind'];

export type Paragraph = Span &
  (
    | { readonly kind: 'present' | 'attached' | 'detached' | 'close' | 'reset' | 'detach' | 'read-unprotect' }
    /** Descriptors, strings, and what the chip says of itself. */
    | { readonly kind: 'look'; readonly requests: number; readonly refused: number }
    | { readonly kind: 'fact'; readonly address: number | undefined; readonly fact: ChipFact }
    | ({ readonly kind: 'write' } & Run)
    /** `compared`: with what was written there before, as far as that is known. */
    | ({
        readonly kind: 'read';
        readonly compared: 'nothing was written there' | 'equal' | 'different';
        readonly firstDifferent: number | undefined;
      } & Run)
    | {
        readonly kind: 'erase';
        readonly addresses: readonly number[];
        /** Milliseconds. */
        readonly longest: number;
        readonly longestAt: number;
        readonly questions: number;
      }
    | { readonly kind: 'mass-erase' }
    /** The loader was asked how it is, and was in an error; normal at first contact with some. */
    | { readonly kind: 'found-error'; readonly status: DeviceStatus }
    | { readonly kind: 'clear' | 'abort'; readonly times: number; readonly status: DeviceStatus | undefined }
    | { readonly kind: 'leave'; readonly end: 'left' | 'still there' }
    /** Still busy when the host stopped asking. */
    | {
        readonly kind: 'stuck';
        readonly doing: Undertaking;
        readonly address: number | undefined;
        readonly questions: number;
      }
    /** The transcript ends here, and it was not over. */
    | { readonly kind: 'under-way'; readonly doing: Undertaking; readonly address: number | undefined }
    /** The loader answered with an error. */
    | {
        readonly kind: 'refused';
        readonly doing: Undertaking;
        readonly address: number | undefined;
        readonly status: DeviceStatus;
      }
    /** A transfer failed. */
    | {
        readonly kind: 'failed';
        readonly doing: Undertaking;
        readonly address: number | undefined;
        readonly failure: TransferFailure;
        readonly times: number;
      }
  );

/** Blocks one behind the other; or, where there are several places, here and there. */
export interface Run {
  readonly places: number;
  readonly address: number | undefined;
  readonly bytes: number;
  readonly blocks: number;
  /** Bytes of the longest. */
  readonly blockSize: number;
}

export type ParagraphOf<K extends Paragraph['kind']> = Extract<Paragraph, { readonly kind: K }>;

export interface Told {
  readonly paragraphs: readonly Paragraph[];
  readonly proof: Proof;
}

export function paragraphsOf(steps: readonly Step[]): Told {
  const proof = new Proof();
  const paragraphs: Paragraph[] = [];
  for (const step of steps) {
    const next = underWay(step, step === steps.at(-1)) ?? paragraphOf(step, proof, paragraphs);
    if (step.deed.kind === 'erase') proof.erased(step.deed.address);
    if (step.deed.kind === 'mass-erase' || step.deed.kind === 'read-unprotect') proof.erasedAll();
    if (!next) continue;
    const before = paragraphs.at(-1);
    const joined = before && join(before, next);
    if (joined) paragraphs[paragraphs.length - 1] = joined;
    else paragraphs.push(next);
  }
  return { paragraphs: paragraphs.reduce<Paragraph[]>(gatherSamples, []), proof };
}

/** Undefined for what only prepares the next thing, and went well. */
function paragraphOf(step: Step, proof: Proof, before: readonly Paragraph[]): Paragraph | undefined {
  return wrong(step, before) ?? well(step, proof);
}

/** Longer than any erase takes, in milliseconds: who waits for so long waits for nothing. */
const STUCK = 15_000;

/** Begun by the first question, which the transcript does not have any more (AN3156 §5). */
const RUNS_WHEN_ASKED: ReadonlySet<Undertaking> = new Set(['erase', 'mass-erase', 'write', 'set-address']);

function underWay(step: Step, isLast: boolean): Paragraph | undefined {
  const { deed, status, failure } = step;
  const isOver = status ? !isBusy(status) : !RUNS_WHEN_ASKED.has(deed.kind);
  if (!isLast || failure || isOver || step.until - step.at > STUCK) return undefined;
  const address = 'address' in deed ? deed.address : undefined;
  return { kind: 'under-way', doing: deed.kind, address, ...spanOf(step) };
}

// -- what goes wrong -----------------------------------------------------------------------------------------------------

function wrong(step: Step, before: readonly Paragraph[]): Paragraph | undefined {
  const { deed, failure, status } = step;
  const doing = deed.kind;
  const address = 'address' in deed ? deed.address : undefined;
  // An error on the last question is the usual sign of a device that has left.
  if (deed.kind === 'leave' || deed.kind === 'detach') return undefined;
  if (failure !== undefined) {
    // Not every device has every descriptor.
    if (deed.kind === 'describe' && failure === 'stall') return undefined;
    return { kind: 'failed', doing, address, failure, times: 1, ...spanOf(step) };
  }
  if (!status) return undefined;
  const isAtRest = doing === 'get-status' || doing === 'clear-status' || doing === 'abort';
  if (status.state === DfuState.error || status.status !== DfuStatus.ok) {
    if (!isAtRest) return { kind: 'refused', doing, address, status, ...spanOf(step) };
    return before.some(({ kind }) => WORK.has(kind)) && doing === 'get-status'
      ? { kind: 'refused', doing, address, status, ...spanOf(step) }
      : doing === 'get-status'
        ? { kind: 'found-error', status, ...spanOf(step) }
        : undefined;
  }
  if (isBusy(status)) return { kind: 'stuck', doing, address, questions: step.questions, ...spanOf(step) };
  return undefined;
}

const WORK: ReadonlySet<Paragraph['kind']> = new Set(['write', 'read', 'erase', 'mass-erase', 'stuck']);

// -- what goes well ------------------------------------------------------------------------------------------------------

function well(step: Step, proof: Proof): Paragraph | undefined {
  const { deed } = step;
  const span = spanOf(step);
  switch (deed.kind) {
    case 'present':
    case 'attached':
    case 'detached':
    case 'close':
    case 'reset':
    case 'detach':
    case 'read-unprotect':
    case 'mass-erase':
      return { kind: deed.kind, ...span };
    case 'open':
    case 'claim':
    case 'describe':
    case 'get-commands':
      return { kind: 'look', requests: 1, refused: step.failure ? 1 : 0, ...span };
    case 'write':
      proof.wrote(deed);
      return { kind: 'write', ...runOf(deed), ...span };
    case 'read': {
      const fact = chipFactIn(deed);
      if (fact) return { kind: 'fact', address: deed.address, fact, ...span };
      const compared = proof.read(deed);
      const firstDifferent = compared === 'different' ? deed.address : undefined;
      return { kind: 'read', compared, firstDifferent, ...runOf(deed), ...span };
    }
    case 'erase': {
      const { address } = deed;
      const longest = step.until - step.at;
      const { questions } = step;
      return { kind: 'erase', addresses: [address], longest, longestAt: address, questions, ...span };
    }
    case 'clear-status':
      return { kind: 'clear', times: 1, status: step.status, ...span };
    case 'leave': {
      const isGone = step.failure !== undefined || step.status?.state !== DfuState.dfuIdle;
      return { kind: 'leave', end: isGone ? 'left' : 'still there', ...span };
    }
    case 'abort':
    case 'select':
    case 'get-status':
    case 'get-state':
    case 'set-address':
    case 'other':
      return undefined;
  }
}

function runOf({ address, bytes }: { address: number | undefined; bytes: number }): Run {
  return { address, bytes, blocks: 1, blockSize: bytes, places: 1 };
}

function spanOf({ at, until, first, last }: Step): Span {
  return { at, until, first, last };
}
