import { expect, test } from './screens.ts';

const DEVICE = 'h743-v-0x90';

test('what a device is and means, what lies in it, and a test that leaves it as it was', async ({ open }) => {
  test.setTimeout(120_000);
  const screens = await open({ devices: [DEVICE] });
  const { page } = screens;
  await screens.goTo('Diagnostics');

  await expect(page.getByText('A known quirk when erasing')).toBeVisible();
  await expect(page.getByText(/stops at 49 %/).first()).toBeVisible();
  await expect(page.getByText('Revision V, bootloader 0x90').first()).toBeVisible();
  await screens.picture('diagnostics-meaning');

  await screens.button('Read option bytes').click();
  await expect(page.getByRole('row', { name: /WRPSn1.*nothing protected/ })).toBeVisible();
  await expect(page.getByText(/RM0433/)).toBeVisible();

  await screens.button('Look at the memory').click();
  await expect(page.getByText(/Vector table at 0x08000000/)).toBeVisible({ timeout: 60_000 });
  await screens.picture('diagnostics-flash');

  // Nothing is written without the word of the person.
  await expect(screens.button('Run the write test')).toBeDisabled();
  await page.getByRole('checkbox', { name: 'Test one unused part' }).check();
  await screens.button('Run the write test').click();
  await expect(page.getByText('Erasing, writing and reading work')).toBeVisible({ timeout: 60_000 });
  await screens.picture('diagnostics-write-test');
});

for (const [locale, title] of [
  ['de', 'Schreibprüfung'],
  ['ja', '書き込みテスト'],
] as const)
  test.describe(locale, () => {
    test.use({ locale, colorScheme: 'dark' });

    test('nothing is cut off', async ({ open }) => {
      const screens = await open({ devices: [DEVICE] });
      const { page } = screens;
      await page.getByRole('navigation').getByRole('link').nth(2).click();
      const card = page.getByRole('heading', { name: title });
      await expect(card).toBeVisible();
      const tooWide = await page.evaluate(() =>
        [...document.querySelectorAll('main *')].some(
          (each) =>
            each.scrollWidth > each.clientWidth + 1 &&
            getComputedStyle(each).overflowX === 'visible' &&
            each.clientWidth > 0 &&
            each.children.length === 0,
        ),
      );
      expect(tooWide).toBe(false);
      await card.scrollIntoViewIfNeeded();
      await screens.picture(`diagnostics-cards-${locale}`);
    });
  });
