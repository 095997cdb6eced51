import { readFile } from 'node:fs/promises';
import { unpack } from '../../src-main/diagnostics/bundle/unpack.ts';
import { expect, test, type Screens } from './screens.ts';

const DEVICE = 'h743-v-0x90';

test('an account that may not use the device is told so', async ({ open }) => {
  const screens = await open();
  await screens.plug(DEVICE, 'no-permission');
  await expect(screens.page.getByText('Your account may not use this device yet')).toBeVisible();
  await expect(screens.button('Continue')).toBeDisabled();
  await screens.picture('problem-no-permission');
  await screens.button('See what is missing').click();
  await expect(screens.page.getByText(/^sudo cp .*70-stepwise\.rules/)).toBeVisible();
  await screens.picture('diagnostics-no-permission');
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

test('a locked device is unlocked where that is said and agreed to, and then updated', async ({ open }) => {
  const screens = await open();
  const { page, button } = screens;
  await screens.plug(DEVICE, 'read-protected');
  await expect(screens.heading('Your device is locked')).toBeVisible();
  await screens.picture('connect-locked');
  await button('Continue').click();
  await expect(screens.heading('This device is locked against reading and writing')).toBeVisible();
  await expect(page.getByText('Unlocking erases everything on it')).toBeVisible();
  await screens.picture('problem-read-protected');

  await button('Erase and unlock …').click();
  const dialog = page.getByRole('dialog', { name: 'Erase everything and unlock' });
  await expect(dialog.getByText('software, settings and recordings')).toBeVisible();
  const agree = dialog.getByRole('checkbox');
  await expect(agree).not.toBeChecked();
  await expect(button('Erase and unlock')).toBeDisabled();
  await screens.picture('unlock-dialog');
  await agree.check();
  await button('Erase and unlock').click();
  await expect(screens.heading(/^Unlocking your/)).toBeVisible();
  await screens.picture('unlocking');

  await expect(screens.heading('Choose the firmware')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Your device is unlocked')).toBeVisible();
  await screens.picture('unlocked');
  await button('Continue').click();
  await button('Update now').click();
  await expect(screens.heading('Your device is up to date')).toBeVisible();
  await expect(page.getByText('245,776 bytes were read back from the device and are equal')).toBeVisible();
});

test('what was opened in a second window goes on there; the first one says so, and can take it back', async ({
  open,
  context,
}) => {
  const screens = await open({ devices: [DEVICE] });
  const { page } = screens;
  await expect(screens.heading('Your device is ready')).toBeVisible();
  const second = await context.newPage();
  await second.goto(new URL('/', page.url()).href);
  await expect(second.getByRole('heading', { name: 'Your device is ready' })).toBeVisible();
  await expect(page.getByText('This goes on in another window')).toBeVisible();
  await screens.picture('replaced');
  await screens.button('Go on here').click();
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await expect(second.getByText('This goes on in another window')).toBeVisible();
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

/** What the file for support says, when somebody was led to it. */
async function exported({ page, button }: Screens): Promise<string> {
  await button('Export for support').click();
  await expect(page.getByRole('region', { name: 'For support' })).toBeInViewport();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button('Save file for support').click(),
  ]);
  return JSON.stringify((await unpack(await readFile(await download.path()))).report);
}
