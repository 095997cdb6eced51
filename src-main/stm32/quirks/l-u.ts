/** STM32L0, L1, L4 and U5: poll times that are too short, and USB clocks. */
import type { Quirk } from '../quirk.ts';
import { anyOf, families, loaders } from './concerns.ts';

const L0 = 0x447;
const L1 = [0x427, 0x436, 0x437];
const L43 = 0x435;
const L47 = 0x415;
const L49 = 0x461;
const L4 = [0x464, L43, 0x462, L47, L49, 0x470, 0x471];
const U575 = 0x482;
const U5_HIGH_SPEED = [0x481, 0x476];
const U5 = [0x455, U575, ...U5_HIGH_SPEED];

const ST_HOST = "ST's own DfuSe host replaces the poll time these loaders report";

export const L_U_QUIRKS: readonly Quirk[] = [
  {
    name: 'l0-l4-erase-poll-time-too-short',
    what: 'For an erase this loader reports 10 ms, too short: the next request may be stalled.',
    effect: { kind: 'poll-time-floor', command: 'erase', floor: 40 },
    source: ST_HOST,
    applies: families(L0, ...L4),
  },
  {
    name: 'l1-erase-poll-time-too-short',
    what: 'For an erase this loader reports 5 ms, too short: the next request may be stalled.',
    effect: { kind: 'poll-time-floor', command: 'erase', floor: 30 },
    source: ST_HOST,
    applies: families(...L1),
  },
  {
    name: 'l43-usb-clock-not-trimmed',
    what: 'Loaders V9.1 whose byte at 0x1FFF6FF2 is 0xFF do not trim the USB clock: transfers fail at random.',
    effect: { kind: 'disturbs' },
    source: 'AN2606, chapter STM32L43x/44x, loader V9.1',
    applies: loaders(L43, 0x91),
  },
  {
    name: 'l4-odd-blocks-corrupted',
    what: 'Blocks above 256 bytes are written wrongly unless their length is a multiple of 8.',
    effect: {
      kind: 'avoided',
      by: 'Stepwise sends only multiples of 8 bytes, and reads back what it wrote.',
    },
    source: 'AN2606, chapters STM32L47x/48x, loaders V9.0 to V10.3, and STM32L43x/44x, loader V9.1',
    applies: anyOf(families(L47), loaders(L43, 0x91)),
  },
  {
    name: 'l4-no-usb-in-voltage-range-2',
    what: 'In voltage range 2 the loader cannot be used over USB.',
    effect: { kind: 'note' },
    source: 'AN2606, chapters STM32L4',
    applies: families(...L4),
  },
  {
    name: 'l49-bank-erase-aborted',
    what: 'This loader aborts a bank erase.',
    effect: { kind: 'never-mass-erase' },
    source: 'AN2606, chapter STM32L496/4A6, loader V9.3',
    applies: families(L49),
  },
  {
    name: 'u5-rdp1-drops-writes',
    what: 'Under read protection level 1 the loader acknowledges every block and writes none.',
    effect: { kind: 'undependable-when-locked' },
    source: 'field report on STM32U5: host said complete, device was empty',
    applies: families(...U5),
  },
  {
    name: 'u575-rdp-with-secure-option-bytes',
    what: 'This loader has an error in read protection together with secure option bytes.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32U575/585, loader V9.2',
    applies: loaders(U575, 0x92),
  },
  {
    name: 'u5-high-speed-needs-crystal',
    what: 'USB high speed of this loader needs an HSE crystal of 8 to 32 MHz; without one there is no DFU.',
    effect: { kind: 'note' },
    source: 'AN2606, chapters STM32U59x/5Ax and STM32U5Fx/5Gx',
    applies: families(...U5_HIGH_SPEED),
  },
];
