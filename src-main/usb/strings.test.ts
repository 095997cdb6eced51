import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsbError } from './port.ts';
import type { ControlSetup, UsbFailureKind } from './port.ts';
import { readLanguage, readString } from './strings.ts';

type Answer = readonly number[] | UsbFailureKind;

/** A device that answers with these descriptors by index, and remembers what it was asked for. */
function deviceWith(answers: Readonly<Record<number, Answer>>) {
  const asked: ControlSetup[] = [];
  const controlIn = (setup: ControlSetup, length: number): Promise<Uint8Array> => {
    asked.push(setup);
    const answer = answers[setup.value & 0xff] ?? 'stall';
    return typeof answer === 'string'
      ? Promise.reject(new UsbError(answer, 'test'))
      : Promise.resolve(Uint8Array.from(answer).subarray(0, length));
  };
  return { controlIn, asked };
}

const LANGUAGES = [4, 3, 0x09, 0x04];
const utf16 = (text: string) => [...Buffer.from(text, 'utf16le')];
const descriptor = (payload: readonly number[]) => [2 + payload.length, 3, ...payload];
const read = (answer: Answer) => readString(deviceWith({ 0: LANGUAGES, 5: answer }), 5);

describe('reading a string', () => {
  it('asks for the whole descriptor in the language of the device', async () => {
    const device = deviceWith({ 0: [4, 3, 0x07, 0x04], 5: descriptor(utf16('x')) });
    await readString(device, 5);
    expect(device.asked).toEqual([
      { requestType: 0x80, request: 6, value: 0x0300, index: 0 },
      { requestType: 0x80, request: 6, value: 0x0305, index: 0x0407 },
    ]);
  });

  it('does not ask for the language when it is told', async () => {
    const device = deviceWith({ 5: descriptor(utf16('x')) });
    await readString(device, 5, 0x0407);
    expect(device.asked.map(({ index }) => index)).toEqual([0x0407]);
  });

  it.each(['@Internal Flash   /0x08000000/16*128Kg', 'STM32  BOOTLOADER', 'Prüfgerät', '固件升级', 'A'])(
    'reads %s',
    async (text) => {
      await expect(read(descriptor(utf16(text)))).resolves.toBe(text);
    },
  );

  it('asks for nothing when the index says there is none', async () => {
    const device = deviceWith({});
    await expect(readString(device, 0)).resolves.toBeUndefined();
    expect(device.asked).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['stalls', 'stall'],
    ['answers nothing', []],
    ['answers one byte', [2]],
    ['names an impossible length', [1, 3, 0x41, 0]],
    ['answers another descriptor', [4, 2, 0x41, 0]],
    ['has an empty text', [2, 3]],
    ['has nothing before the NUL', descriptor(utf16('\0abc'))],
    ['has half a character', [3, 3, 0x41]],
  ])('has no text when the device %s', async (_, answer) => {
    await expect(read(answer)).resolves.toBeUndefined();
  });

  it.each<[string, readonly number[], string]>([
    ['the text ends at a NUL', descriptor(utf16('DFU\0\0\0')), 'DFU'],
    ['the length is odd', [...descriptor(utf16('DF')), 0x55].map((b, at) => (at === 0 ? 7 : b)), 'DF'],
    ['the length says more than came', [40, 3, ...utf16('DFU')], 'DFU'],
    ['the length says less than came', [6, 3, ...utf16('DFU')], 'DF'],
    ['control characters are in it', descriptor(utf16('D\u0001F\u007f\nU')), 'DFU'],
    ['half a surrogate pair is in it', descriptor([0x41, 0, 0x00, 0xd8, 0x42, 0]), 'A\ufffdB'],
    ['single bytes stand where UTF-16 belongs (GD32VF103)', descriptor([0x33, 0x43, 0x42, 0x4a]), '3CBJ'],
    ['single bytes of odd number stand there', descriptor([0x33, 0x43, 0x42]), '3CB'],
  ])('reads what can be read when %s', async (_, answer, text) => {
    await expect(read(answer)).resolves.toBe(text);
  });

  it.each<UsbFailureKind>(['timeout', 'gone', 'io', 'no-permission'])('passes on %s', async (kind) => {
    await expect(read(kind)).rejects.toMatchObject({ kind });
    await expect(readString(deviceWith({ 0: kind }), 5)).rejects.toMatchObject({ kind });
  });

  it('takes any bytes without failing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 255 }),
        fc.uint8Array({ maxLength: 255 }),
        async (zero, five) => {
          const text = await readString(deviceWith({ 0: [...zero], 5: [...five] }), 5);
          expect(text === undefined || /^\P{Cc}+$/u.test(text)).toBe(true);
        },
      ),
    );
  });

  it('gives back every text without control characters that is no plain ASCII in disguise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 126 }), async (text) => {
        await expect(read(descriptor(utf16(text)))).resolves.toBe(text);
      }),
    );
  });
});

describe('the language', () => {
  it.each<[string, Answer, number]>([
    ['is English where the device has it', [6, 3, 0x07, 0x04, 0x09, 0x04], 0x0409],
    ['is the first one else', [6, 3, 0x07, 0x04, 0x0c, 0x04], 0x0407],
    ['is English when there is no list', 'stall', 0x0409],
    ['is English when the list is empty', [2, 3], 0x0409],
    ['is English when the list is garbage', [9, 9, 9], 0x0409],
    ['is English when the list holds zeros', [6, 3, 0, 0, 0, 0], 0x0409],
  ])('%s', async (_, answer, language) => {
    await expect(readLanguage(deviceWith({ 0: answer }))).resolves.toBe(language);
  });
});
