import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from './ring.ts';

it('keeps the last values in order and counts what it dropped', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 12 }), (values, capacity) => {
      const ring = new Ring<number>(capacity);
      for (const value of values) ring.push(value);
      expect(ring.toArray()).toEqual(values.slice(-capacity));
      expect(ring.dropped).toBe(Math.max(0, values.length - capacity));
    }),
  );
});
