/**
 * What `--json` writes, as schemas: made of those of `shared/` where a value crosses the contract too. A test runs the
 * commands and holds their output to these, field by field (`json-outputs.test.ts`); docs/reference/ has them as JSON
 * Schema.
 */
import { z } from 'zod';
import { manifest } from '../../src-main/diagnostics/bundle/manifest.ts';
import { bundleReport } from '../../src-main/diagnostics/bundle/report.ts';
import { catalogState } from '../../shared/catalog.ts';
import { flashSurvey, linkQuality, optionBytes, sectorTest } from '../../shared/diagnosis.ts';
import { failure } from '../../shared/failure.ts';
import { finding } from '../../shared/finding.ts';
import { workTime } from '../../shared/firmware.ts';
import { hostCheck } from '../../shared/host-check.ts';
import { deviceIdentity } from '../../shared/identity.ts';
import { progressEvent } from '../../shared/progress.ts';
import { release } from '../../shared/release.ts';

const path = z.string().describe('port of the device: `1-2.4`');
const usb = z.string().regex(/^[0-9A-F]{4}:[0-9A-F]{4}$/);
const bytes = z.int().min(0).describe('bytes');
const milliseconds = z.number().min(0).describe('milliseconds');
const address = z.int().min(0).describe('absolute address');
const range = z.object({ start: address, end: address.describe('first address behind') });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const identity = deviceIdentity.unwrap();
const { stepping, bootloaderId, bootloaderVersion, readProtected } = identity.shape;
const failed = z.object({ path, failure });

const image = z.object({
  name: z.string(),
  format: z.enum(['dfuse', 'dfu-suffix', 'intel-hex', 's-record', 'elf', 'raw']),
  bytes,
  sha256,
  ranges: z.array(z.object({ address, size: bytes })),
  assumedAddress: address.optional(),
});

const plan = z.object({
  bytes,
  alignment: bytes,
  outside: z.enum(['preserve', 'discard']),
  vectorTableLast: z.boolean(),
  sectors: z.array(
    z.object({ index: z.int(), address, size: bytes, bytes, outside: z.array(range), expected: workTime }),
  ),
  expected: workTime,
  lost: z.array(range),
  handled: z.array(z.object({ name: z.string(), what: z.string(), meaning: z.string() })),
  oddities: z.array(z.object({ kind: z.string(), sentence: z.string() })),
});
const planned = z.object({ identity, plan, interrupted: z.boolean() });

const words = z.object({ title: z.string(), why: z.string(), now: z.array(z.string()) });
const failureDocument = z.object({ exitCode: z.int(), failure, words });

const seenDevice = z.union([
  z.object({
    path,
    usb,
    title: z.string(),
    kind: identity.shape.kind,
    stepping,
    bootloaderId,
    bootloaderVersion,
    readProtected,
    serial: z.string().nullable(),
    interrupted: z.object({ name: z.string(), started: z.string() }).nullable(),
  }),
  failed.extend({ usb }),
]);

const offered = z.array(
  z.object({
    target: z.string(),
    bytes,
    sha256,
    release,
    early: z.boolean(),
    refusal: z
      .object({
        version: z.string(),
        reason: z.string(),
        why: z.record(z.string(), z.string()).optional(),
        wanted: z.string().optional(),
        found: z.string().optional(),
      })
      .nullable(),
  }),
);

