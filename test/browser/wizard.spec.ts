import { expect, test } from './screens.ts';

const DEVICE = 'h743-v-0x90';

test('an update on the chip that hangs other tools, from plugging in to the running application', async ({
  open,
}) => {
  const screens = await open();
  const { page } = screens;
  await expect(screens.heading('Connect your device')).toBeVisible();
  await expect(screens.button('Continue')).toBeDisabled();
  await screens.picture('connect-nothing');

  await screens.plug(DEVICE);
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await screens.picture('connect-ready');
  await screens.button('Continue').click();

  await expect(screens.heading('Choose the firmware')).toBeVisible();
  await expect(page.getByRole('radio', { name: /Demo firmware 2\.0\.0.*Recommended/ })).toBeChecked();
  await screens.picture('choose');
  await screens.button('Continue').click();

  await expect(screens.heading('Ready to update')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Device' })).toContainText('V9.0');
  await expect(page.getByText('never says that it is done')).toBeVisible();
  await screens.picture('review');
  await screens.button('Update now').click();

  const bar = page.getByRole('progressbar');
  await expect(bar).toBeVisible();
  await expect(page.getByRole('figure', { name: /Bank 1|Memory/ })).toBeVisible();
  await screens.picture('update');

  await expect(screens.heading('Your device is up to date')).toBeVisible();
  await expect(page.getByText('245,776 bytes were read back from the device and are equal')).toBeVisible();
  await screens.picture('done');

  await screens.button(/Show the desk/).click();
  await screens.button('Replug').first().click();
  await screens.button(/Hide the desk/).click();
  await expect(page.getByText(/2\.0/).first()).toBeVisible();
  await expect(page.getByText('Unplug the device and plug it in again')).toBeHidden();
  await screens.picture('done-seen');
});

test('a second update of the same firmware proves that everything is right already', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  for (const rewritten of ['2', '0']) {
    await expect(screens.heading('Your device is ready')).toBeVisible();
    await screens.update();
    await expect(screens.heading('Your device is up to date')).toBeVisible();
    const proof = screens.page.getByRole('region', { name: 'What was proven' });
    await expect(proof).toContainText(new RegExp(`Parts rewritten\\s*${rewritten}`));
    await screens.button('Finish').click();
  }
});

test('an older version is agreed to, and afterwards called what it is', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  await screens.update();
  await expect(screens.heading('Your device is up to date')).toBeVisible();
  await screens.button('Finish').click();
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await screens.button('Continue').click();
  await screens.page.getByText(/^Other firmware/).click();
  await screens.page.getByRole('radio', { name: /Demo firmware 1\.0\.0/ }).check();
  await screens.button('Continue').click();
  await expect(screens.heading('Ready to update')).toBeVisible();
  // What there is to agree to is there with the review.
  await expect(screens.page.getByRole('region', { name: 'Firmware' })).toBeVisible();
  for (const consent of await screens.page.getByRole('checkbox').all()) await consent.check();
  await screens.button('Update now').click();
  await expect(screens.heading('Version 1.0.0 is installed')).toBeVisible();
  await screens.picture('done-older');
});

test('cancelling says what it means, and leaves a device that can be finished', async ({ open }) => {
  const screens = await open({ devices: [DEVICE], speed: 2 });
  await screens.update();
  await expect(screens.page.getByText(/^Writing ·/)).toBeVisible();
  await screens.button('Cancel …').click();
  const dialog = screens.page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await screens.picture('cancel-dialog');
  await dialog.getByRole('button', { name: 'Stop the update' }).click();
  await expect(screens.button(/Continue the update/)).toBeVisible();
  await screens.picture('cancelled');
});

test('the wizard goes by keyboard alone, and the focus is where the eye is', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  const { page } = screens;
  const focused = async () =>
    (await page
      .locator(':focus')
      .textContent({ timeout: 1_000 })
      .catch(() => '')) ?? '';
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 40; presses++) {
      if ((await focused()).trim() === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the Tab key does not lead to ${name}`);
  };
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await tabTo('Continue');
  await page.keyboard.press('Enter');
  await expect(screens.heading('Choose the firmware')).toBeFocused();
  await tabTo('Continue');
  await page.keyboard.press('Enter');
  await expect(screens.heading('Ready to update')).toBeFocused();
  await tabTo('Update now');
  await page.keyboard.press('Enter');
  await expect(screens.heading('Your device is up to date')).toBeFocused();
  await tabTo('Finish');
  await page.keyboard.press('Enter');
  await expect(screens.heading(/Your device is ready|Connect your device/)).toBeVisible();
});

test('a file of its own is taken, and one that is no firmware is refused with its reason', async ({
  open,
}) => {
  const screens = await open({ devices: [DEVICE] });
  await screens.button('Continue').click();
  const choose = async (name: string, buffer: Buffer) => {
    const [chooser] = await Promise.all([
      screens.page.waitForEvent('filechooser'),
      screens.button('Open a file …').click(),
    ]);
    await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer });
  };
  await choose('page.hex', Buffer.from('<!doctype html><title>Not found</title>'));
  await expect(screens.page.getByText(/web page/i).first()).toBeVisible();
  await screens.picture('wrong-file');
  await choose('blink.hex', Buffer.from(':020000040800F2\n:0400000000000220DA\n:00000001FF\n'));
  await expect(screens.page.getByRole('radio', { name: /blink\.hex/ })).toBeChecked();
});
