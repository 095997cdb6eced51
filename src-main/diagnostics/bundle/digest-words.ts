/** How the facts of a report are said in one line each. English, as support everywhere reads it. */
import type { Item } from './digest.ts';
import type { LeftOutReason } from '../../../shared/bundle.ts';
import type { Story } from './report.ts';

/** Whatever a reader finds in a field it does not know. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const STATE_WORDS: Readonly<Record<string, string>> = { looking: 'has not answered yet' };

export const END_WORDS: Readonly<Record<Story['end'], string>> = {
  done: 'it came to a good end',
  failed: 'it has failed',
  cancelled: 'somebody stopped it',
  unfinished: 'it did not come to an end',
};

export const REASONS: Readonly<Record<LeftOutReason, string>> = {
  unticked: 'not wanted by the person who made the bundle',
  'too-large': 'the oldest go first where a bundle would become too large',
  'no-time': 'there was no time left for it',
  'did-not-answer': 'did not answer in time',
  unreadable: 'could not be read',
  symlink: 'a link, which is not followed',
  firmware: 'firmware is its maker’s',
  personal: 'says who somebody is and helps nobody',
};

export function hostWords(host: string): string {
  return host === 'electron'
    ? 'the desktop app'
    : host === 'loopback'
      ? 'the app in a browser'
      : 'the command line';
}

export function incidentWords(kind: string, given: object): string {
  const told = Object.entries(given)
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(', ');
  return `${kind.replaceAll('-', ' ')}${told === '' ? '' : `: ${told}`}`;
}

export function failureWords({ code, phase, condition, ...rest }: Readonly<Record<string, unknown>>): string {
  const parts = [
    plain(code),
    ...(phase === undefined ? [] : [`during ${plain(phase)}`]),
    JSON.stringify(rest['facts'] ?? {}),
    ...(condition === undefined ? [] : [`device ${plain(condition)}`]),
  ];
  return parts.join(' ');
}

/** Facts of the identity card that decide about an update. */
const DECISIVE = [
  'stepping',
  'bootloaderId',
  'bootloaderVersion',
  'flashSize',
  'readProtected',
  'uniqueId',
] as const;

export function identityWords(identity: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  if (!identity) return [];
  const told = DECISIVE.flatMap((name) => {
    const fact = identity[name];
    const isKnown = fact !== null && typeof fact === 'object' && 'value' in fact;
    return isKnown ? [`${name} ${valueWords(name, fact.value)}`] : [];
  });
  const { serial } = identity;
  return typeof serial === 'string' ? [...told, `serial ${serial}`] : told;
}

function valueWords(name: (typeof DECISIVE)[number], value: unknown): string {
  return name === 'bootloaderId' && typeof value === 'number'
    ? `0x${value.toString(16).toUpperCase()}`
    : plain(value);
}

export function hostItem(check: Readonly<Record<string, unknown>>): Item {
  const { id, finding, topic, device, result, detail, facts: known } = check;
  const what = [finding ?? id ?? topic, detail ?? (known === undefined ? undefined : JSON.stringify(known))];
  return {
    label: device === undefined ? 'computer' : plain(device),
    text: what
      .filter((each) => each !== undefined)
      .map(plain)
      .join(': '),
    tone: result === 'attention' ? 'bad' : result === 'ok' ? 'good' : 'plain',
  };
}

/** `01-31 14:05:09` */
export function timeWords(time: string): string {
  return time.slice('2026-'.length, '2026-01-31T14:05:09'.length).replace('T', ' ');
}

/** `+12.3 s` behind a beginning; the time itself where it does not follow it. */
export function sinceWords(began: string, time: string): string {
  const passed = Date.parse(time) - Date.parse(began);
  return passed >= 0 ? `+${(passed / 1000).toFixed(1)} s` : time;
}

export function sizeWords(size: number): string {
  return size < 1024 ? `${size} bytes` : `${Math.ceil(size / 1024)} KB`;
}
