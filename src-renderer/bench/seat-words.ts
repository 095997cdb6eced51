/** What happened at a place of the bench, and what comes next, in words. */
import type { Job } from '../../shared/job.ts';
import type { Review } from '../../shared/firmware.ts';
import { explain, type Situation } from '../failures/explain.ts';
import { sentences } from '../failures/sentences.ts';
import { about, bytes, elapsed, number } from '../parts/quantities.ts';
import * as m from '../paraglide/messages.js';
import { progressWords } from '../update/work/progress-words.ts';
import type { Seat } from './seat.ts';
import { verdictOf } from './verdict.ts';

export interface SeatWords {
  /** A word for what it is: passed, running, ready. */
  readonly verdict: string;
  readonly text: string;
}

export function seatWords(seat: Seat, situation: Situation): SeatWords {
  switch (seat.kind) {
    case 'looking':
      return { verdict: m.bench_verdict_not_ready(), text: m.bench_say_looking() };
    case 'application':
      return { verdict: m.bench_verdict_not_ready(), text: m.bench_say_application() };
    case 'unusable':
    case 'refused': {
      const { title, why } = explain(seat.failure, situation);
      return { verdict: m.bench_verdict_not_ready(), text: `${title}: ${why}` };
    }
    case 'choose':
      return { verdict: m.bench_verdict_not_ready(), text: m.bench_say_choose() };
    case 'asked':
      return { verdict: m.bench_verdict_not_ready(), text: m.bench_say_reviewing() };
    case 'consent':
      return { verdict: m.bench_verdict_not_ready(), text: m.bench_say_consent() };
    case 'ready':
      return { verdict: m.bench_verdict_ready(), text: readyWords(seat.review) };
    case 'starting':
      return { verdict: m.bench_verdict_running(), text: m.bench_say_starting() };
    case 'working':
      return seat.job.state.kind === 'waiting'
        ? { verdict: m.bench_verdict_waiting(), text: m.bench_say_waiting() }
        : { verdict: m.bench_verdict_running(), text: progressWords(seat.job, situation.expert) };
    case 'over':
      return overWords(seat.job, situation);
  }
}

function readyWords({ expected, continues }: Review): string {
  const { compare, erase, write, verify } = expected;
  const duration = about(compare + erase + write + verify);
  return continues ? m.bench_say_ready_continues({ duration }) : m.bench_say_ready({ duration });
}

function overWords(job: Job, situation: Situation): SeatWords {
  const { state } = job;
  if (state.kind === 'failed') {
    const { title, why } = explain(state.failure, situation);
    return verdictOf(job) === 'cancelled'
      ? { verdict: m.bench_verdict_cancelled(), text: sentences(m.bench_say_cancelled(), why) }
      : { verdict: m.bench_verdict_failed(), text: `${title}: ${why}` };
  }
  return { verdict: m.bench_verdict_passed(), text: passedWords(job) };
}

function passedWords({ state }: Job): string {
  if (state.kind !== 'done') return '';
  const { outcome } = state;
  if (!outcome) return m.bench_say_unlocked_plain();
  const { proven, unchanged, rewritten, recoveries } = outcome;
  return sentences(
    // Some languages shorten seconds with a full stop, and the sentence ends there.
    m.bench_say_passed({ bytes: bytes(proven), duration: elapsed(outcome.elapsed) }).replace('..', '.'),
    unchanged > 0
      ? m.bench_say_unchanged({ count: number(unchanged), total: number(unchanged + rewritten) })
      : undefined,
    recoveries === 1
      ? m.bench_say_recovered_once()
      : recoveries > 1
        ? m.bench_say_recovered({ count: number(recoveries) })
        : undefined,
    startWords(state.application),
  );
}

function startWords(application: Extract<Job['state'], { kind: 'done' }>['application']): string | undefined {
  switch (application.kind) {
    case 'seen':
      return application.version === undefined
        ? m.bench_say_seen()
        : m.bench_say_seen_version({ version: application.version });
    case 'missing':
      return m.bench_say_missing();
    case 'replug':
      return m.bench_say_replug();
    case 'waiting':
    case 'not-told':
      return undefined;
  }
}
