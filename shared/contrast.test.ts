import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accentOn, contrast, GROUNDS, READABLE } from './contrast.ts';

const { light: LIGHT, dark: DARK } = GROUNDS;

const colour = fc
  .integer({ min: 0, max: 0xff_ffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('black on white is 21, the same colour is 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#4a90d9', '#4a90d9')).toBe(1);
});

test('any accent a maker may wish becomes readable on both themes, and text is readable on it', () => {
  fc.assert(
    fc.property(colour, fc.constantFrom(LIGHT, DARK), (wished, ground) => {
      const { accent, on } = accentOn(ground, wished);
      expect(contrast(accent, ground)).toBeGreaterThanOrEqual(READABLE);
      expect(contrast(on, accent)).toBeGreaterThanOrEqual(READABLE);
    }),
  );
});

test('an accent that can be read stays what the maker chose', () => {
  expect(accentOn(LIGHT, '#1d5bb8').accent).toBe('#1d5bb8');
  expect(accentOn(DARK, '#82b4ff').accent).toBe('#82b4ff');
});
