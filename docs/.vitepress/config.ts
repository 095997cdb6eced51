/** The documentation as a site. `npm run docs` builds it into `site/`, `npm run docs:dev` serves it while it is written. */
import { cpSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { checkSite } from './check-site.ts';

const page = (text: string, link: string) => ({ text, link });

export default defineConfig({
  title: 'Stepwise',
  description: 'Firmware updates for products built on STM32, over USB, proven by reading back',
  lang: 'en',
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  // A dead link between pages fails the build of itself; check-site.ts looks at the rest.
  buildEnd: ({ srcDir, outDir }) => {
    cpSync(`${srcDir}/reference/schemas`, `${outDir}/reference/schemas`, { recursive: true });
    checkSite(outDir);
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      page('For customers', '/customers'),
      page('For makers', '/makers'),
      page('For support', '/support'),
      page('For benches', '/cli'),
      page('For developers', '/architecture'),
    ],
    sidebar: [
      {
        text: 'For customers',
        items: [
          page('Update your device', '/customers'),
          page('What the app says, and what to do', '/reference/messages'),
        ],
      },
      {
        text: 'For makers',
        items: [
          page('From nothing to your own app', '/makers'),
          page('Making it one’s own', '/branding'),
          page('Publishing signed firmware', '/publishing'),
          page('Packages', '/packaging'),
        ],
      },
      {
        text: 'For support',
        items: [
          page('Help a customer', '/support'),
          page('All failures', '/reference/failures'),
          page('Known defects', '/reference/defects'),
          page('Chips', '/reference/chips'),
        ],
      },
      {
        text: 'For benches',
        items: [
          page('The command line', '/cli'),
          page('JSON schemas', '/reference/json'),
          page('Virtual devices', '/virtual-devices'),
        ],
      },
      {
        text: 'For developers',
        items: [
          page('Architecture', '/architecture'),
          page('Adding to it', '/extending'),
          page('Testing', '/testing'),
          page('Dependencies', '/dependencies'),
          page('Threat model', '/threat-model'),
          page('Measurements', '/measurements'),
        ],
      },
    ],
  },
});
