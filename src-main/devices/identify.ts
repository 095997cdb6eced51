/**
 * What is this device? Descriptors say what kind of loader it is and, on an H74x, the stepping; then what the chip's
 * loader lets a host read: bootloader ID, flash size, unique ID. Everything is kept with how it is known.
 */
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { known, unknown, valueOf, type Fact } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { FLASH_START, flashLayout, parseLayout, type MemoryLayout } from '../dfuse/layout.ts';
import { openLoader, type OpenedLoader } from '../dfuse/loader.ts';
import type { EntryRules } from '../dfuse/entry.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import { BOOTLOADER_ID_BYTES, bootloaderIdIn, loaderVersion } from '../stm32/bootloader-id.ts';
import type { Family } from '../stm32/family.ts';
import type { LoaderIdentity, Quirk } from '../stm32/quirk.ts';
import { quirksOf } from '../stm32/quirks.ts';
import { steppingName } from '../stm32/stepping.ts';
import type { UsbDevice } from '../usb/port.ts';
import { banksOf } from './flash-geometry.ts';
import { recognise, type Candidate, type Recognition } from './recognise.ts';
import { CHIP_UNKNOWN, parsed, READ_PROTECTED, readRegister, unlessRefused } from './registers.ts';

/** A device that is open, in dfuIDLE, and known as far as it can be. */
export interface IdentifiedLoader {
  readonly loader: OpenedLoader;
  readonly identity: DeviceIdentity;
  /** The families it may belong to: one where the chip could be told. */
  readonly families: readonly Family[];
  /** The one to work with; it may be one of several that are alike to flash. */
  readonly family: Family | undefined;
  readonly quirks: readonly Quirk[];
  /** Layout of the internal flash as the loader shows it. */
  readonly flash: MemoryLayout;
  /** How to enter this loader again after a failure. */
  readonly entry: EntryRules;
}

const KILOBYTE = 1024;
const FLASH_SIZE_BYTES = 2;
const UNIQUE_ID_BYTES = 12;
/** Enough to see whether flash may be read at all. */
const PROBE_BYTES = 16;

/** Opens the device on its internal flash. @throws no-flash-layout, not-dfuse, UsbError; closed again then */
export function openOnFlash(device: UsbDevice, clock: Clock): Promise<OpenedLoader> {
  return openLoader(device, clock, (dfu) => {
    const flash = flashLayout(layoutsOf(dfu));
    if (!flash) {
      const strings = dfu.alternates.map(({ name }) => name ?? '');
      throw new StepwiseError('no-flash-layout', { strings }, { phase: 'identify' });
    }
    return flash.alternate;
  });
}

/** @throws what {@link openOnFlash} throws, stuck-busy, bad-state, UsbError; the device is closed again then */
export async function identify(device: UsbDevice, clock: Clock): Promise<IdentifiedLoader> {
  const loader = await openOnFlash(device, clock);
  try {
    return await identifyOpen(loader);
  } catch (error) {
    await device.close();
    throw error;
  }
}

/**
 * Loaders whose serial number is not the chip's look alike; the unique ID tells their chips apart, where it can be read.
 * @param again open; in dfuIDLE afterwards
 * @throws wrong-device-returned, and what entering and reading throw
 */
export async function expectSameChip(
  { identity, families, entry }: IdentifiedLoader,
  { device, session }: OpenedLoader,
): Promise<void> {
  const expected = valueOf(identity.uniqueId);
  if (expected === undefined) return;
  await session.enter(entry);
  const found = valueOf(await readUniqueId(session, families));
  if (found === undefined || found === expected) return;
  throw new StepwiseError('wrong-device-returned', {
    path: device.path,
    expected: `unique ID ${expected}`,
    found: `unique ID ${found}`,
  });
}

