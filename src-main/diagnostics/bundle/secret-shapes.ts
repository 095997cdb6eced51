/** Secrets that are known by their shape, wherever they come from: addresses, mail, tokens, numbers of devices. */
import { isIPv6 } from 'node:net';

export type SecretKind =
  'home' | 'user' | 'host' | 'ip' | 'mac' | 'email' | 'secret' | 'serial' | 'unique-id' | 'id';

export interface SecretShape {
  readonly kind: SecretKind;
  /** Global. A group `prefix` at its beginning is left as it is. */
  readonly expression: RegExp;
  /** One of these stands in every text with such a secret: a text without is not searched. */
  readonly signs: readonly string[];
  /** What looks like it and is not. */
  readonly isReal?: (found: string) => boolean;
}

const EVERYWHERE: readonly string[] = [''];

export const SECRET_SHAPES: readonly SecretShape[] = [
  {
    kind: 'secret',
    signs: ['PRIVATE KEY'],
    expression: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  {
    // https://user:password@host
    kind: 'secret',
    signs: ['@'],
    expression: /(?<prefix>:(?:\\*\/){2})[^\s/?#"'<>\\]+(?=@)/g,
  },
  {
    // …?access_token=…
    kind: 'secret',
    signs: ['='],
    expression:
      /(?<prefix>[?&;](?:amp;)?[\w.%-]{0,40}(?:token|secret|pass|pwd|auth|sig|key|session|credential|code|ticket|jwt)[\w.%-]{0,40}=)[^\s&#;"'<>\\]+/gi,
  },
  {
    // password: …, "apiKey": "…", Authorization: Bearer …
    kind: 'secret',
    signs: EVERYWHERE,
    expression:
      /(?<prefix>(?:password|passwd|passphrase|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|credentials?|authorization|cookie|session[-_ ]?id)["'\\]{0,6}\s{0,3}[:=]\s{0,3}["'\\]{0,6}(?:(?:bearer|basic|digest|negotiate)\s+)?)[^\s"',;}&\\]+/gi,
  },
  {
    kind: 'secret',
    signs: ['earer ', 'EARER '],
    expression: /(?<prefix>\bbearer\s+)[\w.~+/=-]{6,}/gi,
  },
  {
    kind: 'secret',
    signs: ['asic '],
    expression: /(?<prefix>\b[Bb]asic\s+)(?=[\w+/]*[\dA-Z])[\w+/]{8,}={0,2}/g,
  },
  {
    // JSON Web Tokens, and tokens of services that say by their beginning what they are.
    kind: 'secret',
    signs: ['eyJ', 'gh', 'glpat-', 'xox', 'AKIA', 'sk-', 'npm_', 'AIza'],
    expression:
      /(?<![A-Za-z0-9])(?:eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?|gh[pousr]_\w{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|sk-[\w-]{20,}|npm_\w{30,}|AIza[\w-]{30,})/g,
  },
  {
    kind: 'email',
    signs: ['@', '%40'],
    expression:
      /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}?(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/giu,
  },
  {
    // Whose home it is, also where it is nobody's of this computer.
    kind: 'user',
    signs: ['home', 'Users', 'users', 'HOME', 'USERS'],
    expression:
      /(?<prefix>(?:[\\/]|%2F|%5C)(?:home|Users)(?:[\\/]+|%2F|%5C))(?:[^\\/"'<>|:*?\r\n%]{1,64}(?=[\\/]|%2F|%5C)|[^\\/\s"'<>|:*?%]{1,64})/gi,
  },
  {
    // 96 bits of a chip's unique ID.
    kind: 'unique-id',
    signs: EVERYWHERE,
    expression:
      /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{24}|[0-9A-Fa-f]{8}([-:])[0-9A-Fa-f]{8}\1[0-9A-Fa-f]{8})(?![0-9A-Za-z])/g,
  },
  {
    kind: 'id',
    signs: ['-'],
    expression:
      /(?<![0-9A-Za-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z])/gi,
  },
  {
    // serial number 0042A, "serial": "…"; words that follow have no digit
    kind: 'serial',
    signs: ['erial', 'ERIAL', 'S/N', 's/n'],
    expression:
      /(?<prefix>(?:serial(?:[-_ ]?(?:number|num|no\.?|nr\.?))?|\bs\/n)["'\\]{0,6}\s{0,3}[:=#]?\s{0,3}["'\\]{0,6})(?=[\w-]{0,40}\d)[\w-]{4,}/gi,
  },
  {
    kind: 'mac',
    signs: [':', '-', '.'],
    expression:
      /(?<![0-9A-Za-z:-])(?:[0-9A-F]{2}([:-])(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4})(?![0-9A-Za-z:-])/gi,
  },
  {
    // Not the chain of hub ports of a device, 1-2.4.1.3
    kind: 'ip',
    signs: ['.'],
    expression:
      /(?<![\d.])(?<!(?<![\d.])\d{1,3}-)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)/g,
  },
  {
    kind: 'ip',
    signs: [':'],
    expression: /(?<![\w:.])[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,7}(?![\w:])/gi,
    isReal: (found) => isIPv6(found) && /[0-9a-f]/i.test(found),
  },
];
