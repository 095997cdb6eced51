import { expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { startFailure } from './start-failure.ts';

it('a file in the way is named with each of its faults on a line, anything else by its message', () => {
  const facts = { path: 'a/product.json', operation: 'read', detail: 'accent: is missing\nname: is missing' };
  expect(startFailure(new StepwiseError('host-file', facts))).toBe(
    'a/product.json\n  accent: is missing\n  name: is missing',
  );
  expect(startFailure(new Error('no USB'))).toBe('no USB');
});