async function identifyOpen(loader: OpenedLoader): Promise<IdentifiedLoader> {
  const { session, dfu } = loader;
  const recognition = recognise(describe(loader));
  const candidates = recognition.kind === 'st-rom' ? recognition.candidates : [];
  const revision = recognition.kind === 'st-rom' ? recognition.revision : undefined;

  // Before the bootloader ID is known, anything the family's loaders get wrong must be expected.
  await session.enter(entryRules(quirksOfAll(candidates, undefined, revision)));
  const commands = await listCommands(session);
  const readProtected = await probeProtection(session);
  const { matches, bootloaderId } = await tellFamily(session, recognition, readProtected);
  const [only, ...others] = matches;
  const told = others.length === 0 ? only : undefined;
  const family = workable(matches);
  const quirks = quirksOfAll(matches, valueOf(bootloaderId), revision);
  for (const { effect } of quirks) {
    if (effect.kind === 'transfer-size-limit') session.limitTransferSize(effect.limit);
  }
  const families = matches.map((match) => match.family);
  const flashSize = await readFlashSize(session, families);
  const uniqueId = await readUniqueId(session, families);

  const flash = flashLayout(layoutsOf(dfu))?.layout;
  if (!flash) throw new StepwiseError('no-flash-layout', { strings: [] }, { phase: 'identify' });
  const banks = banksOf(
    flash,
    families.flatMap(({ sectorMaps }) => sectorMaps),
  );
  const { device, strings } = loader;
  return {
    loader,
    families,
    family,
    quirks,
    flash,
    entry: entryRules(quirks),
    identity: {
      path: device.path,
      kind: recognition.kind,
      title: titleOf(recognition, told?.family, strings.product),
      vendorId: device.identity.vendorId,
      productId: device.identity.productId,
      deviceVersion: device.identity.deviceVersion,
      ...strings,
      evidence: recognition.evidence,
      candidates: candidates.map((each) => ({ deviceId: each.family.deviceId, name: each.family.name })),
      family: told
        ? known({ deviceId: told.family.deviceId, name: told.family.name }, told.evidence.join('; '))
        : unknown(
            matches.length > 0
              ? 'several families show themselves alike'
              : 'no known family shows itself like this',
          ),
      stepping: steppingOf(told?.family, revision),
      revision: revision === undefined ? unknown(SERIAL_SAYS_NOTHING) : known(revision, SERIAL_IS_IDCODE),
      bootloaderId,
      bootloaderVersion: bootloaderId.known
        ? known(loaderVersion(bootloaderId.value).name, bootloaderId.how)
        : bootloaderId,
      flashSize,
      uniqueId,
      readProtected,
      commands,
      layouts: dfu.alternates.flatMap(({ name }) => (name === undefined ? [] : [name])),
      ...(banks && { banks }),
      transferSize: session.transferSize,
      quirks: quirks.map(({ name, what, source }) => ({ name, what, source })),
    },
  };
}

const SERIAL_IS_IDCODE = 'the USB serial number of this loader is DBGMCU_IDCODE';
const SERIAL_SAYS_NOTHING = 'the USB serial number of this loader does not tell it';

function describe({ device, strings, dfu }: OpenedLoader): Parameters<typeof recognise>[0] {
  const { vendorId, productId, deviceVersion, usbVersion } = device.identity;
  return {
    vendorId,
    productId,
    deviceVersion,
    usbVersion,
    ...strings,
    layouts: dfu.alternates.flatMap(({ alternate, name }) =>
      name === undefined ? [] : [{ alternate, text: name }],
    ),
    transferSize: dfu.transferSize,
    dfuVersion: dfu.dfuVersion,
  };
}

function layoutsOf(dfu: OpenedLoader['dfu']) {
  return dfu.alternates.flatMap(({ alternate, name }) => {
    const result = parseLayout(name ?? '');
    return result.ok ? [{ alternate, layout: result.layout }] : [];
  });
}

function listCommands(session: DfuSeSession): Promise<Fact<readonly number[]>> {
  return unlessRefused(
    session,
    async () => known(await session.readCommands(), 'GET COMMANDS'),
    () => unknown('the loader refused to list them'),
  );
}

/** Under read protection an upload answers errVENDOR, whatever the address (AN3156 §4). */
function probeProtection(session: DfuSeSession): Promise<Fact<boolean>> {
  return unlessRefused<boolean>(
    session,
    async () => {
      await session.readBlock(FLASH_START, FLASH_START, PROBE_BYTES);
      return known(false, 'flash can be read');
    },
    (error) =>
      isFailure(error, 'read-protected')
        ? known(true, 'the loader answers errVENDOR when flash is read')
        : unknown('the loader refused to read flash without saying why'),
  );
}

interface Told {
  /** The families it still can be; one where the chip could be told. */
  readonly matches: readonly Candidate[];
  readonly bootloaderId: Fact<number>;
}

