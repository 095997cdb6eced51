/** What was found out about this computer, and what can be done about it, in sentences. */
import type {
  HostAdvice,
  HostFinding,
  HostFindingFacts,
  HostRemedy,
  HostTopic,
} from '../../../../shared/host-check.ts';
import { counted, rate } from '../quantities.ts';
import { sentence } from '../typography.ts';

export const topicWords: Readonly<Record<HostTopic, string>> = {
  usb: 'USB',
  machine: 'Computer',
  folder: 'Folder',
  shown: 'Shows itself',
  permission: 'Rights',
  driver: 'Driver',
  programs: 'Programs',
  topology: 'Plugged in',
  connection: 'Connection',
  rate: 'Speed',
};

type Wording = { readonly [F in HostFinding]: (facts: HostFindingFacts[F]) => string };

const FINDINGS: Wording = {
  'usb-works': ({ devices }) => `It can be used; ${counted(devices, 'device')} on it.`,
  'usb-fails': ({ detail }) => `It cannot be used: ${sentence(detail)}`,
  'usb-unannounced': () =>
    'This system tells no program when something is plugged in (there is no udevd). What is plugged in later is not seen.',
  'machine-plain': () => 'Not a virtual machine.',
  'machine-virtual': ({ name }) => `A virtual machine (${name}). USB devices have to be handed over to it.`,
  'machine-container': ({ name }) => `A container (${name}). USB devices have to be handed over to it.`,
  'machine-untold': () => 'The system does not tell whether it is a virtual machine.',
  'folder-keeps': ({ path }) => `What must be remembered is kept in ${path}.`,
  'folder-fails': ({ path, detail }) => `Nothing can be kept in ${path}: ${sentence(detail)}`,
  'in-bootloader': () => 'A bootloader.',
  'in-application': () => 'It runs its application; it is updated in its bootloader.',
  'not-in-bootloader': ({ others }) =>
    `Something of the chip’s maker is plugged in, but not in its bootloader: ${others.map(({ path, usb }) => `${path} (USB ${usb})`).join(', ')}.`,
  'nothing-shown': () => 'No bootloader is plugged in.',
  unrecognised: ({ devices }) =>
    `${counted(devices, 'device')} on USB cannot even be asked what it is: mostly a cable, or too little power.`,
  opened: () => 'It could be opened.',
  'not-tried': () => 'It has not been tried yet.',
  'open-failed': ({ detail }) => `It could not be used: ${sentence(detail)}`,
  'open-refused': () => 'The system does not let this account open it.',
  'rule-missing': () => 'This account may not open it: no udev rule lets it.',
  'rule-ineffective': ({ file, seated }) =>
    seated
      ? `This account may not open it, although the rule is there (${file}). It has an effect when the device is plugged in again.`
      : `This account may not open it. The rule is there (${file}), but it is for whoever sits in front of this computer.`,
  'no-access': () => 'The system lists it and offers no access to it.',
  'driver-fits': ({ service }) => `${service}, which fits.`,
  'driver-missing': ({ problem }) =>
    problem === undefined
      ? 'Windows has given it no driver.'
      : `Windows has given it no driver (problem ${problem}).`,
  'driver-old-st': () => 'STTub30, of ST’s old DfuSe tool. Stepwise needs WinUSB.',
  'driver-foreign': ({ service }) => `${service}, which Stepwise cannot use. It needs WinUSB.`,
  'driver-broken': ({ service, problem }) =>
    `${service ?? 'Its driver'} does not work: Windows reports problem ${problem}.`,
  'driver-untold': () => 'The system does not tell which one it has.',
  held: ({ programs }) => `In use by ${programs.join(', ')}.`,
  'held-untold': () => 'Another program holds it. The system does not tell which one.',
  attached: ({ hubs, speed, via }) => {
    const chain = via.length > 0 ? `: ${via.join(', then ')}` : '';
    const way = hubs === 0 ? 'Without a hub' : `Behind ${counted(hubs, 'hub')}${chain}`;
    return speed === undefined
      ? `${way}. The system does not tell its speed.`
      : `${way}, at ${speed} Mbit/s.`;
  },
  steady: ({ times, minutes }) =>
    `It left the bus ${counted(times, 'time')} in the last ${counted(minutes, 'minute')}.`,
  dropping: ({ times, minutes }) =>
    `${counted(times, 'time')} in the last ${counted(minutes, 'minute')} it left again as soon as it had come.`,
  'over-current': ({ times }) =>
    `The port was switched off ${counted(times, 'time')} because too much current was drawn from it.`,
  disturbed: ({ errors, requests }) => `${counted(errors, 'request')} of ${requests} went wrong on the way.`,
  'rate-fits': ({ rate: measured }) => `${rate(measured)} while it is read.`,
  'rate-low': ({ rate: measured, expected }) =>
    `${rate(measured)}, far below the ${rate(expected)} that can be expected.`,
};

export function findingWords<F extends HostFinding>(finding: F, facts: HostFindingFacts[F]): string {
  return FINDINGS[finding](facts);
}

const ADVICE: Readonly<Record<HostAdvice, string>> = {
  replug: 'Unplug the device, and plug it in again.',
  'close-programs':
    'Close it, or whatever may hold the device: STM32CubeProgrammer, other flashing tools, browser tabs.',
  'other-cable': 'Use another cable. Some only charge.',
  'other-port': 'Use another port of the computer, or put a USB 2.0 hub in between.',
  'own-supply': 'Give the device its own power supply, or a hub that has one.',
  'hand-over':
    'Hand the USB device over in the settings of the program that runs the machine or the container.',
  'enter-bootloader':
    'Bring the device into its bootloader: mostly by holding BOOT0, or the maker’s button for it, while it is plugged in.',
  'serial-pins':
    'Unplug everything else from the device. A signal on a serial pin of the chip (PA10 mostly) makes its bootloader listen there, and USB never comes up.',
  'sit-in-front': 'Log in at the computer itself, or lend the device to this account until it is unplugged:',
  'start-again': 'Plug the device in first, then start Stepwise.',
  'make-room': 'Check that the disk is not full and that you may write to this folder.',
  'winusb-by-hand':
    'Give it the WinUSB driver, with ST’s STM32CubeProgrammer or with Zadig (choose the device, WinUSB, Replace Driver).',
  'old-st-tool-loses':
    'ST’s old DfuSe Demo does not see the device then. The Device Manager can undo this: Update driver, Browse, Let me pick.',
};

/** A line that begins with `$ ` is a command. The button of the desktop app has a command beside it. */
export function remedyWords(remedy: HostRemedy): readonly string[] {
  switch (remedy.kind) {
    case 'advice':
      return [ADVICE[remedy.advice]];
    case 'command':
      return [`$ ${remedy.command}`];
    case 'install-rule':
      return ['Install the rule that comes with Stepwise:'];
    case 'install-driver':
      return [
        'Install the driver that comes with Stepwise, as an administrator:',
        `$ pnputil /add-driver "${remedy.file}" /install`,
      ];
  }
}
