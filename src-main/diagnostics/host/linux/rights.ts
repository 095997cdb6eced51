/** A device that this account may not open, on Linux. */
import type { HostCheck, HostRemedy } from '../../../../shared/host-check.ts';
import { advise, check, command } from '../check.ts';
import type { Computer } from '../computer.ts';
import type { Subject } from '../subject.ts';
import { canAsk } from './pkexec.ts';
import { deviceNode } from './usbfs.ts';
import { installedRule, lendCommand, letsIn, ruleCommand, type Rule } from './udev-rule.ts';

export async function refusedOnLinux(computer: Computer, subject: Subject, rule: Rule): Promise<HostCheck> {
  const device = subject.path;
  const file = await installedRule(computer.files, subject);
  if (file !== undefined) {
    const seated = !computer.environment['SSH_CONNECTION'];
    const remedies = [
      ...advise(seated ? 'replug' : 'sit-in-front'),
      command(lendCommand(deviceNode(subject))),
    ];
    return check('rule-ineffective', { file, seated }, { device, remedies });
  }
  // A rule that does not name the device would change nothing.
  if (rule.text !== undefined && !letsIn(rule.text, subject))
    return check('rule-missing', {}, { device, remedies: [command(lendCommand(deviceNode(subject)))] });
  return check('rule-missing', {}, { device, remedies: await remediesOf(computer, rule) });
}

async function remediesOf(computer: Computer, rule: Rule): Promise<readonly HostRemedy[]> {
  const { text } = rule;
  const button: readonly HostRemedy[] =
    text !== undefined && (await canAsk(computer)) ? [{ kind: 'install-rule', rule: text }] : [];
  return [...button, command(ruleCommand(rule, computer)), ...advise('replug')];
}