/** Of several families with the same descriptors, those whose bootloader ID is where it should be. */
async function tellFamily(
  session: DfuSeSession,
  recognition: Recognition,
  readProtected: Fact<boolean>,
): Promise<Told> {
  if (recognition.kind !== 'st-rom')
    return { matches: [], bootloaderId: unknown('this is not an ST bootloader') };
  const { candidates } = recognition;
  if (valueOf(readProtected) === true) return { matches: candidates, bootloaderId: unknown(READ_PROTECTED) };

  const matches: Candidate[] = [];
  const ids: Fact<number>[] = [];
  for (const { family, evidence } of candidates) {
    const bytes = await readRegister(session, family.bootloaderId, BOOTLOADER_ID_BYTES);
    const id = parsed(bytes, (value) => bootloaderIdIn(family, value));
    if (id.known && family.knownBootloaderIds.includes(id.value)) {
      matches.push({ family, evidence: [...evidence, 'its bootloader ID is where this family has it'] });
      ids.push(id);
    } else if (candidates.length === 1) {
      ids.push(id);
    }
  }
  return { matches: matches.length > 0 ? matches : candidates, bootloaderId: agreed(ids) };
}

/** Families may have their bootloader IDs at different places, and a byte of code can look like one. */
function agreed(ids: readonly Fact<number>[]): Fact<number> {
  const [first, ...others] = ids;
  const same = first && others.every((other) => valueOf(other) === valueOf(first));
  return same ? first : unknown(CHIP_UNKNOWN);
}

/** The family to work with. Where the chip could not be told, the first match stands for all that are alike to flash. */
function workable(matches: readonly Candidate[]): Family | undefined {
  const [first, ...others] = matches.map(({ family }) => family);
  if (!first) return undefined;
  const alike = others.every(
    (other) => other.alignment === first.alignment && other.erasedValue === first.erasedValue,
  );
  return alike ? first : undefined;
}

/** What any of the matches gets wrong must be expected. */
function quirksOfAll(
  matches: readonly Candidate[],
  bootloaderId: number | undefined,
  revision: number | undefined,
): readonly Quirk[] {
  const all = matches.flatMap(({ family }) => quirksOf(loaderIdentity(family, bootloaderId, revision)));
  return [...new Set(all)];
}

async function readFlashSize(session: DfuSeSession, families: readonly Family[]): Promise<Fact<number>> {
  const bytes = await readCommon(session, families, 'flashSizeRegister', FLASH_SIZE_BYTES);
  const largest = Math.max(...families.flatMap(({ sectorMaps }) => sectorMaps.map((map) => map.flashSize)));
  return parsed(bytes, ([low = 0, high = 0]) => {
    const size = (low | (high << 8)) * KILOBYTE;
    return size > 0 && size <= largest ? size : undefined;
  });
}

async function readUniqueId(session: DfuSeSession, families: readonly Family[]): Promise<Fact<string>> {
  const bytes = await readCommon(session, families, 'uniqueId', UNIQUE_ID_BYTES);
  return parsed(bytes, (value) => {
    const blank = value.every((byte) => byte === 0) || value.every((byte) => byte === 0xff);
    return blank ? undefined : Buffer.from(value).toString('hex').toUpperCase();
  });
}

/** A register that all families the chip may belong to have at one place: elsewhere something else would be read. */
async function readCommon(
  session: DfuSeSession,
  families: readonly Family[],
  which: 'flashSizeRegister' | 'uniqueId',
  length: number,
): Promise<Fact<Uint8Array>> {
  const [register, ...others] = families.map((family) => family[which]);
  const common = others.every(
    (other) => other?.address === register?.address && other?.readable === register?.readable,
  );
  return families.length > 0 && common ? readRegister(session, register, length) : unknown(CHIP_UNKNOWN);
}

function steppingOf(family: Family | undefined, revision: number | undefined): Fact<string> {
  if (revision === undefined || !family) return unknown(SERIAL_SAYS_NOTHING);
  const letter = steppingName(family.deviceId, revision);
  return letter === undefined
    ? unknown(`revision code 0x${revision.toString(16)} is not published`)
    : known(letter, SERIAL_IS_IDCODE);
}

function titleOf(recognition: Recognition, family: Family | undefined, product: string | undefined): string {
  if (family) return `STM32 ${family.shortName}`;
  if (recognition.kind === 'clone') return recognition.name;
  return product ?? 'DFU device';
}

function loaderIdentity(
  family: Family,
  bootloaderId: number | undefined,
  revision: number | undefined,
): LoaderIdentity {
  return {
    deviceId: family.deviceId,
    ...(bootloaderId !== undefined && { bootloaderId }),
    ...(revision !== undefined && { revision }),
  };
}

function entryRules(quirks: readonly Quirk[]): EntryRules {
  let rules: EntryRules = {};
  for (const { effect } of quirks) {
    if (effect.kind === 'erase-never-reports-end') rules = { ...rules, unwedgeAfter: effect.settle };
    if (effect.kind === 'erase-reports-end-too-early') rules = { ...rules, settle: effect.settle };
  }
  return rules;
}
