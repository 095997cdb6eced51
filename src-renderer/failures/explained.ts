/** A failure as a person meets it: what is the matter, why, and what to do now. */
import type { DeviceCondition, FailureCode, FailureFacts, Phase } from '../../shared/failure.ts';

export interface Explained {
  /** A few words without full stop. */
  readonly title: string;
  /** Sentences. */
  readonly why: string;
  /** Best first, never empty. */
  readonly now: readonly Remedy[];
}

export interface Remedy {
  /** `advice` is a sentence, every other kind the label of a button. */
  readonly kind:
    | 'try-again'
    | 'replug'
    | 'choose-other'
    | 'unlock'
    | 'install-rule'
    | 'update-app'
    | 'install-driver'
    | 'see-checks'
    | 'continue'
    | 'export'
    | 'support'
    | 'advice';
  readonly text: string;
}

/** Who reads it, and where. */
export interface Situation {
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
  /** Says it in the field's own words, with addresses, sizes and states. */
  readonly expert: boolean;
}

/** What decides about the words besides the facts. */
export interface Circumstances extends Situation {
  readonly phase: Phase | undefined;
  readonly condition: DeviceCondition | undefined;
}

/** Words for some of the failures. */
export type Wording<C extends FailureCode> = {
  readonly [K in C]: (facts: FailureFacts[K], circumstances: Circumstances) => Explained;
};
