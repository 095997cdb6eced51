/** The names on top of the wizard. */
export const stepNames = ['connect', 'choose', 'review', 'update', 'done'] as const;
export type StepName = (typeof stepNames)[number];
