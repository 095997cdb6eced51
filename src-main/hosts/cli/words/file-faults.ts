/** What is the matter with a firmware file, by its fault: a title and what to do. The reader says itself why. */
import type { FileFault } from '../../../../shared/failure.ts';

export interface FileFaultWords {
  readonly title: string;
  readonly now: string;
}

const DAMAGED = 'Fetch or build the file again: what is here is damaged or not all of it.';
const REPORT = 'Make the file anew with the tool it came from, or convert it to another format there.';

const WORDS: Readonly<Record<FileFault, FileFaultWords>> = {
  unreadable: { title: 'The file cannot be read', now: 'Check its name and your rights to it.' },
  'too-large': { title: 'The file is too large for firmware', now: 'Check that it is the file you mean.' },
  empty: { title: 'The file holds no firmware', now: DAMAGED },
  truncated: { title: 'The file is not all there', now: DAMAGED },
  'bad-checksum': { title: 'The file is damaged', now: DAMAGED },
  'bad-record': { title: 'The file is damaged', now: DAMAGED },
  overlap: { title: 'The file contradicts itself', now: REPORT },
  'no-end-record': { title: 'The file is not all there', now: DAMAGED },
  'after-end-record': { title: 'The file contradicts itself', now: REPORT },
  unsupported: { title: 'The file is of a kind Stepwise cannot read', now: REPORT },
  inconsistent: { title: 'The file contradicts itself', now: REPORT },
  'extension-mismatch': {
    title: 'The file is not what its name says',
    now: 'Find out which of the two is right, and rename the file or fetch it again.',
  },
  'address-needed': {
    title: 'The file does not say where it belongs',
    now: 'Give the address of its first byte with --address.',
  },
  'address-range': { title: 'The file names addresses that do not exist', now: REPORT },
  'git-lfs-pointer': {
    title: 'This is not the firmware, only a pointer to it',
    now: 'Fetch the file itself with `git lfs pull`.',
  },
  'html-page': {
    title: 'This is a web page, not firmware',
    now: 'Download the file again, and check that the link leads to the file itself.',
  },
  'unknown-format': {
    title: 'This is no firmware file that Stepwise knows',
    now:
      'It reads .dfu, .hex, .s19, .elf and .bin. If the file is a plain memory image, give the address of its first ' +
      'byte with --address.',
  },
};

/** @param format of the reader that refused it */
export function fileFaultWords(fault: FileFault, format: string | undefined): FileFaultWords {
  return format === 'usb-recording' || format === 'usb-capture' ? trafficWords(fault) : WORDS[fault];
}

/** Of recorded USB traffic: nobody builds such a file again. */
function trafficWords(fault: FileFault): FileFaultWords {
  switch (fault) {
    case 'too-large':
      return { title: 'The file is too large', now: 'Check that it is the file you mean.' };
    case 'empty':
      return { title: 'The file is empty', now: FETCH };
    case 'unknown-format':
    case 'unsupported':
      return {
        title: 'This is no USB traffic that Stepwise can read',
        now: 'It reads its own recordings, and captures in pcap and pcapng with packets of usbmon or USBPcap.',
      };
    default:
      return { title: WORDS[fault].title, now: FETCH };
  }
}

const FETCH = 'Fetch the file again from where it was recorded.';
