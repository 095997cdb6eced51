import { expect, it } from 'vitest';
import { noDeviceCauses } from './no-device-causes.ts';

const causes = (platform: Parameters<typeof noDeviceCauses>[0]) =>
  noDeviceCauses(platform)
    .map(({ cause }) => cause)
    .join('\n');

it.each(['linux', 'darwin', 'win32', 'other'] as const)(
  'on %s the likeliest cause comes first',
  (platform) => {
    expect(noDeviceCauses(platform)[0]?.cause).toBe('The device is not in update mode');
    for (const { cause, check } of noDeviceCauses(platform)) {
      expect(cause).toMatch(/^[A-Z].*[^.]$/);
      expect(check).toMatch(/^[A-Z].*\.$/);
    }
  },
);

it('each system has the causes that only it has', () => {
  expect(causes('win32')).toContain('Windows');
  expect(causes('darwin')).toContain('Mac');
  expect(causes('linux')).toContain('account');
  expect(causes('other')).not.toMatch(/Windows|Mac|account/);
});
