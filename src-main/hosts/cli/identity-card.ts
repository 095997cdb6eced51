/** What is known of a device, like a passport: each fact with how it is known, or why it is not. */
import type { Fact } from '../../../shared/fact.ts';
import type { Finding, Severity } from '../../../shared/finding.ts';
import type { DeviceIdentity, DeviceKind } from '../../../shared/identity.ts';
import { formatUsbId } from './choose-devices.ts';
import { byteHex, wordHex } from './device-words.ts';
import { fieldLines, type Field } from './fields.ts';
import { byteCount, kilobytes } from './quantities.ts';
import { sentence, wrap } from './typography.ts';

const KINDS: Readonly<Record<DeviceKind, string>> = {
  'st-rom': 'ST’s own bootloader in ROM',
  clone: 'a bootloader of another maker',
  'other-dfuse': 'a bootloader that speaks DfuSe, but not ST’s own',
  'plain-dfu': 'a bootloader without ST’s extensions: it knows no addresses',
  'run-time': 'an application that can be sent to its bootloader',
};

/** Commands of AN3156 §5 by their bytes. */
const COMMANDS: Readonly<Record<number, string>> = {
  0x00: 'get commands',
  0x21: 'set address',
  0x41: 'erase',
  0x92: 'read unprotect',
};

/** @param width characters of a line */
export function identityCard(
  identity: DeviceIdentity,
  findings: readonly Finding[],
  width: number,
): string[] {
  const { vendorId, productId, deviceVersion, serial, manufacturer, product } = identity;
  const usb = `${formatUsbId({ vendorId, productId })}, version ${wordHex(deviceVersion)}`;
  const names = [manufacturer, product].filter((name) => name !== undefined).join(', ');
  const fields: Field[] = [
    ['Port', [identity.path]],
    ['Kind', [KINDS[identity.kind], ...identity.evidence.map((reason) => `· ${reason}`)]],
    ['Chip', chipLines(identity)],
    ['Stepping', factLines(identity.stepping, (letter) => letter)],
    ['Revision ID', factLines(identity.revision, wordHex)],
    ['Bootloader', factLines(identity.bootloaderVersion, (version) => `${version}${idOf(identity)}`)],
    ['Flash size', factLines(identity.flashSize, kilobytes)],
    ['Unique ID', factLines(identity.uniqueId, (id) => id)],
    ['Locked', factLines(identity.readProtected, (locked) => (locked ? 'yes' : 'no'))],
    ['Commands', factLines(identity.commands, (bytes) => bytes.map(commandName).join(', '))],
    ['USB', [usb, ...(names === '' ? [] : [names]), `serial number ${serial ?? 'none'}`]],
    ['Memory', identity.layouts.map((text) => text.trim())],
    ['Block', [byteCount(identity.transferSize)]],
  ];
  return [`# ${identity.title}`, '', ...fieldLines(fields, width), ...findingLines(findings, width)];
}

function chipLines({ family, candidates }: DeviceIdentity): string[] {
  const lines = factLines(family, ({ name }) => name);
  if (family.known || candidates.length === 0) return lines;
  return [...lines, `· one of ${candidates.map(({ name }) => name).join(', ')}`];
}

function idOf({ bootloaderId }: DeviceIdentity): string {
  return bootloaderId.known ? `, ID ${byteHex(bootloaderId.value)}` : '';
}

function factLines<T>(fact: Fact<T>, show: (value: T) => string): string[] {
  return fact.known ? [show(fact.value), `· ${fact.how}`] : [`not known: ${fact.why}`];
}

function commandName(byte: number): string {
  return `${byteHex(byte)} ${COMMANDS[byte] ?? 'unknown'}`;
}

const SECTIONS: readonly (readonly [severities: readonly Severity[], title: string])[] = [
  [['prevents'], 'What prevents an update'],
  [['slows', 'handled'], 'What is wrong with it, and what Stepwise does about it'],
  [['note'], 'Also known of it'],
];

/** What each finding says, what it means, and where it is written; under the names that documents and support use. */
function findingLines(findings: readonly Finding[], width: number): string[] {
  const indent = '    ';
  return SECTIONS.flatMap(([severities, title]) => {
    const found = findings.filter(({ severity }) => severities.includes(severity));
    if (found.length === 0) return [];
    return [
      '',
      `# ${title}`,
      ...found.flatMap(({ id, what, meaning, source }) => [
        `  ${id}`,
        ...[what, meaning, `Source: ${sentence(source)}`].flatMap((text) =>
          wrap(text, width - indent.length).map((line) => indent + line),
        ),
      ]),
    ];
  });
}
