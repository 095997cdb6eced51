/** `stepwise doctor`: what on this computer is in the way of its devices. Found by trying; nothing is changed. */
import type { Command } from 'commander';
import type { LinkQuality } from '../../../../shared/diagnosis.ts';
import { toFailure } from '../../../../shared/failure.ts';
import type { HostCheck, HostResult } from '../../../../shared/host-check.ts';
import type { Finding } from '../../../../shared/finding.ts';
import type { DeviceIdentity } from '../../../../shared/identity.ts';
import { identify } from '../../../devices/identify.ts';
import { findingsOf } from '../../../diagnostics/device/findings.ts';
import { expectedRate } from '../../../diagnostics/host/link.ts';
import { shippedRule } from '../../../diagnostics/host/linux/udev-rule.ts';
import { lookAtHost } from '../../../diagnostics/host/look.ts';
import { openedOf, type Subject } from '../../../diagnostics/host/subject.ts';
import { withDevice } from '../../../update/connect.ts';
import { checkpoint } from '../../../update/job.ts';
import { measureLink } from '../../../update/link-job.ts';
import type { UsbDevice } from '../../../usb/port.ts';
import { chooseDevices, formatUsbId, isCandidate } from '../choose-devices.ts';
import { LOOKING, type Start } from '../command.ts';
import { deviceLine } from '../device-words.ts';
import { ExitCode } from '../exit-code.ts';
import { marked } from '../failure-lines.ts';
import type { DeviceRun, Result, Run } from '../run.ts';
import { counted } from '../quantities.ts';
import { wrap } from '../typography.ts';
import { findingWords, remedyWords, topicWords } from '../words/host.ts';
import { examples } from './examples.ts';

export function addDoctor(program: Command, start: Start): void {
  program
    .command('doctor')
    .summary('why a device cannot be used, and what helps')
    .description(
      'Tries whether this computer lets Stepwise at the devices that are plugged in: USB, rights, driver, other programs, ' +
        'cable and hubs, speed. Where the system does not tell, that is said. Nothing is changed. Ends with 7 where something ' +
        'must be done, with 3 where no device is there.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise doctor --json > doctor.json', 'the same for a program, or for support'],
        [
          'stepwise doctor --virtual f405 --virtual-fault no-permission',
          'what it says of a device that is refused',
        ],
      ]),
    )
    .action((_options: unknown, command: Command) => start(command, LOOKING, examine));
}

/** What trying a device has shown. */
interface Tried {
  readonly identity: DeviceIdentity;
  /** What it means for an update. */
  readonly findings: readonly Finding[];
  readonly link?: { readonly quality: LinkQuality; readonly expected: number };
}

async function examine(run: Run): Promise<ExitCode> {
  const { bus, computer, stateFolder } = await run.usb();
  const { resourcesFolder } = run.surroundings;
  const results = await run.collect(await chosen(run), tryOut);
  checkpoint(run.signal);
  const checks = await lookAtHost({
    computer,
    stateFolder,
    resourcesFolder,
    rule: await shippedRule(resourcesFolder),
    attached: () => bus.list(),
    subjects: results.map(subjectOf),
  });
  run.reporter.say(table(checks, results, run.reporter.width));
  const mustBeDone = thingsToDo(checks, results);
  run.reporter.document({ checks, devices: results.map(deviceFacts), mustBeDone });
  if (mustBeDone > 0) return ExitCode.differs;
  return results.length === 0 ? ExitCode.noDevice : ExitCode.ok;
}

/** Nothing plugged in is nothing that could not be examined: then the computer is. */
async function chosen(run: Run): Promise<readonly UsbDevice[]> {
  const { bus } = await run.usb();
  if (run.options.device !== undefined) return chooseDevices(bus, run.options);
  // Where the bus cannot be told, that is one of the checks.
  const attached = await bus.list().catch(() => []);
  return attached.filter((device) => isCandidate(device, run.options));
}

async function tryOut({ device, connect, job }: DeviceRun): Promise<Tried> {
  const found = await identify(device, connect.clock);
  await found.loader.device.close();
  const { identity } = found;
  const findings = findingsOf(identity);
  if (identity.kind !== 'st-rom') return { identity, findings };
  try {
    const quality = await withDevice(device, connect, (open) => measureLink(open, job, () => undefined));
    return { identity, findings, link: { quality, expected: expectedRate(identity) } };
  } catch (error) {
    // What is locked cannot be read, and that is not the link's fault.
    if (openedOf(toFailure(error)).kind !== 'yes') throw error;
    return { identity, findings };
  }
}

