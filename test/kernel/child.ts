/**
 * Another program that uses USB, for the tests that need one: `child.js ROLE PATH [USER_ID]`. It says on its first line of
 * output how it went, and ends when its input ends.
 */
import { openLibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { UsbError } from '../../src-main/usb/port.ts';
import type { UsbBus, UsbDevice } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { GET_STATUS, STATUS_LENGTH } from './requests.ts';

const [role, path, user] = process.argv.slice(2);

const say = (line: string) => process.stdout.write(`${line}\n`);
const untilInputEnds = () => new Promise((resolve) => process.stdin.once('end', resolve).resume());

/** Roles, each with what it proves. */
const roles: Readonly<Record<string, (bus: UsbBus, device: UsbDevice) => Promise<void>>> = {
  /** Opens the device and says how that went. */
  open: async (_, device) => {
    await device.open().then(
      () => say('open'),
      (error: unknown) => say(error instanceof UsbError ? error.kind : String(error)),
    );
    await device.close();
  },
  /** Holds the interface until it is told to let go. */
  hold: async (_, device) => {
    await device.open();
    await device.claim(0);
    say('held');
    await untilInputEnds();
    await device.close();
  },
  /** Listens, uses the device, closes it, and just stops: nothing may keep it alive. */
  listen: async (bus, device) => {
    bus.subscribe(() => undefined);
    await device.open();
    await device.close();
    say('listening');
  },
  /** Closes the bus with a device still open. */
  'close-bus': async (bus, device) => {
    bus.subscribe(() => undefined);
    await device.open();
    await device.claim(0);
    await bus.close();
    say('closed');
  },
  /** Ends in the middle of a transfer. */
  exit: async (_, device) => {
    await device.open();
    await device.claim(0);
    void device.controlIn(GET_STATUS, STATUS_LENGTH, 60_000);
    say('waiting');
    await untilInputEnds();
    process.exit(3);
  },
};

const bus = await openLibusbBus({ clock: systemClock });
const device = (await bus.list()).find((listed) => listed.path === path);
const act = role === undefined ? undefined : roles[role];
if (!device || !act) {
  say(`nothing to do for ${role} at ${path}`);
  process.exit(1);
}
if (user !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
await act(bus, device);
