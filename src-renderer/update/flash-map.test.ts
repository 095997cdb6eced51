import { expect, test } from 'vitest';
import type { Review } from '../../shared/firmware.ts';
import type { Job } from '../../shared/job.ts';
import { jobMap, plannedMap, wholeFlash } from './flash-map.ts';

const KB = 1024;
const F405 = ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg', '@OTP Memory /0x1FFF7800/01*512 e'];

function review(layouts: readonly string[], ...sectors: readonly { address: number; size: number }[]) {
  return { identity: { layouts }, sectors } as unknown as Pick<Review, 'identity' | 'sectors'>;
}

test('the sectors of a layout string are all there, and other memories are not', () => {
  const sectors = wholeFlash({ layouts: F405 });
  expect(sectors).toHaveLength(12);
  expect(sectors.at(-1)).toMatchObject({ address: 0x080e_0000, size: 128 * KB, state: 'outside' });
});

test('a layout string in several pieces keeps its gap', () => {
  const sectors = wholeFlash({ layouts: ['@Internal Flash /0x08000000/64*02Kg/0x08040000/64*02Kg'] });
  expect(sectors.map(({ address }) => address)).toContain(0x0804_0000);
  expect(sectors).toHaveLength(128);
});

test('what an update is about stands out from the rest of the flash', () => {
  const states = plannedMap(review(F405, { address: 0x0800_4000, size: 16 * KB })).map(({ state }) => state);
  expect(states.slice(0, 3)).toEqual(['outside', 'untouched', 'outside']);
});

test('a layout string that is known to be wrong draws nothing the engine does not work with', () => {
  expect(plannedMap(review(F405, { address: 0x0800_0000, size: 8 * KB }))).toEqual([
    { address: 0x0800_0000, size: 8 * KB, state: 'untouched' },
  ]);
});

test('while a job goes on no sector comes or goes, only states do', () => {
  const planned = plannedMap(review(F405, { address: 0x0800_0000, size: 16 * KB }));
  const job = { sectors: [{ address: 0x0800_0000, size: 16 * KB, state: 'writing' }] } as unknown as Job;
  const drawn = jobMap(planned, job);
  expect(drawn).toHaveLength(planned.length);
  expect(drawn[0]?.state).toBe('writing');
});

test('each sector stays in its bank, whatever becomes of it', () => {
  const layouts = ['@Internal Flash /0x08000000/2*128Kg'];
  const banks = [
    { start: 0x0800_0000, end: 0x0802_0000 },
    { start: 0x0802_0000, end: 0x0804_0000 },
  ];
  const planned = plannedMap({
    ...review(layouts, { address: 0x0802_0000, size: 128 * KB }),
    identity: { layouts, banks } as unknown as Review['identity'],
  });
  const job = {
    sectors: [{ address: 0x0802_0000, size: 128 * KB, state: 'written' }],
  } as unknown as Job;
  expect(jobMap(planned, job).map(({ bank }) => bank)).toEqual([0, 1]);
});

test('a job whose flash is not known is drawn as it tells of its sectors', () => {
  const job = { sectors: [{ address: 0x0800_0000, size: 16 * KB, state: 'erasing' }] } as unknown as Job;
  expect(jobMap([], job)).toEqual(job.sectors);
});
