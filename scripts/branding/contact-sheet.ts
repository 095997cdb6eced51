/** All pictures and findings on one page, for whoever has to say yes to them. */
import type { Product } from '../../shared/product.ts';
import type { Finding } from './check.ts';
import type { PictureGroup } from './screens.ts';

export function contactSheet(
  { name, maker }: Product,
  findings: readonly Finding[],
  groups: readonly PictureGroup[],
): string {
  const list = findings.map(
    ({ kind, where, what }) =>
      `<li class="${kind}"><code>${escaped(where)}</code> ${escaped(what)} <small>(${kind})</small></li>`,
  );
  const sections = groups.map(
    ({ title, pictures }) => `<h2>${escaped(title)}</h2>
<div>
${pictures.map((picture) => `  <figure><a href="${escaped(picture.file)}"><img src="${escaped(picture.file)}" alt="" loading="lazy"></a><figcaption>${escaped(picture.title)}</figcaption></figure>`).join('\n')}
</div>`,
  );
  return `<!doctype html>
<meta charset="utf-8">
<title>${escaped(name)}</title>
<style>
  body { max-width: 1500px; margin: 32px auto; padding: 0 24px; background: #f6f7f9; color: #14181f; font: 15px/1.5 system-ui, sans-serif; }
  div { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 20px; }
  figure { margin: 0; }
  img { width: 100%; border: 1px solid #dde1e7; border-radius: 10px; }
  figcaption { color: #525b68; }
  .fault code { color: #b42318; }
</style>
<h1>${escaped(name)}</h1>
<p>The application of ${escaped(maker)}, with virtual devices.</p>
<ul>${list.length > 0 ? list.join('\n') : '<li>Nothing is wrong with it.</li>'}</ul>
${sections.join('\n')}
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
