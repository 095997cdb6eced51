/**
 * Every failure in three parts, as the person in front of it needs them: what is the matter, why, and what to do now.
 * One record over all codes, so that a failure without words does not compile.
 */
import type { Failure, FailureCode, FailureFacts } from '../../shared/failure.ts';
import { accessWords } from './access.ts';
import { afterwards, conditionOf } from './condition.ts';
import { deviceWords } from './device.ts';
import type { Circumstances, Explained, Situation, Wording } from './explained.ts';
import { badFile } from './file.ts';
import { findingWords } from './finding.ts';
import { hostWords } from './host.ts';
import { linkWords } from './link.ts';
import { refused } from './plan.ts';
import { repositoryWords } from './repository.ts';
import { sentences } from './sentences.ts';

export type { Explained, Remedy, Situation } from './explained.ts';

const WORDING: Wording<FailureCode> = {
  ...findingWords,
  ...accessWords,
  ...linkWords,
  'bad-file': badFile,
  'plan-refused': refused,
  ...deviceWords,
  ...repositoryWords,
  ...hostWords,
};

/** What to say of a failure, in the language of the screens. */
export function explain(failure: Failure, situation: Situation): Explained {
  const { title, why, now } = say(failure.code, failure.facts, {
    ...situation,
    phase: failure.phase,
    condition: conditionOf(failure),
  });
  return { title, why: sentences(why, afterwards(failure, situation.expert)), now };
}

function say<C extends FailureCode>(
  code: C,
  facts: FailureFacts[C],
  circumstances: Circumstances,
): Explained {
  return WORDING[code](facts, circumstances);
}
