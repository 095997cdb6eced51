import { expect, test } from './screens.ts';

const DEVICE = 'h743-v-0x90';
const REFUSED = 'Your account may not use this device yet';
const RULE = /ATTR\{idVendor\}=="0483", ATTR\{idProduct\}=="df11"/;

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('a device without permission shows the rule and the button; then it is plugged in again and is ready', async ({
      open,
    }) => {
      const screens = await open();
      const { page, button } = screens;
      await screens.plug(DEVICE, 'no-permission');
      await expect(page.getByText(REFUSED)).toBeVisible();
      await screens.goTo('Diagnostics');
      const row = page.getByRole('listitem').filter({ hasText: 'the rule that allows it is missing' });
      await expect(row.getByText('needs attention')).toBeVisible();
      await row.getByText('Show the rule').click();
      await expect(row.getByText(RULE)).toBeVisible();
      await expect(row.getByText(/^sudo cp .*70-stepwise\.rules/)).toBeVisible();
      await row.scrollIntoViewIfNeeded();
      await screens.picture(`host-rule-${colorScheme}`);

      await button('Install the rule (asks for a password)').click();
      await expect(
        page.getByText('It is installed. Now unplug the device and plug it in again.'),
      ).toBeVisible();
      await expect(page.getByText('holds as soon as the device is plugged in again')).toBeVisible();
      await screens.picture(`host-rule-installed-${colorScheme}`);
      await button(/Show the desk/).click();
      await button('Replug with BOOT0').click();
      await button(/Hide the desk/).click();
      await expect(page.getByText('This app may use it.')).toBeVisible();
      await page.getByText('This app may use it.').scrollIntoViewIfNeeded();
      await screens.picture(`host-usable-${colorScheme}`);
    });
  });

test('the same button stands where the device is missed: on the screen that connects it', async ({
  open,
}) => {
  const screens = await open();
  const { page, button } = screens;
  await screens.plug(DEVICE, 'no-permission');
  await expect(page.getByText(REFUSED)).toBeVisible();
  await screens.picture('connect-rule');
  await button('Install the rule (asks for a password)').click();
  await expect(page.getByText('It is installed. Now unplug the device and plug it in again.')).toBeVisible();
  await screens.picture('connect-rule-installed');
  await button(/Show the desk/).click();
  await button('Replug with BOOT0').click();
  await button(/Hide the desk/).click();
  await expect(screens.heading('Your device is ready')).toBeVisible();
});

test('where nothing has to be done, the computer has a clean bill', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  const { page } = screens;
  await screens.goTo('Diagnostics');
  await expect(page.getByText('This app may use it.')).toBeVisible();
  await expect(page.getByText('needs attention')).toHaveCount(0);
});
