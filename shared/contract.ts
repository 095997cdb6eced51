/**
 * The contract between the side that owns the devices and the screens: every request and every event, once. What
 * crosses is parsed against it in both directions (`src-main/services/contract-server.ts`); the types of handlers and
 * clients follow from it. Any request may fail with a {@link failure}, and with nothing else.
 */
import { z } from 'zod';
import { appUpdate } from './app-update.ts';
import { bundleMade, bundlePreview } from './bundle.ts';
import { catalogState, fetchProgress } from './catalog.ts';
import { device } from './device.ts';
import {
  flashSurvey,
  linkQuality,
  optionBytes,
  sectorTest,
  sectorTestStep,
  surveyedSector,
} from './diagnosis.ts';
import { consentKind, failure } from './failure.ts';
import { finding } from './finding.ts';
import { firmware, interrupted, review } from './firmware.ts';
import { hostCheck, mended } from './host-check.ts';
import { deviceIdentity } from './identity.ts';
import { incident } from './incident.ts';
import { job, jobEvent } from './job.ts';
import { logLine } from './log.ts';
import { product } from './product.ts';
import { settings } from './settings.ts';

/** A file of firmware is small; what is larger is something else. */
export const LARGEST_FILE = 64 * 1024 * 1024;
/** Lines of the log in one answer. */
export const LOG_PAGE = 5_000;

interface Declaration<A extends z.ZodType, R extends z.ZodType, P extends z.ZodType> {
  readonly args: A;
  readonly result: R;
  /** What the request tells while it runs. */
  readonly progress: P;
  /** Stopping it midway leaves everything as it was. */
  readonly cancellable: boolean;
}

/** Answered at once. */
function request<A extends z.ZodRawShape, R extends z.ZodType>(
  args: A,
  result: R,
): Declaration<z.ZodObject<A, z.core.$strict>, R, z.ZodNever> {
  return { args: z.strictObject(args), result, progress: z.never(), cancellable: false };
}

/** Takes a while: tells how far it is, and can be stopped. */
function work<A extends z.ZodRawShape, R extends z.ZodType, P extends z.ZodType>(
  args: A,
  result: R,
  progress: P,
): Declaration<z.ZodObject<A, z.core.$strict>, R, P> {
  return { args: z.strictObject(args), result, progress, cancellable: true };
}

const path = z.string().max(64);
const id = z.string().max(128);
const nothing = z.null();

const about = z
  .object({
    version: z.string(),
    platform: z.enum(['linux', 'darwin', 'win32', 'other']),
    host: z.enum(['electron', 'loopback']),
    /** Devices are virtual: nothing here is real. */
    demo: z.boolean(),
    /** Program or library → version. */
    versions: z.record(z.string(), z.string()),
    product,
    settings,
    /** The settings could not be read when the program started, and lie now there, if they could be set aside. */
    damagedSettings: z.object({ keptAt: z.string().optional() }).readonly().optional(),
  })
  .readonly();

/** A page is one of the maker's links, by its place among them. */
const outside = z.union([
  z.enum(['support', 'support-mail', 'logs-folder']),
  z.strictObject({ page: z.int().min(0) }).readonly(),
]);
export type OutsideName = z.infer<typeof outside>;

