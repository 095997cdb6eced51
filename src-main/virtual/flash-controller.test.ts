import { describe, expect, it } from 'vitest';
import { FlashController } from './flash-controller.ts';
import { NorFlash } from './nor-flash.ts';

function controller(): FlashController {
  const banks = [{ start: 0, runs: [{ count: 1, size: 64 }] }];
  return new FlashController(new NorFlash({ banks, erasedValue: 0xff, alignment: 4 }));
}

describe('flash controller', () => {
  it('lets an operation take effect at its end and not before', () => {
    const flash = controller();
    let done = 0;
    flash.start(100, 10, 0, () => done++);
    flash.settle(109);
    expect(done).toBe(0);
    expect(flash.isBusy(109)).toBe(true);
    expect(flash.isBusy(110)).toBe(false);
    flash.settle(200);
    expect(done).toBe(1);
  });

  it('loses and records what is started while it is busy', () => {
    const flash = controller();
    flash.start(0, 10, 0, () => undefined);
    flash.start(5, 10, 0x20, () => {
      throw new Error('must not happen');
    });
    flash.settle(100);
    expect(flash.flash.faults).toEqual([{ kind: 'busy', address: 0x20 }]);
  });

  it('leaves half done what the power loss interrupts, and forgets it', () => {
    const flash = controller();
    const events: string[] = [];
    flash.start(
      0,
      10,
      0,
      () => events.push('finished'),
      () => events.push('torn'),
    );
    flash.powerLost(9);
    flash.settle(100);
    expect(events).toEqual(['torn']);
  });

  it('has done at a power loss what had ended before', () => {
    const flash = controller();
    const events: string[] = [];
    flash.start(
      0,
      10,
      0,
      () => events.push('finished'),
      () => events.push('torn'),
    );
    flash.powerLost(10);
    expect(events).toEqual(['finished']);
  });

  it('does at once what takes no time', () => {
    const flash = controller();
    let done = false;
    flash.start(0, 0, 0, () => (done = true));
    expect(done).toBe(true);
    flash.powerLost(0);
  });
});
