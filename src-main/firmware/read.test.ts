import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../shared/failure.ts';
import { appendSuffix, PLAIN_DFU } from './dfu-suffix.ts';
import { writeDfuse } from './dfuse-file.ts';
import { FirmwareImage } from './image.ts';
import { writeIntelHex } from './intel-hex.ts';
import type { ReadOptions } from './read.ts';
import { readImage, readImageFile } from './read.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

const ADDRESS = 0x0800_0000;
const CONTENT = Uint8Array.of(0x00, 0x00, 0x02, 0x20, 0x09, 0x00, 0x00, 0x08, 0xfe, 0xe7);
const RANGES = [{ address: ADDRESS, bytes: CONTENT }];
const IMAGE = FirmwareImage.from(RANGES);

const DFUSE = writeDfuse(IMAGE);
const SUFFIXED = appendSuffix(CONTENT, PLAIN_DFU, {});
const HEX = writeIntelHex(IMAGE);
const S_RECORD = ascii('S30F080000000000022009000008FEE7D0\nS70500000000FA\n');
const ELF = elf(CONTENT);

/** The smallest ELF program there is: a header, one segment, its bytes. */
function elf(content: Uint8Array): Uint8Array {
  const file = Buffer.alloc(84 + content.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.writeUInt32LE(2 | (40 << 16), 16);
  file.writeUInt32LE(52, 28);
  file.writeUInt32LE(32 | (1 << 16), 42);
  [1, 84, ADDRESS, ADDRESS, content.length, content.length].forEach((field, i) =>
    file.writeUInt32LE(field, 52 + i * 4),
  );
  file.set(content, 84);
  return file;
}

function failureOf(bytes: Uint8Array, options?: ReadOptions): unknown {
  try {
    return readImage(bytes, options);
  } catch (error) {
    return error;
  }
}

describe('a file is recognised by its content', () => {
  it.each([
    ['dfuse', DFUSE, 'a.dfu'],
    ['intel-hex', HEX, 'a.hex'],
    ['intel-hex', HEX, 'A.IHEX'],
    ['s-record', S_RECORD, 'a.s19'],
    ['s-record', S_RECORD, 'a.srec'],
    ['elf', ELF, 'a.elf'],
    ['dfuse', DFUSE, undefined],
    ['intel-hex', HEX, 'firmware'],
    ['s-record', S_RECORD, 'firmware.1.2'],
    ['elf', ELF, '.hidden'],
  ])('%s', (format, bytes, fileName) => {
    const file = readImage(bytes, fileName === undefined ? {} : { fileName });
    expect(file.format).toBe(format);
    expect(file.image.ranges).toEqual(RANGES);
  });

  it.each([
    ['raw', CONTENT, 'a.bin'],
    ['raw', CONTENT, undefined],
    ['raw', CONTENT, 'firmware.v2'],
    ['dfu-suffix', SUFFIXED, 'a.dfu'],
    ['dfu-suffix', SUFFIXED, 'a.bin'],
    ['dfu-suffix', SUFFIXED, undefined],
  ])('%s, with the address it needs', (format, bytes, fileName) => {
    const file = readImage(bytes, { address: ADDRESS, ...(fileName !== undefined && { fileName }) });
    expect(file.format).toBe(format);
    expect(file.image.ranges).toEqual(RANGES);
  });

  it('text after blank lines', () => {
    expect(readImage(ascii('\r\n\n' + Buffer.from(HEX).toString())).format).toBe('intel-hex');
  });

  it('not by a colon or an S alone', () => {
    const binary = Uint8Array.of(0x3a, 0x01, 0x02, 0x20);
    expect(readImage(binary, { fileName: 'a.bin', address: ADDRESS }).format).toBe('raw');
  });

  it('and what an image holds is plain bytes, even from a Buffer', () => {
    const { image } = readImage(Buffer.from(CONTENT), { address: ADDRESS });
    expect(Buffer.isBuffer(image.ranges[0]?.bytes)).toBe(false);
  });
});

describe('a file is refused', () => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 130180\n';
  it.each([
    ['empty', new Uint8Array(), 'a.hex', 'empty'],
    ['a Git LFS pointer', ascii(lfs), 'a.bin', 'git-lfs-pointer'],
    ['a web page', ascii('\n<!DOCTYPE html>\n<html lang="en">'), 'a.dfu', 'html-page'],
    ['a web page without a doctype', ascii('\ufeff<HTML><body>404'), 'a.hex', 'html-page'],
    ['an XHTML page', ascii('<?xml version="1.0"?>\n<!doctype html>'), 'a.bin', 'html-page'],
    ['HEX named .bin', HEX, 'a.bin', 'extension-mismatch'],
    ['HEX named .s19', HEX, 'a.s19', 'extension-mismatch'],
    ['DfuSe named .hex', DFUSE, 'a.hex', 'extension-mismatch'],
    ['ELF named .bin', ELF, 'a.bin', 'extension-mismatch'],
    ['raw bytes named .dfu', CONTENT, 'a.dfu', 'extension-mismatch'],
    ['raw bytes without an address', CONTENT, 'a.bin', 'address-needed'],
    ['a suffixed file without an address', SUFFIXED, 'a.dfu', 'address-needed'],
    ['unknown bytes without an address', CONTENT, 'a.xyz', 'unknown-format'],
    ['unknown bytes with an extension like a method', CONTENT, 'a.constructor', 'unknown-format'],
    ['HEX without data', ascii(':00000001FF\n'), 'a.hex', 'empty'],
    ['a .dfu file without data', writeDfuse(FirmwareImage.from([])), 'a.dfu', 'empty'],
  ])('%s', (_, bytes, fileName, fault) => {
    expect(failureOf(bytes, { fileName })).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault },
    });
  });

  it('in a sentence that names both the extension and the content', () => {
    expect(failureOf(HEX, { fileName: 'a.BIN' })).toMatchObject({
      facts: { detail: 'The file is named .bin, but its content is Intel HEX.' },
    });
  });

  it('but not for other targets than internal flash alone: that is for the plan to judge', () => {
    const ranges = [{ address: 0x5200_201c, bytes: Uint8Array.of(1) }];
    const optionBytes = FirmwareImage.from([], {}, [{ alternate: 1, ranges }]);
    expect(readImage(writeDfuse(optionBytes)).image.otherTargets).toHaveLength(1);
  });
});