export const requests = {
  // -- the application
  'app.about': request({}, about),
  /** Opens something outside: never an address the screen could choose. */
  'app.open': request({ what: outside }, nothing),
  'settings.change': request({ change: settings.unwrap().partial() }, settings),

  // -- newer versions of the application
  'app-update.state': request({}, appUpdate),
  /** Asks the repository for news now; answered when it is known whether there are any. */
  'app-update.check': request({}, appUpdate),
  /** Fetches again what could not be fetched. */
  'app-update.retry': request({}, appUpdate),
  /** Only what is ready. `later` takes back that it is installed at quit. */
  'app-update.install': request({ when: z.enum(['now', 'at-quit', 'later']) }, appUpdate),

  // -- devices
  'devices.list': request({}, z.array(device).readonly()),
  /** Asks an unusable device again. */
  'devices.look': request({ path }, device),
  'devices.enter-bootloader': request({ path }, nothing),
  /** The person says which of `products` it is. */
  'devices.choose-product': request({ path, product: id }, nothing),

  // -- firmware
  /** What there is for this device, best first; refused ones with their reason. */
  'firmware.list': request({ path }, z.array(firmware).readonly()),
  /** Brings a release from the repository, if it is not here already. */
  'firmware.fetch': work({ path, firmware: id }, firmware, fetchProgress),
  'catalog.state': request({}, catalogState),
  /** Asks the repository for news now; answered when it is known whether there are any. */
  'catalog.check': request({}, catalogState),
  /** A file the person chose. `content` is its bytes in base64. */
  'firmware.add': request(
    {
      name: z.string().max(255),
      content: z.base64().max(Math.ceil(LARGEST_FILE / 3) * 4),
      /** Absolute address of a raw image. */
      address: z.int().min(0).max(0xffff_ffff).optional(),
    },
    firmware,
  ),

  // -- updates
  'update.review': request({ path, firmware: id, discardOutside: z.boolean() }, review),
  'update.start': request(
    { path, firmware: id, discardOutside: z.boolean(), consents: z.array(consentKind) },
    z.object({ job: id }),
  ),
  'update.unprotect': request({ path, consents: z.array(consentKind) }, z.object({ job: id })),
  'update.interrupted': request({}, z.array(interrupted).readonly()),
  /** The person does not want to go on with it. */
  'update.forget': request({ path }, nothing),
  'jobs.list': request({}, z.array(job).readonly()),
  'jobs.cancel': request({ job: id }, nothing),
  /** A job that is over disappears from the list. */
  'jobs.dismiss': request({ job: id }, nothing),

  // -- diagnostics
  'diagnose.identity': request({ path }, deviceIdentity),
  /** What is known of a device means, with all that was read of it since it was plugged in. */
  'diagnose.findings': request({ path }, z.array(finding).readonly()),
  /** Reads all of flash, sector by sector, as it goes; compares it with `firmware` where that is chosen. */
  'diagnose.survey': work({ path, firmware: id.optional() }, flashSurvey, surveyedSector),
  /** Writes to one unused sector and leaves it blank again. */
  'diagnose.sector': work({ path, consents: z.array(consentKind) }, sectorTest, sectorTestStep),
  'diagnose.link': work({ path }, linkQuality, linkQuality),
  'diagnose.options': request({ path }, z.array(optionBytes).readonly()),
  'diagnose.host': request({}, z.array(hostCheck).readonly()),
  /** Installs what lets this computer at the device, as far as it can be done from here, and tries the device again. */
  'host.mend': request({ path, what: z.enum(['rule', 'driver']) }, mended),

  // -- the file for support
  /** Draws it up from all there is, within seconds and whatever hangs; only the last one can be made. */
  'bundle.preview': request({ includeSerials: z.boolean() }, bundlePreview),
  /** @param without names of its contents */
  'bundle.make': request({ draft: id, without: z.array(z.string().max(255)).max(1_000) }, bundleMade),

  // -- the program itself
  /** What happened to it, and nobody has said to have seen. */
  'incidents.list': request({}, z.array(incident).readonly()),
  'incidents.dismiss': request({ incident: z.int() }, nothing),

  // -- the log
  /** Up to {@link LOG_PAGE} lines before this number, oldest first; the newest ones without it. */
  'logs.read': request({ before: z.int().optional() }, z.array(logLine).readonly()),

  // -- virtual devices; refused where devices are real
  'demo.catalogue': request({}, z.array(z.object({ name: z.string(), title: z.string() })).readonly()),
  /** Plugs a virtual device in; `fault` is one of `demo.faults`. */
  'demo.plug': request(
    { device: z.string().max(64), fault: z.string().max(64).optional() },
    z.object({ path }),
  ),
  'demo.faults': request({}, z.array(z.string()).readonly()),
  'demo.unplug': request({ path }, nothing),
  /** Unplugs it if it is in, and plugs it in again; with BOOT0 held or not. */
  'demo.replug': request({ path, boot0: z.boolean() }, nothing),
} as const;

export const events = {
  /** All devices, whenever one of them changes. */
  devices: z.array(device).readonly(),
  /** A job has begun. */
  'job-begun': job,
  /** What a job told, gathered so that there are no more than twenty of these a second. */
  job: z.object({ job: id, events: z.array(jobEvent).readonly() }).readonly(),
  'job-dismissed': z.object({ job: id }).readonly(),
  settings,
  catalog: catalogState,
  'app-update': appUpdate,
  log: z.array(logLine).readonly(),
  /** All that are open, whenever one comes or goes. */
  incidents: z.array(incident).readonly(),
  /** Somebody opened a firmware file with this program. */
  'firmware-opened': z.object({ firmware: firmware.optional(), failure: failure.optional() }).readonly(),
} as const;

export type RequestName = keyof typeof requests;
export type Arguments<N extends RequestName> = z.input<(typeof requests)[N]['args']>;
export type Result<N extends RequestName> = z.output<(typeof requests)[N]['result']>;
export type Progress<N extends RequestName> = z.output<(typeof requests)[N]['progress']>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>;

/** How a screen talks to the main side, whatever lies in between. */
export interface Client {
  /** @throws {@link ContractFailure} and nothing else */
  request<N extends RequestName>(
    name: N,
    args: Arguments<N>,
    options?: RequestOptions<N>,
  ): Promise<Result<N>>;
  /** @returns ends the subscription */
  subscribe<N extends EventName>(name: N, listener: (event: EventOf<N>) => void): () => void;
  /** Tells when the main side is lost and when it is back; what was known is to be asked anew then. */
  watchConnection(listener: (state: ConnectionState) => void): () => void;
}

/** `replaced`: another window works with the devices now, and this one does not come back by itself. */
export type ConnectionState = 'connected' | 'lost' | 'replaced';

export interface RequestOptions<N extends RequestName> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress<N>) => void;
}
