/**
 * The readers and writers against tools of others: GNU binutils and dfu-util's dfu-suffix. Real firmware is used where a
 * folder of it stands beside the project, made-up firmware elsewhere; a tool that is not installed skips its tests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex } from '../../shared/address.ts';
import { mayMiss } from '../../test/rig/peers.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import { appendSuffix, PLAIN_DFU } from './dfu-suffix.ts';
import { writeDfuse } from './dfuse-file.ts';
import type { FileFormat } from './format.ts';
import { FirmwareImage } from './image.ts';
import { writeIntelHex } from './intel-hex.ts';
import { writeRaw } from './raw.ts';
import { readImageFile } from './read.ts';

const FLASH_START = 0x0800_0000;
const REAL_FIRMWARE = fileURLToPath(new URL('../../../shared/firmware/', import.meta.url));
const IDS = { vendorId: 0x0483, productId: 0xdf11, deviceVersion: 0x2200 };
const ID_OPTIONS = ['--vid', '0x0483', '--pid', '0xdf11', '--did', '0x2200'];

const realImages = existsSync(REAL_FIRMWARE)
  ? readdirSync(REAL_FIRMWARE)
      .filter((name) => name.endsWith('.bin'))
      .map((name) => ({ name, content: new Uint8Array(readFileSync(join(REAL_FIRMWARE, name))) }))
  : [];
const madeUpImages = demoFirmware(1).ranges.map(({ address, bytes }) => ({
  name: `demo-${hex(address)}.bin`,
  content: bytes,
}));
const images = realImages.length > 0 ? realImages : madeUpImages;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-cross-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(tool: string, ...args: string[]): string {
  return execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

function file(name: string): Buffer {
  return readFileSync(join(folder, name));
}

function write(name: string, content: Uint8Array | string): void {
  writeFileSync(join(folder, name), content);
}

/** A test that needs tools, and says so in its name where they are missing. */
function itWith(tools: readonly string[], name: string, test: () => void | Promise<void>): void {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).status !== 0);
  const reason = missing.length > 0 ? `${missing.join(', ')} not installed` : undefined;
  it.skipIf(mayMiss(reason))(reason === undefined ? name : `${name} (${reason})`, test);
}

/** Equal bytes, without a comparison element by element. */
function expectSame(actual: Uint8Array | undefined, expected: Uint8Array): void {
  expect(actual?.length).toBe(expected.length);
  expect(Buffer.compare(actual ?? new Uint8Array(), expected)).toBe(0);
}

async function expectRead(
  name: string,
  format: FileFormat,
  address: number,
  content: Uint8Array,
): Promise<void> {
  const read = await readImageFile(join(folder, name), { address });
  expect(read.format).toBe(format);
  expect(read.image.ranges.map((range) => range.address)).toEqual([address]);
  expectSame(read.image.ranges[0]?.bytes, content);
}

