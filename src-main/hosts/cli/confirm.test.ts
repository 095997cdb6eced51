import { describe, expect, it } from 'vitest';
import { Assent } from './confirm.ts';

function asking(answer: boolean) {
  let asked = 0;
  const assent = new Assent(2, () => {
    asked += 1;
    return Promise.resolve(answer);
  });
  return { assent, asked: () => asked };
}

describe('one question for two devices', () => {
  it('is asked when both have told, and holds for both', async () => {
    const { assent, asked } = asking(true);
    const first = assent.part().given();
    expect(asked()).toBe(0);
    const second = assent.part().given();
    await Promise.all([first, second]);
    expect(asked()).toBe(1);
  });

  it('does not wait for a device that dropped out', async () => {
    const { assent, asked } = asking(true);
    const told = assent.part().given();
    assent.part().end();
    await told;
    expect(asked()).toBe(1);
  });

  it('is not asked when nobody is left to ask for', () => {
    const { assent, asked } = asking(true);
    assent.part().end();
    assent.part().end();
    expect(asked()).toBe(0);
  });

  it('answered with no stops both', async () => {
    const { assent } = asking(false);
    const answers = await Promise.allSettled([assent.part().given(), assent.part().given()]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('counts a device once, though it ends after it has told', async () => {
    const { assent, asked } = asking(true);
    const part = assent.part();
    const first = part.given();
    part.end();
    expect(asked()).toBe(0);
    assent.part().end();
    await first;
  });
});
