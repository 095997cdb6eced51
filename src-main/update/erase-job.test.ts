import { expect, test } from 'vitest';
import { Rig } from '../../test/rig/rig.ts';
import { eraseSectors, sectorsIn } from './erase-job.ts';

const SECOND = { start: 0x0800_4000, end: 0x0800_8000 };

test('an erase that fails says that the device is no longer what it was', async () => {
  const rig = new Rig('f405', {
    faults: [{ kind: 'sector-not-erasable', address: SECOND.start }],
    contents: [{ address: SECOND.start, bytes: Uint8Array.of(1) }],
  });
  const job = rig.connected((connected) =>
    eraseSectors(connected, sectorsIn(connected, SECOND), { clock: rig.clock, listener: rig.listener }),
  );
  await expect(job).rejects.toMatchObject({
    code: 'erase-failed',
    condition: 'incomplete',
    facts: { address: SECOND.start, tries: 3 },
  });
});
