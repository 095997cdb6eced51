/**
 * Electron shows a program the files of its archive as if they lay in a folder; other programs see them where they were laid beside
 * it (asarUnpack in electron-builder.yml).
 */

const ARCHIVE = /(?<=[/\\])app\.asar(?=[/\\])/;

/** Where other programs find a file that was unpacked; what is in no archive stays where it is. */
export function asOthersSeeIt(path: string): string {
  return path.replace(ARCHIVE, 'app.asar.unpacked');
}

/** Other programs do not see it, unless it was unpacked. */
export function isInArchive(path: string): boolean {
  return ARCHIVE.test(path);
}