/** By the name of the command that writes it. */
export const documents = {
  devices: z.object({
    devices: z.array(seenDevice),
    others: z.array(z.object({ path, usb })).optional(),
  }),
  info: z.object({
    devices: z.array(
      z.union([identity.extend({ findings: z.array(finding), interrupted: z.boolean() }), failed]),
    ),
  }),
  plan: z.object({ image, devices: z.array(z.union([planned.extend({ path }), failed])) }),
  releases: z.union([
    z.object({
      catalog: catalogState,
      devices: z.array(
        z.union([z.object({ path, product: z.string().nullable(), releases: offered }), failed]),
      ),
    }),
    z.object({ catalog: catalogState, releases: offered }),
  ]),
  convert: z.object({
    image,
    file: z.string(),
    format: z.enum(['bin', 'hex', 'dfu']),
    fileSize: bytes,
    filled: bytes,
    leftOut: z.array(z.object({ alternate: z.int(), name: z.string().nullable() })),
  }),
  doctor: z.object({
    checks: z.array(hostCheck),
    devices: z.array(
      z.union([
        z.object({
          path,
          usb,
          title: z.string(),
          findings: z.array(finding),
          link: z
            .object({ quality: linkQuality, expected: z.number().describe('bytes a second') })
            .nullable(),
        }),
        failed.extend({ usb }),
      ]),
    ),
    mustBeDone: z.int().min(0),
  }),
  virtual: z.object({
    virtualDevices: z.array(z.object({ name: z.string(), description: z.string() })),
    faults: z.array(z.object({ name: z.string(), description: z.string() })),
    hostFaults: z.array(z.object({ name: z.string(), description: z.string() })),
  }),
  bundle: z.object({
    file: z.string(),
    size: bytes,
    sha256,
    serials: z.enum(['hashed', 'included']),
    entries: manifest.shape.entries,
    contents: z.array(z.object({ name: z.string(), size: bytes })),
    leftOut: manifest.shape.leftOut,
  }),
  'bundle open': z.object({
    report: bundleReport,
    entries: manifest.shape.entries,
    leftOut: manifest.shape.leftOut,
    extracted: z.string().optional(),
  }),
  failure: failureDocument,
} as const;

const exitCode = z.int();
const departure = { left: z.boolean(), unreliable: z.boolean().optional() };

/** The last line of a device, by the command. */
export const outcomes = {
  flash: z.object({
    exitCode,
    unchanged: z.int(),
    rewritten: z.int(),
    proven: bytes,
    preserved: bytes,
    recoveries: z.int(),
    elapsed: milliseconds,
    left: departure.left.optional(),
    unreliable: departure.unreliable,
  }),
  verify: z.object({
    exitCode,
    equal: z.boolean(),
    compared: bytes,
    differing: bytes,
    differences: z.array(range),
    elapsed: milliseconds,
  }),
  read: z.object({ exitCode, file: z.string(), fileSize: bytes, range }),
  erase: z.object({ exitCode, sectors: z.int(), bytes }),
  survey: z.object({ exitCode, ...flashSurvey.unwrap().shape }),
  'option-bytes': z.object({ exitCode, blocks: z.array(optionBytes) }),
  'test-link': z.object({ exitCode, ...linkQuality.unwrap().shape }),
  'test-sector': z.object({ exitCode, ...sectorTest.unwrap().shape }),
  unprotect: z.object({ exitCode, unlocked: z.boolean() }),
  'enter-bootloader': z.object({ exitCode, path, usb, entered: z.boolean() }),
  leave: z.object({ exitCode, ...departure }),
} as const;

const line = <T extends string>(type: T, shape: z.ZodRawShape = {}) =>
  z.object({ type: z.literal(type), device: path.optional(), ...shape });

const progress = progressEvent.options.map((option) => option.unwrap().extend({ device: path }));

/** Lines of commands that do something; which of them a command writes is in docs/cli.md. */
export const lines = z.union([
  line('image', image.shape),
  line('release', { version: z.string(), target: z.string(), bytes, sha256 }),
  line('plan', { ...planned.shape }),
  line('plan', { identity, sectors: z.array(range) }),
  ...progress,
  ...Object.values(outcomes).map((outcome) => line('outcome', outcome.shape)),
  line('failure', failureDocument.shape),
  line('checked', { equal: z.boolean() }),
  ...seenDevice.options.map((seen) => line('attached', seen.shape)),
  line('detached', { path }),
]);