describe('the size limit', () => {
  it('comes before everything else', () => {
    const page = new Uint8Array(100 * 1024 * 1024);
    page.set(ascii('<!doctype html>'));
    const begin = performance.now();
    expect(failureOf(page)).toMatchObject({ code: 'bad-file', facts: { fault: 'too-large' } });
    expect(performance.now() - begin).toBeLessThan(50);
  });

  it('is what the caller says', () => {
    expect(readImage(HEX, { maxSize: HEX.length }).format).toBe('intel-hex');
    expect(failureOf(HEX, { maxSize: HEX.length - 1 })).toMatchObject({ facts: { fault: 'too-large' } });
  });
});

describe('whatever the bytes are, nothing but bad-file is thrown', () => {
  const fileName = fc.constantFrom(undefined, 'a', 'a.bin', 'a.dfu', 'a.hex', 'a.s19', 'a.elf');
  const options = fc
    .tuple(fileName, fc.constantFrom(undefined, ADDRESS, 0xffff_ffff))
    .map(([fileName, address]) => ({
      ...(fileName !== undefined && { fileName }),
      ...(address !== undefined && { address }),
    }));
  const accepts = (bytes: Uint8Array, options: ReadOptions) => {
    const result = failureOf(bytes, options);
    expect(!(result instanceof Error) || isFailure(result, 'bad-file'), String(result)).toBe(true);
  };

  it('for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), options, accepts), { numRuns: 500 });
  });

  it('for random bytes behind a signature', () => {
    const signature = fc.constantFrom(
      'DfuSe\x01',
      '\x7fELF\x01\x01\x01',
      ':',
      ':00',
      'S1',
      'S315',
      '<html',
      'version ',
    );
    fc.assert(
      fc.property(signature, fc.uint8Array({ maxLength: 400 }), options, (start, rest, options) =>
        accepts(Buffer.concat([Buffer.from(start, 'latin1'), rest]), options),
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['DfuSe', DFUSE],
    ['suffixed', SUFFIXED],
    ['HEX', HEX],
    ['S-record', S_RECORD],
    ['ELF', ELF],
  ])('for a mutated %s file', (_, valid) => {
    const change = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), options, (changes, options) => {
        const mutated = Uint8Array.from(valid);
        for (const [offset, value] of changes) mutated[offset] = value;
        accepts(mutated, options);
      }),
      { numRuns: 500 },
    );
  });

  it('for a DfuSe file whose fields are mutated under a right checksum', () => {
    const body = DFUSE.subarray(0, -16);
    fc.assert(
      fc.property(fc.nat(body.length - 4), fc.nat(0xffff_ffff), (offset, value) => {
        const mutated = Buffer.from(body);
        mutated.writeUInt32LE(value, offset);
        accepts(appendSuffix(mutated, 0x011a, {}), {});
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['a.dfu', DFUSE],
  ['a.hex', HEX],
  ['a.s19', S_RECORD],
  ['a.elf', ELF],
])('%s cut off anywhere is refused, or whole if only its last line end is missing', (fileName, whole) => {
  for (let length = 0; length < whole.length; length++) {
    const result = failureOf(whole.subarray(0, length), { fileName });
    if (result instanceof Error) expect(result).toMatchObject({ code: 'bad-file' });
    else
      expect({ length, result }).toMatchObject({
        length: whole.length - 1,
        result: { image: { ranges: RANGES } },
      });
  }
});

describe('a file on disk', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stepwise-read-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const failureOfFile = (path: string) => readImageFile(path).catch((error: unknown) => error);

  it('is read, its own name held against its content', async () => {
    const right = join(folder, 'right.hex');
    const wrong = join(folder, 'wrong.s19');
    writeFileSync(right, HEX);
    writeFileSync(wrong, HEX);
    expect((await readImageFile(right)).image.ranges).toEqual(RANGES);
    expect(await failureOfFile(wrong)).toMatchObject({ facts: { fault: 'extension-mismatch' } });
  });

  it('takes the options of the reader', async () => {
    const path = join(folder, 'raw.bin');
    writeFileSync(path, CONTENT);
    expect((await readImageFile(path, { address: ADDRESS })).image.ranges).toEqual(RANGES);
  });

  it.each([
    ['a missing file', 'missing.hex', 'There is no file of this name.'],
    ['a folder', 'folder', 'This is a folder, not a file.'],
    ['a name too long for any file', 'n'.repeat(5000), 'The file cannot be read (ENAMETOOLONG).'],
  ])('that cannot be read says why: %s', async (_, name, detail) => {
    await mkdir(join(folder, 'folder'), { recursive: true });
    expect(await failureOfFile(join(folder, name))).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault: 'unreadable', detail },
    });
  });

  it.skipIf(process.platform === 'win32')('that is a device is not waited for', async () => {
    expect(await failureOfFile('/dev/null')).toMatchObject({
      facts: { fault: 'unreadable', detail: 'This is no regular file.' },
    });
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot || process.platform === 'win32')(
    `that this account may not read says so${isRoot ? ' (skipped: root may read everything)' : ''}`,
    async () => {
      const path = join(folder, 'locked.hex');
      writeFileSync(path, HEX);
      await chmod(path, 0);
      expect(await failureOfFile(path)).toMatchObject({
        facts: { fault: 'unreadable', detail: 'This account may not read the file.' },
      });
    },
  );

  it('of 100 MB is refused without being read', async () => {
    const path = join(folder, 'large.bin');
    writeFileSync(path, '');
    truncateSync(path, 100 * 1024 * 1024);
    const before = process.memoryUsage().external;
    expect(await failureOfFile(path)).toMatchObject({ facts: { fault: 'too-large' } });
    expect(process.memoryUsage().external - before).toBeLessThan(50 * 1024 * 1024);
  });
});
