/** From the verified bytes of a release to what is written: the image, read as the maker said, and the maker's rules. */
import { StepwiseError } from '../../shared/failure.ts';
import type { ProductLine } from '../../shared/product.ts';
import type { Release } from '../../shared/release.ts';
import type { FileFormat } from '../firmware/format.ts';
import type { FirmwareImage } from '../firmware/image.ts';
import { readImage } from '../firmware/read.ts';
import { DEFAULT_POLICY, type FlashPolicy } from '../flash/plan.ts';

/** The format as the maker calls it: a raw image has it with and without DFU's suffix. */
const RELEASED_AS: Readonly<Record<FileFormat, Release['format']>> = {
  dfuse: 'dfuse',
  'intel-hex': 'intel-hex',
  's-record': 's-record',
  elf: 'elf',
  raw: 'raw',
  'dfu-suffix': 'raw',
};

/**
 * What the release says is never to be changed is not in the image, whatever the file has there.
 * @throws bad-file, also where the file is of another format than the one that was signed
 */
export function releaseImage({ format, address, policy }: Release, bytes: Uint8Array): FirmwareImage {
  const file = readImage(bytes, address === undefined ? {} : { address });
  if (RELEASED_AS[file.format] !== format)
    throw new StepwiseError('bad-file', {
      fault: 'inconsistent',
      detail: `The release was signed as ${format}, and the file is ${file.format}.`,
    });
  return policy.preserve.reduce((image, range) => image.without(range), file.image);
}

/** What the product and the release ask for, each of them if it does. */
export function releasePolicy(
  line: ProductLine | undefined,
  release: Release | undefined,
  discardOutside: boolean,
): FlashPolicy {
  const { vectorTableLast = DEFAULT_POLICY.vectorTableLast, allowed } = line?.policy ?? {};
  const mustPreserve = (release?.policy.preserve.length ?? 0) > 0;
  return {
    outside: discardOutside && !mustPreserve ? 'discard' : 'preserve',
    vectorTableLast: vectorTableLast || (release?.policy.vectorTableLast ?? false),
    ...(allowed && { allowed }),
  };
}
