import { expect, it } from 'vitest';
import { parseIoreg } from './ioreg.ts';

const LISTING = `+-o USB2.0 Hub@14100000  <class IOUSBHostDevice, id 0x100000a01, registered, matched, active, busy 0 (12 ms), retain 31>
  | {
  |   "idProduct" = 1552
  |   "USB Product Name" = "USB2.0 Hub"
  |   "locationID" = 336592896
  |   "idVendor" = 1507
  |   "USBSpeed" = 3
  | }
  |
  +-o AppleUSB20Hub@14100000  <class AppleUSB20Hub, id 0x100000a05, registered, matched, active, busy 0 (0 ms), retain 12>
    | {
    |   "IOClass" = "AppleUSB20Hub"
    | }
    |
    +-o STM32  BOOTLOADER@14120000  <class IOUSBHostDevice, id 0x100000b10, registered, matched, active, busy 0 (3 ms), retain 24>
      | {
      |   "idProduct" = 57105
      |   "USB Product Name" = "STM32  BOOTLOADER"
      |   "locationID" = 336723968
      |   "idVendor" = 1155
      |   "USBSpeed" = 1
      |   "iSerialNumber" = 3
      | }
      |
      +-o AppleUSBHostLegacyClient  <class AppleUSBHostLegacyClient, id 0x100000b15, !registered, !matched, active, busy 0, retain 9>
      |   {
      |     "IOUserClientCreator" = "pid 812, STM32CubeProgrammer"
      |   }
      |
      +-o IOUSBHostInterface@0  <class IOUSBHostInterface, id 0x100000b16, registered, matched, active, busy 0 (0 ms), retain 8>
        | {
        |   "bInterfaceNumber" = 0
        |   "UsbExclusiveOwner" = "pid 812, STM32CubeProgrammer"
        | }
        |
        +-o AppleUSBHostInterfaceUserClient  <class AppleUSBHostInterfaceUserClient, id 0x100000b20, !registered>
            {
              "IOUserClientCreator" = "pid 344, accessoryd"
            }

+-o STM32  BOOTLOADER@14120000  <class IOUSBHostDevice, id 0x100000b10, registered, matched, active, busy 0 (3 ms), retain 24>
  | {
  |   "idProduct" = 57105
  |   "USB Product Name" = "STM32  BOOTLOADER"
  |   "locationID" = 336723968
  |   "idVendor" = 1155
  |   "USBSpeed" = 1
  | }
  |
  +-o AppleUSBHostLegacyClient  <class AppleUSBHostLegacyClient, id 0x100000b15, !registered, !matched, active, busy 0, retain 9>
      {
        "IOUserClientCreator" = "pid 812, STM32CubeProgrammer"
      }
`;

it('each device is told once, by the path libusb gives it, with its speed', () => {
  expect(parseIoreg(LISTING).map(({ path, name, speed }) => [path, name, speed])).toEqual([
    ['20-1', 'USB2.0 Hub', 480],
    ['20-1.2', 'STM32  BOOTLOADER', 12],
  ]);
});

it('who holds it is told; the hub in front of it is not held, and the system is no other program', () => {
  const [hub, device] = parseIoreg(LISTING);
  expect(device?.holders).toEqual(['STM32CubeProgrammer']);
  expect(hub?.holders).toEqual([]);
});

it('older systems call the speed otherwise', () => {
  const old = LISTING.replaceAll('"USBSpeed" = 1', '"Device Speed" = 1').replaceAll(
    'IOUSBHostDevice',
    'IOUSBDevice',
  );
  expect(parseIoreg(old)[1]).toMatchObject({ path: '20-1.2', speed: 12 });
});

it('ourselves are no other program', () => {
  const own = LISTING.replaceAll('pid 812,', `pid ${process.pid},`);
  expect(parseIoreg(own)[1]?.holders).toEqual([]);
});

it('a listing without devices is none', () => {
  expect(parseIoreg('')).toEqual([]);
});
