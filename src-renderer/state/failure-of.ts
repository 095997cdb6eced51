import { ContractFailure } from '../../shared/contract-failure.ts';
import type { Failure } from '../../shared/failure.ts';

/** What a request failed with. Anything else is a fault of the screens, and says so. */
export function failureOf(error: unknown): Failure {
  return error instanceof ContractFailure
    ? error.failure
    : { code: 'internal', facts: { detail: error instanceof Error ? error.message : String(error) } };
}
