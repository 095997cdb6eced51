/** Without a command: the help, and what is plugged in as far as that can be told at once. */
import { formatUsbId, isCandidate } from './choose-devices.ts';
import type { Surroundings } from './surroundings.ts';

/** One sentence or more. Nothing is opened. */
export async function pluggedIn({ openBus }: Surroundings): Promise<string> {
  try {
    const bus = await openBus();
    const devices = (await bus.list()).filter((device) => isCandidate(device, {}));
    await bus.close();
    const [first, ...others] = devices.map(({ path, identity }) => `${path} (USB ${formatUsbId(identity)})`);
    if (first === undefined) return 'No device is in its bootloader now. `stepwise demo` needs none.';
    return `In its bootloader now: ${[first, ...others].join(', ')}. \`stepwise info\` shows what it is.`;
  } catch {
    // Help is what was asked for; what is wrong with USB is told by the commands that need it.
    return 'USB cannot be looked at here: `stepwise devices` says why.';
  }
}
