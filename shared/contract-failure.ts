import type { Failure } from './failure.ts';

/** A failure of a request, as the screens catch it. */
export class ContractFailure extends Error {
  override readonly name = 'ContractFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.code}: ${JSON.stringify(failure.facts)}`);
    this.failure = failure;
  }
}
