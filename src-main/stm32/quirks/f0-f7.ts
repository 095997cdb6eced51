/** STM32F0 to F7: wrong sectors in the second bank, USB that depends on the host controller, times that are too short. */
import type { Quirk } from '../quirk.ts';
import { families, loaders } from './concerns.ts';

const F0 = [0x445, 0x448];
const F105 = 0x418;
const F3 = [0x432, 0x422, 0x439, 0x446];
const F405 = 0x413;
const F42X = 0x419;
const F76X = 0x451;
const F401_TO_F446 = [0x423, 0x433, F405, 0x431, 0x441, 0x463, F42X, 0x421];
const F4 = [...F401_TO_F446, 0x434];

export const F0_TO_F7_QUIRKS: readonly Quirk[] = [
  {
    name: 'f42-db1m-bank2-erase-not-functional',
    what: 'With 1 MB organised as two banks (DB1M) erasing the second one does not work; as one bank it does.',
    effect: {
      kind: 'erase-not-functional',
      range: { start: 0x0808_0000, end: 0x0810_0000 },
      onlyInMap: '1 MB, dual bank',
    },
    source: 'AN2606, chapter STM32F42x/43x, loaders V7.0 to V9.1',
    applies: families(F42X),
  },
  {
    name: 'f76-2mb-dual-bank-erases-other-sector',
    what: 'With 2 MB organised as two banks an erase of sector i in the second one erases sector i + 4.',
    effect: {
      kind: 'erase-hits-other-sector',
      range: { start: 0x0810_0000, end: 0x0820_0000 },
      onlyInMap: '2 MB, dual bank',
    },
    source: 'AN2606, chapter STM32F76x/77x, loader V9.3',
    applies: families(F76X),
  },
  {
    name: 'f76-1mb-dual-bank-erases-other-sector',
    what: 'With 1 MB organised as two banks an erase of sector i in the second one erases sector i + 4.',
    effect: {
      kind: 'erase-hits-other-sector',
      range: { start: 0x0808_0000, end: 0x0810_0000 },
      onlyInMap: '1 MB, dual bank',
    },
    source: 'AN2606, chapter STM32F76x/77x, loader V9.3',
    applies: families(F76X),
  },
  {
    name: 'f0-f3-needs-hub',
    what: 'On some high-speed host controllers this loader does not enumerate; a USB hub in between helps.',
    effect: { kind: 'note' },
    source: 'AN2606, chapters STM32F04x, F07x, F373, F303',
    applies: families(...F0, ...F3),
  },
  {
    name: 'f3-f4-first-contact-in-error',
    what: 'On first contact this loader may be in dfuERROR with errFIRMWARE, which one CLRSTATUS clears.',
    effect: { kind: 'avoided', by: 'Stepwise clears the error and goes on.' },
    source: 'published logs of F3 and F4',
    applies: families(...F3, ...F4),
  },
  {
    name: 'f105-poll-times-wrong',
    what: 'Loaders before V2.2 report wrong poll times.',
    effect: { kind: 'avoided', by: 'Stepwise goes by the times of the chip and by what it measures.' },
    source: 'AN2606, chapter STM32F105/107, loader V2.2',
    applies: families(F105),
  },
  {
    name: 'f405-mass-erase-poll-time-too-short',
    what: 'For a mass erase this loader reports 100 ms and takes up to 32 s.',
    effect: { kind: 'avoided', by: 'Stepwise erases sector by sector.' },
    source: 'dfu-util allows 35 s for it',
    applies: families(F405),
  },
  {
    name: 'f405-v3-option-bytes-look-erasable',
    what: 'The layout strings of option bytes, OTP and device feature claim that they can be erased.',
    effect: { kind: 'avoided', by: 'Stepwise never writes to them.' },
    source: 'AN2606, chapter STM32F40x/41x, loader V3.0',
    applies: loaders(F405, 0x30),
  },
  {
    name: 'f4-leave-stops-ccm-clock',
    what: 'Leaving resets AHB1ENR and so stops the clock of the CCM RAM: the application must start it again.',
    effect: { kind: 'note' },
    source: 'AN2606, chapters STM32F401 to F446',
    applies: families(...F401_TO_F446),
  },
];
