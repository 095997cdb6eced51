/**
 * The identity card of a device: each fact in words, what it means for updating this device, and how it is known or
 * why it is not. Whatever the bootloader does not tell is said to be unknown, with the reason.
 */
import type { Fact } from '../../shared/fact.ts';
import type { DeviceIdentity, DeviceKind } from '../../shared/identity.ts';
import { bytes, size } from '../parts/quantities.ts';
import * as m from '../paraglide/messages.js';
import { told, type Told } from './known-words.ts';

export interface Entry {
  readonly name: string;
  /** Lines; none where it is not known. */
  readonly values: readonly string[];
  /** Addresses, numbers and strings of the device itself. */
  readonly verbatim: boolean;
  readonly meaning?: string | undefined;
  /** How it is known, or why it is not. */
  readonly because: readonly Told[];
}

/** Known chips whose loader shows DBGMCU_IDCODE as its serial number: the same on all chips of one stepping. */
const SERIAL_IS_IDCODE = 'the USB serial number of this loader is DBGMCU_IDCODE';

const KINDS: Readonly<Record<DeviceKind, () => string>> = {
  'st-rom': m.diagnostics_kind_st_rom,
  clone: m.diagnostics_kind_clone,
  'other-dfuse': m.diagnostics_kind_other_dfuse,
  'plain-dfu': m.diagnostics_kind_plain_dfu,
  'run-time': m.diagnostics_kind_run_time,
};

/** Commands of AN3156 §5 by their bytes. */
const COMMANDS: Readonly<Record<number, string>> = {
  0x00: 'GET COMMANDS',
  0x21: 'SET ADDRESS',
  0x41: 'ERASE',
  0x92: 'READ UNPROTECT',
};

/** What a person asks about first: chip, stepping, bootloader. */
export function firstEntries(identity: DeviceIdentity): readonly Entry[] {
  return [
    chip(identity),
    stepping(identity),
    bootloader(identity),
    flashSize(identity),
    protection(identity),
  ];
}

/** What an engineer asks about besides. */
export function otherEntries(identity: DeviceIdentity): readonly Entry[] {
  return [uniqueId(identity), ...connection(identity), ...protocol(identity)];
}

function entry<T>(
  name: string,
  fact: Fact<T>,
  show: (value: T) => string,
  options: { readonly verbatim?: boolean; readonly known?: string; readonly unknown?: string } = {},
): Entry {
  return {
    name,
    values: fact.known ? [show(fact.value)] : [],
    verbatim: options.verbatim ?? false,
    meaning: fact.known ? options.known : options.unknown,
    because: [told(fact.known ? fact.how : fact.why)],
  };
}

function chip({ family, candidates, kind, evidence }: DeviceIdentity): Entry {
  const names = candidates.map(({ name }) => name).join(', ');
  const plain = entry(m.diagnostics_family(), family, ({ name }) => name);
  return {
    ...plain,
    meaning: [...(family.known || names === '' ? [] : [m.diagnostics_one_of({ names })]), KINDS[kind]()].join(
      ' ',
    ),
    because: [...evidence.map((text): Told => ({ text, english: true })), ...plain.because],
  };
}

function stepping({ stepping: letter, revision }: DeviceIdentity): Entry {
  const code = revision.known ? ` · REV_ID ${hexDigits(revision.value, 4)}` : '';
  return entry(
    m.diagnostics_stepping(),
    letter,
    (value) => `${m.diagnostics_stepping_value({ letter: value })}${code}`,
    { known: m.diagnostics_stepping_meaning(), unknown: m.diagnostics_stepping_unknown() },
  );
}

function bootloader({ bootloaderId, bootloaderVersion, quirks }: DeviceIdentity): Entry {
  return entry(
    m.diagnostics_bootloader(),
    bootloaderVersion,
    (version) =>
      bootloaderId.known
        ? m.diagnostics_bootloader_value({ version, id: hexDigits(bootloaderId.value, 2) })
        : version,
    {
      known: quirks.length > 0 ? m.diagnostics_bootloader_quirks() : m.diagnostics_bootloader_clean(),
      unknown: m.diagnostics_bootloader_unknown(),
    },
  );
}

function flashSize({ flashSize: fact }: DeviceIdentity): Entry {
  return entry(m.diagnostics_flash_size(), fact, (value) => `${size(value)} · ${bytes(value)}`, {
    known: m.diagnostics_flash_size_meaning(),
    unknown: m.diagnostics_flash_size_unknown(),
  });
}

function protection({ readProtected }: DeviceIdentity): Entry {
  const locked = readProtected.known && readProtected.value;
  return entry(
    m.diagnostics_locked(),
    readProtected,
    (on) => (on ? m.diagnostics_locked_yes() : m.diagnostics_locked_no()),
    locked ? { known: m.diagnostics_locked_yes_meaning() } : {},
  );
}

function uniqueId({ uniqueId: fact }: DeviceIdentity): Entry {
  return entry(m.diagnostics_unique_id(), fact, (id) => id, {
    verbatim: true,
    known: m.diagnostics_unique_id_meaning(),
    unknown: m.diagnostics_unique_id_unknown(),
  });
}

function connection(identity: DeviceIdentity): readonly Entry[] {
  const { serial, path, vendorId, productId, deviceVersion, manufacturer, product, revision } = identity;
  const isIdcode = revision.known && revision.how === SERIAL_IS_IDCODE;
  const byDescriptor: readonly Told[] = [{ text: m.diagnostics_how_descriptor(), english: false }];
  const usb = m.diagnostics_usb_value({
    id: `${hexDigits(vendorId, 4, '')}:${hexDigits(productId, 4, '')}`,
    version: hexDigits(deviceVersion, 4),
  });
  return [
    {
      name: m.diagnostics_serial(),
      values: serial === undefined ? [] : [serial],
      verbatim: true,
      meaning: serial === undefined ? undefined : isIdcode ? m.diagnostics_serial_stepping() : undefined,
      because: serial === undefined ? [{ text: m.diagnostics_serial_none(), english: false }] : byDescriptor,
    },
    {
      name: m.diagnostics_port(),
      values: [path],
      verbatim: true,
      meaning: m.diagnostics_port_meaning(),
      because: [{ text: m.diagnostics_how_port(), english: false }],
    },
    {
      name: m.diagnostics_usb(),
      values: [usb, ...[manufacturer, product].filter((name) => name !== undefined)],
      verbatim: false,
      because: byDescriptor,
    },
  ];
}

function protocol({ layouts, transferSize, commands }: DeviceIdentity): readonly Entry[] {
  const byDescriptor: readonly Told[] = [{ text: m.diagnostics_how_descriptor(), english: false }];
  return [
    {
      name: m.diagnostics_layout(),
      values: layouts.map((text) => text.trim()),
      verbatim: true,
      meaning: m.diagnostics_layout_meaning(),
      because: byDescriptor,
    },
    {
      name: m.diagnostics_block(),
      values: [bytes(transferSize)],
      verbatim: false,
      because: byDescriptor,
    },
    entry(m.diagnostics_commands(), commands, (list) =>
      list.map((byte) => `${hexDigits(byte, 2)} ${COMMANDS[byte] ?? ''}`.trim()).join(' · '),
    ),
  ];
}

/** `0x90`. */
export function hexDigits(value: number, digits: number, prefix = '0x'): string {
  return `${prefix}${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}
