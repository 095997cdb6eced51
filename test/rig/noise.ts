/** Bytes that look like nothing in particular, the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // xorshift (Marsaglia); the multiplier carries neighbouring seeds far apart.
  let state = Math.imul(seed + 1, 0x9e37_79b1) | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 8;
  }
  return bytes;
}
