import { expect, test } from 'vitest';
import { addressIn } from './address-in.ts';

test.each(['0x08000000', '08000000', ' 8000000 ', '0X08000000'])('"%s" is the beginning of flash', (text) => {
  expect(addressIn(text)).toBe(0x0800_0000);
});

test.each(['', '0x', '0x1_0000', '0x123456789', 'start'])('"%s" is no address', (text) => {
  expect(addressIn(text)).toBeUndefined();
});
