/**
 * A name that a file carries for itself, from a field that may be padded with NULs. It ends up on screens, terminals and in logs, so
 * control characters and the like are dropped; undefined where nothing is left.
 */
export function carriedName(field: Uint8Array): string | undefined {
  const end = field.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  return text.replace(/\p{C}/gu, '').trim() || undefined;
}
