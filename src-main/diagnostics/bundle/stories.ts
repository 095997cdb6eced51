/**
 * What happened to a device, told from the log: one story for each update or other work. The log outlives the program
 * that wrote it, so this works as well after a crash, for other programs, and while a job hangs.
 */
import type { Mishap, Story, StoryStep } from './report.ts';

export interface LogText {
  /** Of its entry in the bundle. */
  readonly name: string;
  readonly text: string;
}

interface Line {
  readonly time: string;
  readonly level: StoryStep['level'];
  readonly room: string;
  readonly device: string | undefined;
  readonly message: string;
}

interface Open {
  readonly what: string;
  readonly device: string | undefined;
  readonly began: string;
  readonly steps: StoryStep[];
  /** Stands in the log of the command line, which tells no end of its own. */
  readonly byCommand: boolean;
}

const STORIES = 20;
/** Steps of one: so many at its beginning, the others at its end. */
const STEPS = 120;
const FIRST_STEPS = 20;
const MISHAPS = 50;

const LINE = /^(\S+) (error|warn|info|debug) +(\S+) +(\S+) +(.*)$/;
const PHASES: ReadonlySet<string> = new Set(
  'read-file find identify plan compare erase write verify leave unprotect enter-bootloader read replay'.split(
    ' ',
  ),
);

/** @param logs each oldest line first. @returns the newest first */
export function storiesIn(logs: readonly LogText[]): readonly Story[] {
  return logs
    .flatMap(({ name, text }) => tell(name, linesOf(text)))
    .sort((a, b) => (a.began < b.began ? 1 : -1))
    .slice(0, STORIES);
}

/** @returns the newest first */
export function mishapsIn(logs: readonly LogText[]): readonly Mishap[] {
  return logs
    .flatMap(({ name, text }) =>
      linesOf(text)
        .filter(({ level }) => level === 'error')
        .map(({ time, room, device, message }) => ({
          time,
          log: name,
          room,
          what: message,
          ...(device !== undefined && { device }),
        })),
    )
    .sort((a, b) => (a.time < b.time ? 1 : -1))
    .slice(0, MISHAPS);
}

function linesOf(text: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, time = '', level = 'info', room = '', device = '-', message = ''] = LINE.exec(line) ?? [];
    if (time === '') return [];
    return [
      {
        time,
        level: level as StoryStep['level'],
        room,
        device: device === '-' ? undefined : device,
        message,
      },
    ];
  });
}

function tell(log: string, lines: readonly Line[]): readonly Story[] {
  const stories: Story[] = [];
  const open = new Map<string, Open>();
  let command: string | undefined;
  const close = (key: string, end: Story['end']) => {
    const told = open.get(key);
    open.delete(key);
    if (told) stories.push(closed(told, end, log));
  };
  for (const line of lines) {
    const { time, room, device, message, level } = line;
    const key = device ?? '';
    if (isBeginningOfRun(line)) for (const each of [...open.keys()]) close(each, endOf(open.get(each)));
    const started = room === 'cli' ? /^stepwise \S+: (.+)$/.exec(message)?.[1] : undefined;
    if (started !== undefined) command = started;
    const begun = room === 'update' ? /^\S+ begins: (.*)$/.exec(message)?.[1] : undefined;
    if (begun !== undefined) {
      close(key, 'unfinished');
      open.set(key, { what: begun, device, began: time, steps: [], byCommand: false });
      continue;
    }
    if (command !== undefined && room === 'update' && !open.has(key))
      open.set(key, { what: command, device, began: time, steps: [], byCommand: true });
    const here = open.get(key);
    if (!here || !belongs(line)) continue;
    here.steps.push({ time, level, what: inWords(message) });
    const end = here.byCommand ? undefined : endTold(message);
    if (end) close(key, end);
  }
  for (const each of [...open.keys()]) close(each, endOf(open.get(each)));
  return stories;
}

/** Whatever was under way then did not come to its end. */
function isBeginningOfRun({ room, message }: Line): boolean {
  return (
    (room === 'cli' && /^stepwise \S+: /.test(message)) || (room === 'services' && / on \w+$/.test(message))
  );
}

function belongs({ room, level }: Line): boolean {
  return (
    room === 'update' || room === 'devices' || (room === 'cli' && level === 'error') || room === 'program'
  );
}

function endTold(message: string): Story['end'] | undefined {
  if (/^\S+ is done\b/.test(message)) return 'done';
  if (/^\S+ has failed: cancelled\b/.test(message)) return 'cancelled';
  return /^\S+ has failed: /.test(message) ? 'failed' : undefined;
}

function endOf(told: Open | undefined): Story['end'] {
  const last = told?.steps.at(-1);
  if (!told?.byCommand || !last || PHASES.has(last.what)) return 'unfinished';
  if (last.level === 'error') return last.what.includes('"code":"cancelled"') ? 'cancelled' : 'failed';
  return last.level === 'warn' ? 'unfinished' : 'done';
}

function closed({ what, device, began, steps }: Open, end: Story['end'], log: string): Story {
  const omitted = Math.max(0, steps.length - STEPS);
  const kept =
    omitted === 0 ? steps : [...steps.slice(0, FIRST_STEPS), ...steps.slice(FIRST_STEPS + omitted)];
  const ended = steps.at(-1)?.time ?? began;
  return { what, log, began, ended, end, steps: kept, omitted, ...(device !== undefined && { device }) };
}

/** What a job tells is in the log as JSON. */
function inWords(message: string): string {
  if (!message.startsWith('{"type":')) return message;
  try {
    const { type, phase, rung, because, attempt, address, need } = JSON.parse(message) as Record<
      string,
      unknown
    >;
    const at = typeof address === 'number' ? ` at 0x${address.toString(16).toUpperCase()}` : '';
    const why = typeof because === 'string' ? `: ${because}` : '';
    switch (type) {
      case 'phase':
        return String(phase);
      case 'retry':
        return `tried again${at} (${String(attempt)})${why}`;
      case 'recovery':
        return `recovery by ${String(rung)}${why}`;
      case 'needs':
        return `waits for a ${need !== null && typeof need === 'object' && 'kind' in need ? String(need.kind) : 'hand'}`;
      default:
        return message;
    }
  } catch {
    // Cut off by a kill: as it is.
    return message;
  }
}
