import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_KNOWN, type KnownSecrets } from './known-secrets.ts';
import { Redactor } from './redactor.ts';

const redactor = (known: Partial<KnownSecrets> = {}, includeSerials = false) =>
  new Redactor({ known: { ...NOTHING_KNOWN, ...known }, includeSerials });

describe('what says nothing of anybody', () => {
  it.each([
    '2026-01-31T14:05:09.123Z info  devices 1-2.4.1.3 plugged in',
    '{"path":"3-1.2.3.4","address":134217728}',
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
    'control in 0xA1 0x03 value 0 index 0',
    `sha256 ${'ab'.repeat(32)}`,
    'Serial numbers of ROM bootloaders are not unique; serial number none',
    'USB 0483:DF11, version 2.0, electron 45.4.1, chrome 142.0.7444.175',
    'at Session.#poll (file:///app/dist/src-main/dfuse/session.js:120:15)',
    'stuck-busy during erase: {"address":135266304,"state":4,"elapsed":2012.5}',
    'https://firmware.example.com/metadata/timestamp.json?version=3',
    'std::vector and 12:34:56',
  ])('stays as it is: %s', (line) => {
    expect(redactor().text(line)).toBe(line);
  });

  it('stays where a name is also a word: an account called “update”, a computer called “localhost”', () => {
    const common = redactor({
      users: ['update', 'root', 'pi'],
      hosts: ['localhost'],
      homeFolders: ['/root'],
    });
    expect(common.text('update of localhost by root at /root/x, 1-2 piped')).toBe(
      'update of localhost by root at /root/x, 1-2 piped',
    );
  });

  it('is not cut out of the middle of words by a short name', () => {
    expect(redactor({ users: ['stan'] }).text('standard instance of stan, Stan’s')).toMatch(
      /^standard instance of \[user \w+\], \[user \w+\]’s$/,
    );
  });
});

describe('what is known', () => {
  const plain = fc.stringMatching(/^[ -~]{0,40}$/);

  it('is found wherever it stands, in whatever case, and is gone for good', () => {
    const name = fc.stringMatching(/^[a-z]{3}[a-z0-9]{3,10}$/);
    fc.assert(
      fc.property(name, plain, plain, (user, before, after) => {
        fc.pre(user !== 'administrator');
        const seen = redactor({ users: [user] });
        const text = seen.text(`${before}${user.toUpperCase()}${after}`);
        expect(text.toLowerCase().replace(/\[user [0-9a-f]{8}\]/g, '')).not.toContain(user);
        expect(seen.text(text)).toBe(text);
      }),
    );
  });

  it('is overwritten in bytes at any place, in ASCII and UTF-16, and nothing else is', () => {
    const some = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.map((byte) => byte & 0x1f));
    fc.assert(
      fc.property(
        some,
        some,
        fc.constantFrom('latin1' as const, 'utf16le' as const),
        (before, after, encoding) => {
          const secret = Buffer.from('quentin.oxley', encoding);
          const bytes = Buffer.concat([before, secret, after]);
          const seen = Buffer.from(redactor({ users: ['quentin.oxley'] }).bytes(bytes));
          expect(seen).toHaveLength(bytes.length);
          expect(seen.includes(secret)).toBe(false);
          expect(seen.subarray(0, before.length)).toEqual(Buffer.from(before));
          expect(seen.subarray(before.length + secret.length)).toEqual(Buffer.from(after));
        },
      ),
    );
  });

  it('keeps its pseudonym in every spelling, so that support can follow it', () => {
    const seen = redactor({ serials: ['3267335A3032'], hosts: ['BENCH-QX7741'] });
    const [one, two, three] = ['3267335A3032', '3267335a3032', 'serial 3267335A3032'].map(
      (text) => /[0-9a-f]{8}(?=\])/.exec(seen.text(text))?.[0],
    );
    expect(one).toBeDefined();
    expect([two, three]).toEqual([one, one]);
  });
});

describe('JSON', () => {
  it('is still JSON of the same shape, whatever strings are in it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const seen = redactor({ users: ['quentin.oxley'] }).value(value);
        expect(shape(seen)).toBe(shape(value));
      }),
    );
  });
});

function shape(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shape).join()}]`;
  if (value !== null && typeof value === 'object') return `{${Object.values(value).map(shape).join()}}`;
  return typeof value;
}
