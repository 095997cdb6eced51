import { expect, test } from 'vitest';
import { linkGrade } from './link-grade.ts';

const link = { requests: 1000, errors: 0, rate: 500_000, median: 4, slowest: 9 };

test('a link without errors is good', () => {
  expect(linkGrade(link)).toBe('good');
});

test('a single lost request makes a link bad, however quick it is', () => {
  expect(linkGrade({ ...link, errors: 1 })).toBe('bad');
});

test('a request that was held up for long makes it slow', () => {
  expect(linkGrade({ ...link, slowest: 400 })).toBe('slow');
});

test('what nobody notices holds nobody up', () => {
  expect(linkGrade({ ...link, median: 0.5, slowest: 200 })).toBe('good');
});
