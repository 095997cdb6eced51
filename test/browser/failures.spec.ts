import { readFile } from 'node:fs/promises';
import { expect, test, type Screens } from './screens.ts';

const DEVICE = 'h743-v-0x90';

test('an account that may not use the device is told so', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'no-permission');
  await expect(screens.page.getByText('Your account may not use this device yet')).toBeVisible();
  await expect(screens.button('Continue')).toBeDisabled();
  await screens.picture('problem-no-permission');
});

test('a device the system gives no access to is told so', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'no-driver');
  await expect(screens.page.getByText('The computer has no way to the device')).toBeVisible();
  await expect(screens.button('Continue')).toBeDisabled();
  await screens.picture('problem-no-driver');
});

test('another program uses the device; once it is closed, looking again finds it ready', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'busy');
  await expect(screens.page.getByText('Another program is using the device')).toBeVisible();
  await screens.picture('problem-busy');
  await screens.button('Look again').click();
  await expect(screens.heading('Your device is ready')).toBeVisible();
});

test('unplugged while it is written, and plugged in again: the update goes on by itself', async ({
  open,
}) => {
  const screens = await open({ speed: 4 });
  await screens.plug(DEVICE, 'unplugged-in-mid-write');
  await screens.update();
  await expect(screens.page.getByText(/plug .* in again/i).first()).toBeVisible();
  await screens.picture('problem-unplugged');
  await screens.button(/Show the desk/).click();
  await screens.button('Replug with BOOT0').click();
  await screens.button(/Hide the desk/).click();
  await expect(screens.heading('Your device is up to date')).toBeVisible({ timeout: 30_000 });
});

test('a locked device says that it is locked, and what unlocking would cost', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'read-protected');
  await screens.button('Continue').click();
  await expect(screens.page.getByText('locked against reading and writing').first()).toBeVisible();
  await screens.picture('problem-read-protected');
});

const hopeless: readonly (readonly [fault: string, title: string])[] = [
  ['write-protected', 'Part of the memory cannot be erased'],
  ['verify-mismatch', 'What was written is not what is there'],
];
for (const [fault, title] of hopeless)
  test(`${fault} ends in words, and support gets a file`, async ({ open }) => {
    const screens = await open();
    await screens.plug(DEVICE, fault);
    await screens.update();
    await expect(screens.heading(title)).toBeVisible();
    await expect(screens.page.getByText('The device is not damaged').first()).toBeVisible();
    await screens.picture(`problem-${fault}`);
    expect(await exported(screens)).toContain(
      fault === 'write-protected' ? 'erase-failed' : 'verify-mismatch',
    );
  });

test('an erase that hangs and can be shaken loose is a success', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'stuck-erase-recovers');
  await screens.update();
  await expect(screens.heading('Your device is up to date')).toBeVisible();
});

test('an erase that hangs for ever asks for a replug, and then says what is the matter', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'stuck-erase-never');
  await screens.update();
  await expect(screens.page.getByText(/plug .* in again/i).first()).toBeVisible({ timeout: 30_000 });
  await screens.picture('problem-stuck-needs-replug');
  await expect(screens.heading('What to do now')).toBeVisible({ timeout: 30_000 });
  await screens.picture('problem-stuck');
});

test('the part that works on devices is gone: the screen says so and does not pretend', async ({ open }) => {
  const screens = await open({ devices: [DEVICE], mayComplain: true });
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await screens.host.kill();
  await expect(screens.page.getByText('The program behind this window does not answer')).toBeVisible();
  await screens.picture('problem-host-gone');
});

async function exported({ page, button }: Screens): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button('Export for support').click()]);
  return readFile(await download.path(), 'utf8');
}
