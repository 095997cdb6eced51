/** The address somebody typed, `0x08000000` or `8000000`, always taken as hexadecimal; undefined where it is none. */
export function addressIn(text: string): number | undefined {
  const digits = /^\s*(?:0x)?([0-9a-f]{1,8})\s*$/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
