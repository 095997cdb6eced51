/** What a person asked for may fail; then they are told what is the matter, wherever they are by then. */
import { ContractFailure } from '../../shared/contract-failure.ts';
import type { Failure } from '../../shared/failure.ts';
import { explain } from '../failures/explain.ts';
import type { App } from './app.svelte.ts';

/** What was thrown, as a failure: what is not ours is a fault of the program and says so. */
export function failureOf(error: unknown): Failure {
  return error instanceof ContractFailure
    ? error.failure
    : { code: 'internal', facts: { detail: error instanceof Error ? error.message : String(error) } };
}

/** @returns what `work` did, or undefined when it failed and the person was told */
export async function attempt<T>(app: App, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { title, why } = explain(failureOf(error), {
      platform: app.about.platform,
      expert: app.expert,
    });
    app.notify({ tone: 'danger', title, text: why });
    return undefined;
  }
}
