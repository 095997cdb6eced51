/** The table a bench leaves behind: a line for each update, in words that stay the same in every language. */
import { hex } from '../../shared/address.ts';
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { phaseOf } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';
import type { Cell } from './csv.ts';
import { verdictOf } from './verdict.ts';

/** What a job does not say itself, as far as the bench saw it. Times in ISO 8601. */
export interface Noted {
  readonly identity?: DeviceIdentity | undefined;
  readonly began?: string | undefined;
  readonly ended?: string | undefined;
}

const COLUMNS = [
  'result',
  'device',
  'port',
  'firmware',
  'began',
  'ended',
  'seconds',
  'bytes_proven',
  'sectors_rewritten',
  'sectors_unchanged',
  'bytes_preserved',
  'recoveries',
  'application',
  'failure',
  'phase',
  'address',
  'stepping',
  'bootloader',
  'unique_id',
  'serial',
] as const;

export function records(
  jobs: readonly Job[],
  notes: ReadonlyMap<string, Noted>,
): readonly (readonly Cell[])[] {
  return [COLUMNS, ...jobs.map((job) => record(job, notes.get(job.id) ?? {}))];
}

function record(job: Job, { identity, began, ended }: Noted): readonly Cell[] {
  const { state, title, path, name, recoveries, address } = job;
  const outcome = state.kind === 'done' ? state.outcome : undefined;
  const failure = state.kind === 'failed' ? state.failure : undefined;
  const cells: Readonly<Record<(typeof COLUMNS)[number], Cell>> = {
    result: verdictOf(job),
    device: title,
    port: path,
    firmware: name,
    began,
    ended,
    seconds: outcome && Math.round(outcome.elapsed / 100) / 10,
    bytes_proven: outcome?.proven,
    sectors_rewritten: outcome?.rewritten,
    sectors_unchanged: outcome?.unchanged,
    bytes_preserved: outcome?.preserved,
    recoveries,
    application: state.kind === 'done' ? state.application.kind : undefined,
    failure: failure?.code,
    phase: failure && (failure.phase ?? phaseOf(job)),
    address: failure && address !== undefined ? hex(address) : undefined,
    stepping: identity && valueOf(identity.stepping),
    bootloader: identity && valueOf(identity.bootloaderVersion),
    unique_id: identity && valueOf(identity.uniqueId),
    serial: identity?.serial,
  };
  return COLUMNS.map((column) => cells[column]);
}
