import { expect, test } from 'vitest';
import { told } from './known-words.ts';

test('an address is handed on to the words', () => {
  expect(told('read at 0x1FF1E800')).toMatchObject({ english: false });
  expect(told('read at 0x1FF1E800').text).toContain('0x1FF1E800');
});

test.each([
  'the USB serial number of this loader does not tell it',
  'not readable over USB on this chip',
  'the chip is read-protected',
  'the loader refused to read it',
  'what was read at 0x1FF0F442 means nothing',
])('"%s" has words for everybody', (engine) => {
  expect(told(engine).english).toBe(false);
});

test('what has no words is told as the engine said it, and marked as English', () => {
  expect(told('something new')).toEqual({ text: 'something new', english: true });
});
