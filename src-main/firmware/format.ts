/**
 * What kind of file this is, told by its content: every format but raw bytes has a signature. The extension is only a
 * claim; `read.ts` holds the two against each other.
 */

/** The file formats Stepwise reads. A file of another kind has no name here and is refused. */
export type FileFormat =
  /** `.dfu` with prefix, targets and suffix (UM0391). */
  | 'dfuse'
  /** Raw bytes with a plain DFU suffix behind them (DFU 1.1 appendix B). */
  | 'dfu-suffix'
  | 'intel-hex'
  | 's-record'
  | 'elf'
  /** Bytes without any structure. */
  | 'raw';

/** What is delivered in place of a firmware file when a download or a clone went wrong. */
export type Impostor = 'git-lfs-pointer' | 'html-page';

/** For sentences: "its content is …". */
export const FORMAT_NAMES: Readonly<Record<FileFormat, string>> = {
  dfuse: 'a DfuSe file',
  'dfu-suffix': 'a raw file with a DFU suffix',
  'intel-hex': 'Intel HEX',
  's-record': 'Motorola S-records',
  elf: 'ELF',
  raw: 'of no format with a signature',
};

const EXTENSIONS: Readonly<Record<string, readonly FileFormat[]>> = {
  dfu: ['dfuse', 'dfu-suffix'],
  hex: ['intel-hex'],
  ihex: ['intel-hex'],
  ihx: ['intel-hex'],
  s: ['s-record'],
  s19: ['s-record'],
  s28: ['s-record'],
  s37: ['s-record'],
  srec: ['s-record'],
  mot: ['s-record'],
  elf: ['elf'],
  axf: ['elf'],
  out: ['elf'],
  bin: ['raw', 'dfu-suffix'],
};

/** Lower case, without the dot; undefined where the name has none. */
export function extensionOf(fileName: string): string | undefined {
  return /[^./\\]\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
}

/** The formats an extension claims; undefined for one that claims nothing. */
export function formatsOfExtension(extension: string): readonly FileFormat[] | undefined {
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

const DFUSE_SIGNATURE = /^DfuSe/;
const ELF_SIGNATURE = /^\x7fELF/;
const SUFFIX_SIGNATURE = /UFD[^]{5}$/;
const HEX_RECORD = /^\s*:/;
const S_RECORD = /^\s*S[0-9]/;
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\//;
const HTML_PAGE = /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html|head|body)\b/i;

/** Enough for every signature at the start of a file. */
const HEAD_SIZE = 256;
/** Nothing but ASCII text among so many first bytes is taken for text. */
const TEXT_PROBE_SIZE = 64;

/** The format or impostor this content is; undefined where it bears no signature. */
export function recogniseFormat(bytes: Uint8Array): FileFormat | Impostor | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_SIZE)).toString('latin1');
  const tail = Buffer.from(bytes.subarray(-8)).toString('latin1');
  if (DFUSE_SIGNATURE.test(head)) return 'dfuse';
  if (ELF_SIGNATURE.test(head)) return 'elf';
  if (LFS_POINTER.test(head)) return 'git-lfs-pointer';
  if (HTML_PAGE.test(head)) return 'html-page';
  if (/^[\t\r\n -~]*$/.test(head.slice(0, TEXT_PROBE_SIZE))) {
    if (HEX_RECORD.test(head)) return 'intel-hex';
    if (S_RECORD.test(head)) return 's-record';
  }
  return SUFFIX_SIGNATURE.test(tail) ? 'dfu-suffix' : undefined;
}
