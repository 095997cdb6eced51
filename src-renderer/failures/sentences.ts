/** Puts sentences of any language together, and what the engine says beside them. */

/** With a blank in between, where the language has one there. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .reduce<string>(
      (text, part) => (text === '' || /[。！？]$/.test(text) ? `${text}${part}` : `${text} ${part}`),
      '',
    );
}

/** Makes of the engine's half sentence a whole one. */
export function sentence(text: string): string {
  const whole = text.trim();
  const start = whole.charAt(0).toUpperCase() + whole.slice(1);
  return /[.!?:]$/.test(start) ? start : `${start}.`;
}

/** `[1-2 · 0x08041C00]`: facts that are the same in every language. */
export function traces(...facts: readonly (string | undefined)[]): string | undefined {
  const known = facts.filter((fact) => fact !== undefined);
  return known.length === 0 ? undefined : `[${known.join(' · ')}]`;
}
