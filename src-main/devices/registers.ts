/**
 * Reading the chip's own registers through its loader. Only addresses the tables call readable are asked for: one F7
 * loader hangs when asked for DBGMCU, others refuse. A refusal is an answer, not a failure: the loader is brought back
 * to dfuIDLE and the register stays unknown, with the reason.
 */
import { hex } from '../../shared/address.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { known, unknown, type Fact } from '../../shared/fact.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import type { ReadableRegister } from '../stm32/family.ts';
import { UsbError } from '../usb/port.ts';

const NOT_READABLE = 'not readable over USB on this chip';
const NOT_PUBLISHED = 'nobody has published where this chip keeps it';
export const READ_PROTECTED = 'the chip is read-protected';
export const CHIP_UNKNOWN = 'the chip could not be told';

/** @param length bytes, 2 or more. @throws UsbError for anything but a refusal */
export async function readRegister(
  session: DfuSeSession,
  register: ReadableRegister | undefined,
  length: number,
): Promise<Fact<Uint8Array>> {
  if (!register) return unknown(NOT_PUBLISHED);
  if (register.readable === 'refused') return unknown(NOT_READABLE);
  const { address } = register;
  return unlessRefused(
    session,
    async () => known(await session.readBlock(address, address, length), `read at ${hex(address)}`),
    (error) => unknown(isFailure(error, 'read-protected') ? READ_PROTECTED : 'the loader refused to read it'),
  );
}

/** What `read` finds out, or what `refused` makes of a refusal. @throws whatever else `read` throws */
export async function unlessRefused<T>(
  session: DfuSeSession,
  read: () => Promise<Fact<T>>,
  refused: (error: unknown) => Fact<T>,
): Promise<Fact<T>> {
  for (let again = true; ; again = false) {
    try {
      return await read();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await session.enter();
      if (!again || !mayBePassing(error)) return refused(error);
    }
  }
}

/** A disturbed transfer looks like a refusal, but not twice; an answer of no bytes or errVENDOR is no accident. */
function mayBePassing(error: unknown): boolean {
  return error instanceof UsbError || isFailure(error, 'command-rejected');
}

/** Applies `parse` to a fact's bytes; undefined from it means that they say nothing. */
export function parsed<T>(bytes: Fact<Uint8Array>, parse: (bytes: Uint8Array) => T | undefined): Fact<T> {
  if (!bytes.known) return bytes;
  const value = parse(bytes.value);
  return value === undefined ? unknown(`what was ${bytes.how} means nothing`) : known(value, bytes.how);
}

function isRefusal(error: unknown): boolean {
  if (error instanceof UsbError) return error.kind === 'stall';
  return (
    error instanceof StepwiseError &&
    (error.code === 'command-rejected' || error.code === 'read-protected' || error.code === 'read-short')
  );
}
