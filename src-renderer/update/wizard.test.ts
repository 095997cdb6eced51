import { expect, test } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import type { Firmware, Review } from '../../shared/firmware.ts';
import {
  AT_THE_BEGINNING,
  type Choose,
  mayStart,
  next,
  pickedFirmware,
  question,
  type Reviewing,
  type Wizard,
  type WizardEvent,
} from './wizard.ts';

const PATH = '1-2';
const GONE: Failure = { code: 'disconnected', facts: { path: PATH } };

function firmware(id: string, more: Partial<Firmware> = {}): Firmware {
  return { id, source: 'release', name: id, bytes: 1024, format: 'dfuse', recommended: false, ...more };
}

const REVIEW = {
  path: PATH,
  firmware: firmware('a', { version: '2.0.0' }),
  identity: { layouts: [] },
  sectors: [],
  consents: [{ kind: 'unsigned' }, { kind: 'downgrade' }],
} as unknown as Review;

function after(...events: readonly WizardEvent[]): Wizard {
  return events.reduce(next, AT_THE_BEGINNING);
}

function review(...events: readonly WizardEvent[]): Reviewing {
  const now = after(
    { type: 'firmware-chosen', path: PATH, id: 'a' },
    { type: 'reviewed', review: REVIEW },
    ...events,
  );
  if (now.step !== 'review') throw new Error(`it is at ${now.step}`);
  return now;
}

function offered(picked: string | undefined, ...list: readonly Firmware[]): Choose {
  return { step: 'choose', path: PATH, offer: { kind: 'there', value: list }, picked, news: 'none' };
}

test('a chosen device is asked for its firmware', () => {
  expect(question(after({ type: 'device-chosen', path: PATH }))).toEqual({ ask: 'firmware', path: PATH });
});

test('an answered question is not asked again', () => {
  expect(
    question(after({ type: 'device-chosen', path: PATH }, { type: 'offered', firmware: [] })),
  ).toBeUndefined();
  expect(question(review())).toBeUndefined();
});

test('nothing starts before everything is agreed to', () => {
  const half = review({ type: 'agreed', kind: 'unsigned' });
  expect(mayStart(half)).toBe(false);
  expect(next(half, { type: 'start' })).toBe(half);
  const all = review({ type: 'agreed', kind: 'unsigned' }, { type: 'agreed', kind: 'downgrade' });
  expect(mayStart(all)).toBe(true);
  expect(question(next(all, { type: 'start' }))).toMatchObject({ ask: 'start' });
});

test('what was agreed to can be taken back', () => {
  const again = review({ type: 'agreed', kind: 'unsigned' }, { type: 'disagreed', kind: 'unsigned' });
  expect(again.agreed).toEqual([]);
});

test('another way with the bytes beside the image is reviewed anew, and nothing counts as agreed to', () => {
  const other = review({ type: 'agreed', kind: 'unsigned' }, { type: 'outside', outside: 'discard' });
  expect(other.agreed).toEqual([]);
  expect(question(other)).toMatchObject({ ask: 'review', of: { outside: 'discard' } });
});

test.each<WizardEvent>([
  { type: 'device-chosen', path: PATH },
  { type: 'firmware-chosen', path: PATH, id: 'a' },
])('a device that goes away after $type leads back to where devices are shown', (event) => {
  expect(after(event, { type: 'device-gone' })).toEqual({ step: 'connect', news: 'unplugged' });
});

test('while the update is being started its device counts as there', () => {
  const starting = review(
    { type: 'agreed', kind: 'unsigned' },
    { type: 'agreed', kind: 'downgrade' },
    { type: 'start' },
  );
  expect(next(starting, { type: 'device-gone' })).toBe(starting);
});

test('a start that is refused says why and can be tried again', () => {
  const refused = review(
    { type: 'agreed', kind: 'unsigned' },
    { type: 'agreed', kind: 'downgrade' },
    { type: 'start' },
    { type: 'refused', failure: GONE },
  );
  expect(refused.start).toEqual({ kind: 'failed', failure: GONE });
  expect(mayStart(refused)).toBe(true);
});

test('the same update again is reviewed again, not started blindly', () => {
  const failed = next(review(), { type: 'job-begun', path: PATH, job: 'job-1' });
  expect(question(next(failed, { type: 'same-again' }))).toMatchObject({
    ask: 'review',
    of: { firmware: 'a' },
  });
});

test('what an update installs, and whether it is the newest, is known as long as it is shown, and again after it', () => {
  const newest = next(after({ type: 'firmware-chosen', path: PATH, id: 'a', newest: true }), {
    type: 'reviewed',
    review: REVIEW,
  });
  const updating = next(newest, { type: 'job-begun', path: PATH, job: 'job-1' });
  expect(updating).toMatchObject({ firmware: { id: 'a', version: '2.0.0', newest: true } });
  expect(next(updating, { type: 'same-again' })).toMatchObject({ step: 'review', newest: true });
  expect(review()).toMatchObject({ newest: false });
});

test('an unlocked device needs firmware next', () => {
  const unlocking = after({ type: 'job-begun', path: PATH, job: 'job-7' });
  expect(next(unlocking, { type: 'unlocked' })).toMatchObject({
    step: 'choose',
    path: PATH,
    news: 'unlocked',
  });
});

test('an update that was begun elsewhere can be followed, and leads to choosing afterwards', () => {
  const followed = after({ type: 'job-begun', path: PATH, job: 'job-7' });
  expect(followed).toMatchObject({ step: 'update', job: 'job-7' });
  expect(next(followed, { type: 'same-again' })).toMatchObject({ step: 'choose', path: PATH });
});

test('a file that was opened is picked, and the list is asked whether the device may get it', () => {
  const now = after(
    { type: 'device-chosen', path: PATH },
    { type: 'offered', firmware: [] },
    { type: 'file-added', firmware: firmware('mine', { source: 'file' }) },
  );
  expect(question(now)).toMatchObject({ ask: 'firmware' });
  expect(now).toMatchObject({ picked: 'mine' });
});

test('a file opened with this program waits for its device, is picked for one, and disturbs no update', () => {
  const opened = { type: 'firmware-opened', firmware: firmware('mine', { source: 'file' }) } as const;
  expect(after(opened, { type: 'device-chosen', path: PATH })).toMatchObject({ picked: 'mine' });
  const choosing = after({ type: 'device-chosen', path: PATH }, opened);
  expect(choosing).toMatchObject({ picked: 'mine' });
  expect(question(choosing)).toMatchObject({ ask: 'firmware' });
  expect(next(review(), opened)).toMatchObject({ step: 'choose', path: PATH, picked: 'mine' });
  const updating = after({ type: 'job-begun', path: PATH, job: 'job-7' });
  expect(next(updating, opened)).toBe(updating);
});

test("the person's choice counts before the recommendation, and what is refused cannot be picked", () => {
  const recommended = firmware('best', { recommended: true });
  expect(pickedFirmware(offered('old', recommended, firmware('old')))?.id).toBe('old');
  expect(pickedFirmware(offered('bad', recommended, firmware('bad', { refusal: GONE })))?.id).toBe('best');
  expect(pickedFirmware(offered(undefined, firmware('only')))?.id).toBe('only');
  expect(pickedFirmware(offered(undefined, firmware('a'), firmware('b')))).toBeUndefined();
});

test('from anywhere a person can go back to the beginning', () => {
  expect(next(review(), { type: 'from-the-beginning' })).toEqual(AT_THE_BEGINNING);
});
