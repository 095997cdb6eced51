/** The screens. The main side needs no bundler: it is compiled by tsc (`tsconfig.build.json`). The words
 * are compiled before (`npm run build:words`). */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { branded } from './scripts/branded.ts';
import { licences } from './scripts/licences.ts';

export default defineConfig({
  root: 'src-renderer',
  // Under app:// and under the loopback host alike.
  base: './',
  plugins: [svelte({ configFile: false }), branded(), licences()],
  build: {
    outDir: '../dist/src-renderer',
    emptyOutDir: true,
    target: 'es2023',
    // An inlined picture would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The limit is of what is sent, and `npm run bench` holds it: 300 KB, compressed.
    chunkSizeWarningLimit: 1_000,
  },
});
