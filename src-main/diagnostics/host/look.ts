/** Everything that is checked of a computer and of the way to each of its devices. Nothing is changed. */
import { hostTopic, type HostCheck } from '../../../shared/host-check.ts';
import { advise, check } from './check.ts';
import type { Computer } from './computer.ts';
import type { Departures } from './departures.ts';
import { folderCheck } from './folder.ts';
import type { Rule } from './linux/udev-rule.ts';
import { linkChecks } from './link.ts';
import { linuxWays } from './linux/ways.ts';
import { macWays } from './mac/ways.ts';
import { machineCheck } from './machine.ts';
import { shownChecks, type OnBus } from './shown.ts';
import type { Subject } from './subject.ts';
import { untold, type Ways } from './ways.ts';
import { windowsWays } from './windows/ways.ts';

export interface Scene {
  readonly computer: Computer;
  readonly rule: Rule;
  readonly resourcesFolder: string;
  readonly stateFolder: string;
  /** Everything on the bus. @throws where it cannot be told */
  readonly attached: () => Promise<readonly OnBus[]>;
  /** Devices that are ours or may be, and what became of opening them. */
  readonly subjects: readonly Subject[];
  /** Absent where nobody has watched. */
  readonly departures?: Departures;
}

/** First of the computer, then device by device. */
export async function lookAtHost(scene: Scene): Promise<readonly HostCheck[]> {
  const { computer, stateFolder, subjects, departures } = scene;
  const ways = await waysOf(scene);
  const perDevice = await Promise.all(subjects.map((subject) => lookAt(subject, ways)));
  return [
    ...(await busChecks(scene)),
    ...ways.general,
    await machineCheck(computer),
    await folderCheck(stateFolder),
    ...perDevice.flat(),
    ...(departures?.checks(subjects.map(({ path }) => path)) ?? []),
  ].sort(inOrder);
}

/** The computer comes before its devices, and each of them has its topics in the same order. */
function inOrder(a: HostCheck, b: HostCheck): number {
  const { device: one = '' } = a;
  const { device: other = '' } = b;
  const topic = (check: HostCheck) => hostTopic.options.indexOf(check.topic);
  return one.localeCompare(other, 'en', { numeric: true }) || topic(a) - topic(b);
}

async function busChecks({ attached, subjects }: Scene): Promise<readonly HostCheck[]> {
  try {
    const all = await attached();
    return [check('usb-works', { devices: all.length }), ...shownChecks(all, subjects)];
  } catch (error) {
    return [check('usb-fails', { detail: error instanceof Error ? error.message : String(error) })];
  }
}

function waysOf({ computer, rule, resourcesFolder }: Scene): Promise<Ways> {
  switch (computer.platform) {
    case 'linux':
      return linuxWays(computer, rule);
    case 'darwin':
      return macWays(computer);
    case 'win32':
      return windowsWays(computer, resourcesFolder);
    default:
      return Promise.resolve({
        ...untold,
        refusal: ({ path: device }) =>
          Promise.resolve(check('open-refused', {}, { device, remedies: advise('replug') })),
      });
  }
}

async function lookAt(subject: Subject, ways: Ways): Promise<readonly HostCheck[]> {
  const { path: device, link } = subject;
  return [
    ...(await opening(subject, ways)),
    check('attached', await ways.topology(subject), { device }),
    ...(await ways.supply(subject)),
    ...(link ? linkChecks(link.quality, link.expected, device) : []),
  ];
}

/** Whether it could be opened; where it could not, whose fault that is. */
async function opening(subject: Subject, ways: Ways): Promise<readonly HostCheck[]> {
  const { path: device, opened } = subject;
  const driver = await ways.driver(subject);
  switch (opened.kind) {
    case 'yes':
      return [check('opened', {}, { device }), ...driver];
    case 'not-tried':
      return [check('not-tried', {}, { device })];
    case 'busy':
      return [...driver, ...(await holders(subject, ways, true))];
    case 'no-permission':
      return [await ways.refusal(subject), ...driver, ...(await holders(subject, ways))];
    case 'no-driver':
      return driver.length > 0
        ? driver
        : [check('no-access', {}, { device, remedies: advise('replug', 'hand-over') })];
    case 'failed':
      return [
        check(
          'open-failed',
          { detail: opened.detail },
          { device, remedies: advise('replug', 'other-cable') },
        ),
        ...driver,
        ...(await holders(subject, ways)),
      ];
  }
}

/** @param surely somebody holds it, whoever that is */
async function holders(subject: Subject, ways: Ways, surely = false): Promise<readonly HostCheck[]> {
  const { path: device } = subject;
  const programs = await ways.programs(subject);
  const about = { device, remedies: advise('close-programs') };
  if (programs.length > 0) return [check('held', { programs }, about)];
  return surely ? [check('held-untold', {}, about)] : [];
}
