/** Linux lets an account at a new kind of USB device only where a udev rule says so: ours, and how a person installs it. */

export const RULE = '70-stepwise.rules';
const FOLDER = '/etc/udev/rules.d/';

/** For a shell, one after the other. @param file the rule as it ships */
export function udevCommands(file: string): readonly string[] {
  return [`sudo cp ${quoted(file)} ${FOLDER}`, 'sudo udevadm control --reload && sudo udevadm trigger'];
}

/** Where a path has anything but plain characters in it. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
