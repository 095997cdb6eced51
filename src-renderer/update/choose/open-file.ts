/** A file a person opens, on its way to the main side. */
import type { Client } from '../../../shared/contract.ts';
import { ContractFailure } from '../../../shared/contract-failure.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { Firmware } from '../../../shared/firmware.ts';
import { failureOf } from '../../state/failure-of.ts';

export type Opening =
  | { readonly kind: 'no' }
  | { readonly kind: 'opening'; readonly file: File }
  /** It is nothing but bytes: where do they go? */
  | { readonly kind: 'address-needed'; readonly file: File }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Bytes. What is larger would not be taken by the main side (`LARGEST_FILE`), so it is not even read. */
const LARGEST = 64 * 1024 * 1024;

/** @param address absolute, of a raw image. @throws {@link ContractFailure} */
export async function openFile(client: Client, file: File, address: number | undefined): Promise<Firmware> {
  if (file.size > LARGEST)
    throw new ContractFailure({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault: 'too-large', detail: `${file.size} bytes` },
    });
  const content = await base64(file);
  return client.request('firmware.add', {
    name: file.name,
    content,
    ...(address !== undefined && { address }),
  });
}

export function asFailure(error: unknown, file: File): Opening {
  const failure = failureOf(error);
  return failure.code === 'bad-file' && failure.facts.fault === 'address-needed'
    ? { kind: 'address-needed', file }
    : { kind: 'failed', failure };
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(typeof reader.result === 'string' ? reader.result.replace(/^[^,]*,/, '') : '');
    reader.onerror = () =>
      reject(
        new ContractFailure({
          code: 'bad-file',
          phase: 'read-file',
          facts: { fault: 'unreadable', detail: reader.error?.message ?? file.name },
        }),
      );
    reader.readAsDataURL(file);
  });
}
