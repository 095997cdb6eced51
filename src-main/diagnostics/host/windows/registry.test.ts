import { expect, it } from 'vitest';
import { parseRegistry } from './registry.ts';

it('values are told by name, whatever the language says of those without one', () => {
  const text = [
    '',
    'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Enum\\USB\\VID_0483&PID_DF11\\357636743433',
    '    (Standard)    REG_SZ    (Wert nicht festgelegt)',
    '    DeviceDesc    REG_SZ    @oem12.inf,%deviceid%;STM32  BOOTLOADER',
    '    Capabilities    REG_DWORD    0x84',
    '    HardwareID    REG_MULTI_SZ    USB\\VID_0483&PID_DF11&REV_2200\\0USB\\VID_0483&PID_DF11',
    '    Service    REG_SZ    WINUSB',
    '    LowerFilters    REG_MULTI_SZ    ',
    '',
    'HKEY_LOCAL_MACHINE\\SYSTEM\\…\\Device Parameters',
  ].join('\r\n');
  const values = parseRegistry(text);
  expect(values.get('service')).toBe('WINUSB');
  expect(values.get('devicedesc')).toBe('@oem12.inf,%deviceid%;STM32  BOOTLOADER');
  expect(values.get('lowerfilters')).toBe('');
});

it('what is no answer has no values', () => {
  expect(
    parseRegistry('ERROR: The system was unable to find the specified registry key or value.').size,
  ).toBe(0);
});