function subjectOf(result: Result<Tried>): Subject {
  const { path, address, identity } = result.device;
  const { vendorId, productId } = identity;
  return {
    path,
    address,
    vendorId,
    productId,
    opened: 'failure' in result ? openedOf(result.failure) : { kind: 'yes' },
    runsApplication: 'value' in result && result.value.identity.kind === 'run-time',
    ...('value' in result && result.value.link && { link: result.value.link }),
  };
}

// -- in words ------------------------------------------------------------------------------------------------------------

const MARKS: Readonly<Record<HostResult, string>> = { ok: '✓', attention: '✗', note: '·', untold: '?' };
/** What is told of the device itself. */
const DEVICE = 'Device';
const TOPIC_WIDTH = Math.max(...Object.values(topicWords).map((word) => word.length)) + 2;
const INDENT = ' '.repeat(2 + TOPIC_WIDTH);

/** @param width characters of a line */
function table(checks: readonly HostCheck[], results: readonly Result<Tried>[], width: number): string[] {
  const general = checks.filter(({ device }) => device === undefined);
  const mustBeDone = thingsToDo(checks, results);
  return [
    '# This computer',
    ...general.flatMap((each) => checkLines(each, width)),
    ...results.flatMap((result) => [
      '',
      `# ${titleOf(result)}`,
      ...checks
        .filter(({ device }) => device === result.device.path)
        .flatMap((each) => checkLines(each, width)),
      ...('value' in result
        ? result.value.findings.filter(isWorthTelling).flatMap((each) => findingLines(each, width))
        : []),
    ]),
    '',
    mustBeDone === 0
      ? 'Nothing has to be done.'
      : `${counted(mustBeDone, 'thing has', 'things have')} to be done: see the marks ✗.`,
  ];
}

/** On the computer, and with devices that cannot be updated as they are. */
function thingsToDo(checks: readonly HostCheck[], results: readonly Result<Tried>[]): number {
  const prevented = results.flatMap((result) => ('value' in result ? result.value.findings : []));
  return (
    checks.filter(({ result }) => result === 'attention').length +
    prevented.filter(({ severity }) => severity === 'prevents').length
  );
}

function titleOf({ device, ...result }: Result<Tried>): string {
  const what = 'value' in result ? deviceLine(result.value.identity) : `USB ${formatUsbId(device.identity)}`;
  return `${device.path}  ${what}`;
}

function checkLines(check: HostCheck, width: number): string[] {
  const { topic, result, finding, facts, remedies } = check;
  const head = `${MARKS[result]} ${topicWords[topic].padEnd(TOPIC_WIDTH)}`;
  const words = wrap(findingWords(finding, facts), width - head.length);
  const todo = remedies.flatMap(remedyWords).flatMap((line) =>
    // A command is copied as it is: never broken.
    line.startsWith('$ ') ? [`${INDENT}  ${line}`] : marked(`${INDENT}→ `, line, width),
  );
  return [...words.map((line, at) => (at === 0 ? head : INDENT) + line), ...todo];
}

/** What there is nothing to do about is on the identity card. */
function isWorthTelling({ severity }: Finding): boolean {
  return severity !== 'note';
}

/** A defect that Stepwise knows how to go round is only good to know. */
function findingLines({ severity, what, meaning }: Finding, width: number): string[] {
  const head = `${severity === 'prevents' ? MARKS.attention : MARKS.note} ${DEVICE.padEnd(TOPIC_WIDTH)}`;
  return wrap(`${what} ${meaning}`, width - head.length).map((line, at) => (at === 0 ? head : INDENT) + line);
}

function deviceFacts(result: Result<Tried>) {
  const { path, identity: usb } = result.device;
  return 'failure' in result
    ? { path, usb: formatUsbId(usb), failure: result.failure }
    : {
        path,
        usb: formatUsbId(usb),
        title: result.value.identity.title,
        findings: result.value.findings,
        link: result.value.link ?? null,
      };
}
