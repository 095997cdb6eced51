import { describe, expect, it } from 'vitest';
import type { Release } from '../../shared/release.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { writeIntelHex } from '../firmware/intel-hex.ts';
import { releaseImage, releasePolicy } from './release-image.ts';

const FLASH = 0x0800_0000;
const policy: Release['policy'] = { vectorTableLast: false, preserve: [], downgrade: false, start: 'leave' };
const signed = (changes: Partial<Release>): Release =>
  ({ format: 'intel-hex', policy, ...changes }) as Release;
const content = new Uint8Array(64).map((_, i) => i);
const hexFile = writeIntelHex(FirmwareImage.from([{ address: FLASH, bytes: content }]));

describe('the image of a release', () => {
  it('is read as it was signed', () => {
    expect(releaseImage(signed({}), hexFile).ranges).toEqual([{ address: FLASH, bytes: content }]);
    expect(releaseImage(signed({ format: 'raw', address: FLASH }), content).span?.start).toBe(FLASH);
  });

  it('is not read from a file of another format', async () => {
    const reading = Promise.resolve(hexFile).then((file) =>
      releaseImage(signed({ format: 's-record' }), file),
    );
    expect(await rejection(reading)).toMatchObject({
      code: 'bad-file',
      facts: { fault: 'inconsistent' },
    });
  });

  it('leaves out what is never to be changed', () => {
    const preserve = [{ start: FLASH + 16, end: FLASH + 32 }];
    const image = releaseImage(signed({ policy: { ...policy, preserve } }), hexFile);
    expect(image.ranges.map(({ address, bytes }) => [address - FLASH, bytes.length])).toEqual([
      [0, 16],
      [32, 32],
    ]);
  });
});

describe('the rules of a release', () => {
  it('hold besides those of the product', () => {
    const release = signed({ policy: { ...policy, vectorTableLast: true } });
    expect(releasePolicy(undefined, release, true)).toEqual({ outside: 'discard', vectorTableLast: true });
    expect(releasePolicy(undefined, undefined, false)).toEqual({
      outside: 'preserve',
      vectorTableLast: false,
    });
  });

  it('bytes that are never to be changed are not given up, whoever wishes it', () => {
    const release = signed({ policy: { ...policy, preserve: [{ start: FLASH, end: FLASH + 4 }] } });
    expect(releasePolicy(undefined, release, true).outside).toBe('preserve');
  });
});
