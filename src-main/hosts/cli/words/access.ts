/** The system lets a program at a USB device, or it does not. Why, and how to change that, differs with the system. */
import { udevCommands } from '../../../diagnostics/host/linux/udev-rule.ts';
import type { Words } from './failures.ts';

function permission(platform: NodeJS.Platform, path: string, udevRule: string): Words {
  if (platform === 'linux') {
    return {
      title: 'Your account may not use this device yet',
      why: `Linux lets only administrators use a new kind of USB device (here at ${path}) until a rule says otherwise.`,
      now: [
        'Install the rule that comes with Stepwise:',
        ...udevCommands(udevRule).map((command) => `$ ${command}`),
        'Then unplug the device and plug it in again. `stepwise doctor` says what else is in the way.',
      ],
    };
  }
  return {
    title: 'The system does not let this account use the device',
    why: `Opening the device at ${path} was refused.`,
    now: [
      'Close other programs that may hold it, unplug it, plug it in again.',
      ...(platform === 'win32' ? ['If it stays so, give it the WinUSB driver.'] : []),
    ],
  };
}

function driver(platform: NodeJS.Platform, path: string): Words {
  if (platform === 'win32') {
    return {
      title: 'Another driver holds the device',
      why: `Windows gave the device at ${path} no driver, or one that Stepwise cannot use, such as ST’s old DfuSe driver (STTub30).`,
      now: [
        'Give it the WinUSB driver, with ST’s STM32CubeProgrammer or with Zadig (choose the device, WinUSB, Replace Driver).',
        'ST’s old DfuSe Demo does not see it then. The Device Manager can undo this: Update driver, Browse, Let me pick.',
      ],
    };
  }
  return {
    title: 'The system has no way to the device',
    why: `It offers no access to the device at ${path}.`,
    now: ['Unplug it, plug it in again. In a container or virtual machine, hand the USB device in first.'],
  };
}

function busy(path: string): Words {
  return {
    title: 'Another program uses the device',
    why: `The device at ${path} is held by it.`,
    now: [
      'Close STM32CubeProgrammer, other flashing tools and browser tabs that talk to the device, then try again. `stepwise doctor` says which program it is, where the system tells.',
    ],
  };
}

export const accessWords = { permission, driver, busy } as const;
