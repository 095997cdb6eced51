/**
 * What is known of a device, each item with how it is known, or why it is not. Nothing is guessed: unknown stays
 * unknown and says so.
 */

export type Fact<T> =
  | { readonly known: true; readonly value: T; /** From what it is known. */ readonly how: string }
  | { readonly known: false; readonly why: string };

export function known<T>(value: T, how: string): Fact<T> {
  return { known: true, value, how };
}

export function unknown(why: string): Fact<never> {
  return { known: false, why };
}

export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.known ? fact.value : undefined;
}
