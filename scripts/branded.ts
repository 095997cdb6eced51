/**
 * Builds the screens for a maker: a product.json that is not right ends the build, and the page carries the application's
 * name before the application has answered.
 */
import type { Plugin } from 'vite';
import { startFailure } from '../src-main/hosts/start-failure.ts';
import { readProduct } from '../src-main/services/product.ts';

const FOLDER = 'resources';

export function branded(): Plugin {
  return {
    name: 'branded',
    async transformIndexHtml(html) {
      const { name } = await readProduct(FOLDER).catch((error: unknown) => this.error(startFailure(error)));
      const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return html.replace(/<title>.*<\/title>/, () => `<title>${escaped}</title>`);
    },
  };
}
