/**
 * The report of a bundle: everything that is a fact and not a line of a log, under one schema version. Whoever reads one
 * may be older or newer than whoever wrote it, so a reader takes what it knows of each section and lets the rest stand.
 */
import { z } from 'zod';

export const REPORT_FORMAT = 'stepwise-bundle';
/** Goes up when a reader of before would misunderstand what is written. */
export const REPORT_SCHEMA = 1;

const text = z.string();
const moment = z.string();

const failure = z.looseObject({ code: text, phase: text.optional(), condition: text.optional() });

export const storyStep = z.object({
  time: moment,
  level: z.enum(['error', 'warn', 'info', 'debug']),
  what: text,
});
export type StoryStep = z.infer<typeof storyStep>;

/** One update or other work on a device, as the log tells it. */
export const story = z.object({
  /** `update 2.0.0`, `flash`. */
  what: text,
  device: text.optional(),
  /** Log it is told by. */
  log: text,
  began: moment,
  ended: moment,
  /** `unfinished`: the log ends, or the program began anew, before it came to an end. */
  end: z.enum(['done', 'failed', 'cancelled', 'unfinished']),
  steps: z.array(storyStep),
  /** Steps in its middle that are left out here; the log has them. */
  omitted: z.int(),
});
export type Story = z.infer<typeof story>;

const mishap = z.object({ time: moment, log: text, room: text, device: text.optional(), what: text });
export type Mishap = z.infer<typeof mishap>;

const device = z.looseObject({
  path: text,
  title: text,
  state: z.looseObject({ kind: text, failure: failure.optional(), identity: z.looseObject({}).optional() }),
});
const finding = z.looseObject({ id: text, severity: text, what: text, meaning: text });
const job = z.looseObject({
  id: text,
  path: text,
  name: text,
  state: z.looseObject({ kind: text, failure: failure.optional() }),
});

/** Sections that are there if their source answered and the person did not leave them out. */
const sections = {
  /** Work on devices, the newest first. */
  stories: z.array(story),
  /** What the logs call an error, the newest first. */
  mishaps: z.array(mishap),
  devices: z.array(device),
  /** What is known of each device and what that means. */
  findings: z.array(z.object({ path: text, findings: z.array(finding) })),
  /** What a person had looked at: option bytes, flash, link; by request and port. */
  examined: z.array(z.looseObject({ request: text, path: text, time: moment })),
  jobs: z.array(job),
  host: z.array(z.looseObject({ result: text })),
  settings: z.looseObject({}),
  catalog: z.looseObject({ freshness: text }),
  /** Updates that were interrupted, without the bytes they saved. */
  journals: z.array(z.looseObject({})),
  /** What happened to the program itself in this run. */
  incidents: z.array(z.looseObject({ kind: text, time: moment })),
} as const;

export type SectionName = keyof typeof sections;
export type Sections = { readonly [S in SectionName]?: z.input<(typeof sections)[S]> | undefined };

const program = z.looseObject({
  name: text,
  version: text,
  /** `electron`, `loopback`, `command-line`. */
  host: text,
  platform: text,
  /** Release of the operating system, and processor. */
  system: text,
  versions: z.record(text, text),
  /** Devices are virtual. */
  demo: z.boolean(),
});
export type Program = z.infer<typeof program>;

export const bundleReport = z.looseObject({
  format: z.literal(REPORT_FORMAT),
  schema: z.int().min(1),
  taken: moment,
  serials: z.enum(['hashed', 'included']),
  program,
  ...(Object.fromEntries(
    Object.entries(sections).map(([name, schema]) => [name, schema.optional()]),
  ) as unknown as { readonly [S in SectionName]: z.ZodOptional<(typeof sections)[S]> }),
});
export type BundleReport = z.infer<typeof bundleReport>;
