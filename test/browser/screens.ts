/** The screens in a browser, with a desk of virtual devices, and the words a person would look for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { startHost, type HostProcess } from './host-process.ts';

export { expect };

export interface Beginning {
  /** Plugged in from the start. */
  readonly devices?: readonly string[];
  /** How much faster than life devices are. */
  readonly speed?: number;
  /** Folder of another product.json. */
  readonly product?: string;
  /** The browser is expected to complain: its host is taken away. */
  readonly mayComplain?: boolean;
}

const SPEED = 20;

export class Screens {
  readonly page: Page;
  readonly host: HostProcess;
  /** Settings, log and interrupted updates of this host. */
  readonly stateFolder: string;

  constructor(page: Page, host: HostProcess, stateFolder: string) {
    this.page = page;
    this.host = host;
    this.stateFolder = stateFolder;
  }

  /** A word is the whole name of a button; a pattern is a part of it. */
  readonly button = (name: string | RegExp): Locator =>
    this.page.getByRole('button', { name, exact: typeof name === 'string' });

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name });
  }

  /** Plugs a virtual device in by the demo's desk, as somebody in a training would. */
  async plug(device: string, fault = ''): Promise<void> {
    await this.button(/Show the desk/).click();
    const desk = this.page.getByRole('complementary');
    await desk.getByLabel('Device', { exact: true }).selectOption(device);
    await desk.getByLabel('What goes wrong').selectOption(fault);
    await desk.getByRole('button', { name: 'Plug in' }).click();
    await expect(desk.getByRole('listitem')).toHaveCount(1);
    await this.button(/Hide the desk/).click();
  }

  /** From a device that is ready to the beginning of its update. */
  async update(): Promise<void> {
    await this.button('Continue').click();
    await expect(this.heading('Choose the firmware')).toBeVisible();
    await this.button('Continue').click();
    await expect(this.heading('Ready to update')).toBeVisible();
    await this.button('Update now').click();
  }

  async goTo(view: 'Update' | 'Bench' | 'Diagnostics' | 'Logs' | 'Settings'): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: view }).click();
  }

  /** A picture for people to look at; nothing compares it. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({
      path: join('test-results', 'screens', `${name}.png`),
      animations: 'disabled',
    });
  }
}

interface Fixtures {
  readonly open: (beginning?: Beginning) => Promise<Screens>;
}

/** Each test has hosts and folders of its own, and leaves none behind. */
export const test = base.extend<Fixtures>({
  open: async ({ page }, use) => {
    const hosts: HostProcess[] = [];
    const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const allowed = new Set<boolean>();
    await use(async ({ devices = [], speed = SPEED, product, mayComplain = false } = {}) => {
      allowed.add(mayComplain);
      const args = ['--demo', '--state', stateFolder, '--speed', String(speed)];
      if (product !== undefined) args.push('--product', product);
      const host = await startHost([...args, ...devices.flatMap((name) => ['--device', name])]);
      hosts.push(host);
      await page.goto(host.address);
      return new Screens(page, host, stateFolder);
    });
    await Promise.all(hosts.map((host) => host.stop()));
    rmSync(stateFolder, { recursive: true, force: true });
    if (!allowed.has(true)) expect(complaints).toEqual([]);
  },
});
