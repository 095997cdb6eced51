/** What support reads first, in its order, for a page and for a terminal alike: what is wrong, what happened, the rest. */
import {
  END_WORDS,
  failureWords,
  hostItem,
  hostWords,
  identityWords,
  incidentWords,
  plain,
  REASONS,
  sinceWords,
  sizeWords,
  STATE_WORDS,
  timeWords,
} from './digest-words.ts';
import type { LeftOut } from '../../../shared/bundle.ts';
import type { BundleReport, Story } from './report.ts';

export type Tone = 'bad' | 'doubtful' | 'good' | 'plain';

export interface Item {
  /** Time, port or name. */
  readonly label: string;
  readonly text: string;
  readonly tone: Tone;
}

export interface Chapter {
  readonly title: string;
  /** A sentence before its items, or instead of them. */
  readonly lead?: string;
  readonly items: readonly Item[];
}

export interface Digest {
  readonly title: string;
  readonly lead: string;
  readonly chapters: readonly Chapter[];
}

interface Listed {
  readonly name: string;
  readonly size: number;
}

/** @param files besides the report */
export function digestOf(
  report: BundleReport,
  files: readonly Listed[],
  leftOut: readonly LeftOut[],
): Digest {
  const { program, taken, serials } = report;
  const chapters: readonly Chapter[] = [
    wrong(report),
    ...(report.stories ?? []).slice(0, 1).map((story) => storyChapter(story, 'The last work on a device')),
    devices(report),
    ...findings(report),
    ...section('This computer', report.host, (check) => hostItem(check)),
    ...(report.stories ?? []).slice(1).map((story) => storyChapter(story, 'Before')),
    ...section('Errors in the logs', report.mishaps, ({ time, room, device, what }) => ({
      label: timeWords(time),
      text: `${room}${device === undefined ? '' : ` ${device}`}: ${what}`,
      tone: 'bad',
    })),
    ...section('Examined', report.examined, ({ time, request, path, ...rest }) => ({
      label: `${time} ${path}`,
      text: `${request}: ${JSON.stringify(rest['result'] ?? null)}`,
      tone: 'plain',
    })),
    ...facts('Settings', report.settings),
    ...facts('Firmware repository', report.catalog),
    ...section('Interrupted updates', report.journals, (entry) => ({
      label: plain(entry['started'] ?? ''),
      text: JSON.stringify(entry),
      tone: 'doubtful',
    })),
    ...facts('Versions', { [program.name]: program.version, ...program.versions }),
    {
      title: 'In this bundle',
      items: files.map(({ name, size }) => ({ label: name, text: sizeWords(size), tone: 'plain' })),
    },
    {
      title: 'Left out',
      items: leftOut.map(({ name, why, detail }) => ({
        label: name,
        text: REASONS[why] + (detail === undefined ? '' : ` (${detail})`),
        tone: 'plain',
      })),
    },
  ];
  return {
    title: `${program.name} ${program.version}: report for support`,
    lead:
      `Taken ${taken} on ${program.platform} (${program.system}) by ${hostWords(program.host)}${program.demo ? ', with virtual devices' : ''}. ` +
      (serials === 'hashed'
        ? 'Names, addresses and serial numbers are pseudonyms: the same one means the same thing in this bundle.'
        : 'Names and addresses are pseudonyms; serial numbers are as they are.'),
    chapters: chapters.filter(({ items, lead }) => items.length > 0 || lead !== undefined),
  };
}

/** All that needs somebody's attention, from wherever it is known. */
function wrong(report: BundleReport): Chapter {
  const { devices: present = [], jobs = [], host = [], incidents = [], stories = [] } = report;
  const [last] = stories;
  const items: readonly Item[] = [
    ...incidents.map(({ time, kind, ...facts }) => item(time, incidentWords(kind, facts), 'bad')),
    ...jobs.flatMap(({ path, name, state }) =>
      state.failure ? [item(path, `${name} has failed: ${failureWords(state.failure)}`, 'bad')] : [],
    ),
    ...jobs.flatMap(({ path, name, state }) =>
      ['running', 'waiting', 'cancelling'].includes(state.kind)
        ? [item(path, `${name} was ${state.kind} when this was taken`, 'doubtful')]
        : [],
    ),
    ...(last?.end === 'failed' || last?.end === 'unfinished'
      ? [item(last.device ?? '', `${last.what}: ${END_WORDS[last.end]}`, 'bad')]
      : []),
    ...present.flatMap(({ path, title, state }) =>
      state.failure ? [item(path, `${title} cannot be used: ${failureWords(state.failure)}`, 'bad')] : [],
    ),
    ...(report.findings ?? []).flatMap(({ path, findings: found }) =>
      found.flatMap(({ severity, what }) => (severity === 'prevents' ? [item(path, what, 'bad')] : [])),
    ),
    ...host.filter(({ result }) => result === 'attention').map(hostItem),
  ];
  return {
    title: 'What is wrong',
    items,
    ...(items.length === 0 && { lead: 'Nothing here says that anything is wrong.' }),
  };
}

function devices({ devices: present }: BundleReport): Chapter {
  if (!present) return { title: 'Devices', items: [] };
  return {
    title: 'Devices',
    ...(present.length === 0 && { lead: 'No device was connected.' }),
    items: present.map(({ path, title, state }) => ({
      label: path,
      text: [title, STATE_WORDS[state.kind] ?? state.kind, ...identityWords(state.identity)].join(' · '),
      tone: state.kind === 'unusable' ? 'bad' : 'plain',
    })),
  };
}

function findings({ findings: all = [] }: BundleReport): readonly Chapter[] {
  return all
    .filter(({ findings: found }) => found.length > 0)
    .map(({ path, findings: found }) => ({
      title: `What that means: ${path}`,
      items: found.map(({ id, severity, what, meaning }) => ({
        label: id,
        text: `${what} ${meaning}`,
        tone: severity === 'prevents' ? 'bad' : severity === 'slows' ? 'doubtful' : 'plain',
      })),
    }));
}

function storyChapter({ what, device, began, end, steps, omitted, log }: Story, title: string): Chapter {
  return {
    title: `${title}: ${what}${device === undefined ? '' : ` at ${device}`}`,
    lead: `Began ${began}; ${END_WORDS[end]}. From ${log}${omitted > 0 ? `, without ${omitted} steps in the middle` : ''}.`,
    items: steps.map((step, at) => ({
      label: sinceWords(began, step.time),
      text: step.what,
      tone: stepTone(step.level, end === 'done' && at === steps.length - 1),
    })),
  };
}

function stepTone(level: Story['steps'][number]['level'], isGoodEnd: boolean): Tone {
  if (level === 'error') return 'bad';
  if (level === 'warn') return 'doubtful';
  return isGoodEnd ? 'good' : 'plain';
}

function section<T>(
  title: string,
  values: readonly T[] | undefined,
  each: (value: T) => Item,
): readonly Chapter[] {
  return values && values.length > 0 ? [{ title, items: values.map(each) }] : [];
}

function facts(title: string, values: object | undefined): readonly Chapter[] {
  return section(title, values && Object.entries(values), ([label, value]: [string, unknown]) =>
    item(label, plain(value), 'plain'),
  );
}

function item(label: string, text: string, tone: Tone): Item {
  return { label, text, tone };
}