describe.each(images)('$name', ({ content }) => {
  const image = FirmwareImage.from([{ address: FLASH_START, bytes: content }]);
  beforeAll(() => write('image.bin', content));

  itWith(['objcopy'], 'as Intel HEX from objcopy is read', async () => {
    run(
      'objcopy',
      '-I',
      'binary',
      '-O',
      'ihex',
      '--change-addresses',
      '0x08000000',
      'image.bin',
      'image.hex',
    );
    await expectRead('image.hex', 'intel-hex', FLASH_START, content);
  });

  itWith(['objcopy'], 'as Intel HEX with segments from objcopy, below 1 MB, is read', async () => {
    run('objcopy', '-I', 'binary', '-O', 'ihex', '--change-addresses', '0x8000', 'image.bin', 'low.hex');
    expect(file('low.hex').toString()).toMatch(/^:02000002/m);
    await expectRead('low.hex', 'intel-hex', 0x8000, content);
  });

  itWith(['objcopy'], 'as S-records from objcopy is read, with 16-, 24- and 32-bit addresses', async () => {
    const start = content.subarray(0, 0x1000);
    write('start.bin', start);
    const convert = ['-I', 'binary', '-O', 'srec'];
    run('objcopy', ...convert, 'start.bin', 'a.s19');
    run('objcopy', ...convert, 'image.bin', 'a.s28');
    run('objcopy', ...convert, '--srec-forceS3', '--change-addresses', '0x08000000', 'image.bin', 'a.s37');
    await expectRead('a.s19', 's-record', 0, start);
    await expectRead('a.s28', 's-record', 0, content);
    await expectRead('a.s37', 's-record', FLASH_START, content);
    expect(['a.s19', 'a.s28', 'a.s37'].map((name) => /^S[123]/m.exec(file(name).toString())?.[0])).toEqual([
      'S1',
      'S2',
      'S3',
    ]);
  });

  itWith(['objcopy'], 'as our Intel HEX is read by objcopy', () => {
    write('ours.hex', writeIntelHex(image));
    run('objcopy', '-I', 'ihex', '-O', 'binary', 'ours.hex', 'back.bin');
    expectSame(file('back.bin'), content);
  });

  itWith(['dfu-suffix'], 'with a suffix from dfu-suffix is read, and ours is the same', async () => {
    write('suffixed.bin', content);
    run('dfu-suffix', ...ID_OPTIONS, '--add', 'suffixed.bin');
    await expectRead('suffixed.bin', 'dfu-suffix', FLASH_START, content);
    expectSame(file('suffixed.bin'), appendSuffix(content, PLAIN_DFU, IDS));
  });

  itWith(['dfu-suffix'], 'as our DfuSe file passes the check of dfu-suffix', () => {
    write('ours.dfu', writeDfuse(image, { ...IDS, name: 'Internal Flash' }));
    const report = run('dfu-suffix', '--check', 'ours.dfu');
    expect(report).toMatch(/Vendor ID:\s*0x0483/);
    expect(report).toMatch(/Product ID:\s*0xDF11/);
    expect(report).toMatch(/BCD DFU:\s*0x011A/);
  });

  const binutils = ['arm-none-eabi-as', 'arm-none-eabi-ld', 'arm-none-eabi-objcopy'];
  for (const [what, start] of [
    ['at the start of flash', '0x08000000'],
    // Not on a page border: there the linker puts the ELF headers into the first segment.
    ['behind a bootloader and a header of 512 bytes', '0x08008200'],
  ] as const) {
    itWith(binutils, `as ELF from GNU ld, ${what}, is read as objcopy reads it`, async () => {
      link(start);
      run('arm-none-eabi-objcopy', '-O', 'binary', 'image.elf', 'loaded.bin');
      const { image, format } = await readImageFile(join(folder, 'image.elf'));
      expect(format).toBe('elf');
      const firstSegmentOffset = file('image.elf').readUInt32LE(52 + 4);
      expect(firstSegmentOffset === 0).toBe(start !== '0x08000000');
      expect(image.span?.start).toBe(Number(start));
      expectSame(writeRaw(image, { fill: 0, maxSize: 0x10_0000 }), file('loaded.bin'));
    });
  }
});

/** `image.elf`: the image as code, and variables in RAM whose initial values are loaded from flash. */
function link(flashStart: string): void {
  write('image.s', '.text\n.incbin "image.bin"\n.data\n.word 0x12345678\n.bss\n.space 64\n');
  write(
    'image.ld',
    `MEMORY {
       FLASH (rx) : ORIGIN = ${flashStart}, LENGTH = 512K
       RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 128K
     }
     SECTIONS {
       .text : { *(.text) } > FLASH
       .data : { *(.data) } > RAM AT > FLASH
       .bss : { *(.bss) } > RAM
     }`,
  );
  run('arm-none-eabi-as', '-mcpu=cortex-m7', 'image.s', '-o', 'image.o');
  run('arm-none-eabi-ld', '-T', 'image.ld', 'image.o', '-o', 'image.elf');
}
