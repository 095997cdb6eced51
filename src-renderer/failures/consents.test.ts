import { expect, it } from 'vitest';
import { explainConsent } from './consents.ts';

it.each(['unprotect', 'discard-outside', 'downgrade', 'unsigned'] as const)(
  'consent to %s says what it costs and what is agreed to',
  (kind) => {
    const { title, text, agree } = explainConsent({ kind });
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(agree).toMatch(/^I .*[^.]$/);
  },
);

it('where it can be said how much is at stake, it is', () => {
  expect(explainConsent({ kind: 'discard-outside', bytes: 1234 }).text).toMatch(/At stake: 1,234 bytes\.$/);
});
