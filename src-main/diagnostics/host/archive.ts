/**
 * Electron shows a program the files of its archive as if they lay in a folder; other programs see them where they were laid beside
 * it (asarUnpack in electron-builder.yml).
 */

/** What is in no archive stays where it is. */
export function asOthersSeeIt(path: string): string {
  return path.replace(/(?<=[/\\])app\.asar(?=[/\\])/, 'app.asar.unpacked');
}
