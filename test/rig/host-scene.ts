/** A computer and what is plugged in to it, for the checks of the host. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostCheck } from '../../shared/host-check.ts';
import { lookAtHost, type Scene } from '../../src-main/diagnostics/host/look.ts';
import type { Subject } from '../../src-main/diagnostics/host/subject.ts';
import { FakeComputer, type FakeComputerOptions } from './fake-computer.ts';

export const BOOTLOADER: Subject = {
  path: '1-2.4',
  address: 4,
  vendorId: 0x0483,
  productId: 0xdf11,
  opened: { kind: 'yes' },
  runsApplication: false,
};

export const RULE = 'ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", TAG+="uaccess"\n';

/** What is checked of one device at a computer; nothing is there that is not said. */
export function lookFrom(
  computer: FakeComputerOptions,
  subjects: readonly Partial<Subject>[] = [],
  scene: Partial<Scene> = {},
): Promise<readonly HostCheck[]> {
  const whole = subjects.map((subject) => ({ ...BOOTLOADER, ...subject }));
  return lookAtHost({
    computer: new FakeComputer(computer),
    rule: { file: '/opt/stepwise/resources/70-stepwise.rules', text: RULE },
    resourcesFolder: 'C:\\Stepwise\\resources',
    stateFolder: join(tmpdir(), 'stepwise-host-scene'),
    attached: () =>
      Promise.resolve(
        whole.map(({ path, vendorId, productId }) => ({ path, identity: { vendorId, productId } })),
      ),
    subjects: whole,
    ...scene,
  });
}
