import { arch, release } from 'node:os';

/** `6.8.0 x64`: release of the operating system, and processor. */
export function systemWords(): string {
  return `${release()} ${arch()}`;
}
