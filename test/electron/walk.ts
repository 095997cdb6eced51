import { expect, type Page } from '@playwright/test';

/** An update takes seconds on a virtual device that lives faster than life. */
const UPDATE_BUDGET_MS = 60_000;

/** The wizard from a device in its bootloader to the proof, as a customer walks it. */
export async function walkWizard(page: Page): Promise<void> {
  const title = (name: string) => page.getByRole('heading', { level: 1, name });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await expect(title('Your device is ready')).toBeVisible();
  await press('Continue');
  await expect(title('Choose the firmware')).toBeVisible();
  await press('Continue');
  await expect(title('Ready to update')).toBeVisible();
  await press('Update now');
  await expect(title('Your device is up to date')).toBeVisible({ timeout: UPDATE_BUDGET_MS });
}
