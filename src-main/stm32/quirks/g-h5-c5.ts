/** STM32G0, G4, H5 and C5. */
import type { Quirk } from '../quirk.ts';
import { families, loaders } from './concerns.ts';

const G0B = 0x467;
const G43 = 0x468;
const G47 = 0x469;
const G49 = 0x479;
const H56 = 0x484;
const C5 = [0x44e, 0x44f, 0x45a];

export const G_H5_C5_QUIRKS: readonly Quirk[] = [
  {
    name: 'g4-transfer-size-1024',
    what: 'This loader stalls at data blocks of 2048 bytes.',
    effect: { kind: 'transfer-size-limit', limit: 1024 },
    source: 'field report of one web updater; agrees with the 1024 bytes newer loaders report',
    applies: families(G43, G47, G49),
  },
  {
    name: 'g43-ccm-and-engineering-bytes',
    what: 'This loader has errors in its access to CCM SRAM and to the engineering bytes.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32G431/441, loader V13.3',
    applies: loaders(G43, 0xd3),
  },
  {
    name: 'g47-cannot-start-bank2',
    what: 'This loader cannot start an application from the second bank.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32G47x/48x, loader V13.3',
    applies: loaders(G47, 0xd3),
  },
  {
    name: 'g0b-multi-sector-erase-in-bank2-fails',
    what: 'Erasing several sectors of the second bank in one command fails; DfuSe erases one at a time.',
    effect: { kind: 'avoided', by: 'Stepwise erases one sector at a time.' },
    source: 'AN2606, chapter STM32G0B0 loader V13.0 and STM32G0B1 loader V9.2',
    applies: families(G0B),
  },
  {
    name: 'g0b1-leave-disables-debug-port',
    what: 'After leaving, the debug port stays disabled.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32G0B1/0C1, loader V9.2',
    applies: loaders(G0B, 0x92),
  },
  {
    name: 'g0b1-may-clear-empty-check',
    what: 'This loader can clear the flag by which the chip knows that its flash is empty.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32G0B1/0C1, loader V9.2',
    applies: loaders(G0B, 0x92),
  },
  {
    name: 'h56-leave-locks-up',
    what: 'After leaving, the core may lock up with its vector table still in the ROM.',
    effect: { kind: 'leave-unreliable' },
    source: 'field report of one H563 board, seen through SWD',
    applies: families(H56),
  },
  {
    name: 'h56-1mb-eeprom-erase',
    what: 'This loader has an error in erasing the data area on parts of 1 MB.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32H56x/573, loader V14.4',
    applies: loaders(H56, 0xe4),
  },
  {
    name: 'h56-trustzone-hdpl3-crash',
    what: 'This loader crashes with TrustZone on and HDPL at 3.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32H56x/573, loader V14.3',
    applies: loaders(H56, 0xe3),
  },
  {
    name: 'c5-clrstatus-only-in-error',
    what: 'This loader stalls a CLRSTATUS in any state but dfuERROR.',
    effect: { kind: 'avoided', by: 'Stepwise sends it in dfuERROR only.' },
    source: 'Betaflight Configurator, on STM32C562 hardware',
    applies: families(...C5),
  },
  {
    name: 'c5-functional-descriptor-not-alone',
    what: 'This loader never answers a request for the functional descriptor alone; it is in the configuration.',
    effect: { kind: 'avoided', by: 'Stepwise reads it from the configuration.' },
    source: 'Betaflight Configurator, on STM32C562 hardware',
    applies: families(...C5),
  },
];
