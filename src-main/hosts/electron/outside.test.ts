import type { Shell } from 'electron';
import { describe, expect, it } from 'vitest';
import { externalLink, openOutside } from './outside.ts';

const support = { url: 'https://support.example.com/stepwise', email: 'help@example.com' };

describe('a link of a page', () => {
  it.each([
    ['https://support.example.com/stepwise', 'https://support.example.com/stepwise'],
    ['https://SUPPORT.example.com/other?a=1#b', 'https://support.example.com/other?a=1#b'],
    ['mailto:help@example.com', 'mailto:help@example.com'],
    ['mailto:help@example.com?subject=x&attach=/etc/passwd', 'mailto:help@example.com'],
  ])('leads outside: %s', (address, opened) => {
    expect(externalLink(address, support)).toBe(opened);
  });

  it.each([
    'http://support.example.com/stepwise',
    'https://example.com/',
    'https://support.example.com.evil.example/',
    'https://sub.support.example.com/',
    'https://support.example.com:8443/',
    'https://support.example.com@evil.example/',
    'https://name:secret@support.example.com/',
    'mailto:other@example.com',
    'mailto:help@example.com,other@example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'app://stepwise/index.html',
    'smb://support.example.com/share',
    '',
    '/stepwise',
  ])('leads nowhere: %s', (address) => {
    expect(externalLink(address, support)).toBeUndefined();
  });

  it('leads nowhere where the maker named nothing', () => {
    expect(externalLink('https://support.example.com/', {})).toBeUndefined();
    expect(externalLink('mailto:undefined', {})).toBeUndefined();
  });
});

describe('what the services open', () => {
  const shell = (openPath: string) => {
    const opened: string[] = [];
    const double = {
      openExternal: (address: string) => Promise.resolve(void opened.push(address)),
      openPath: (path: string) => {
        opened.push(path);
        return Promise.resolve(openPath);
      },
    };
    return { opened, shell: double as unknown as Shell };
  };

  it('is an address in the browser, or a folder', async () => {
    const { opened, shell: system } = shell('');
    await openOutside(system, { kind: 'address', url: support.url });
    await openOutside(system, { kind: 'folder', path: '/state/logs' });
    expect(opened).toEqual([support.url, '/state/logs']);
  });

  it('is a failure where the folder does not open', async () => {
    const { shell: system } = shell('no such folder');
    await expect(openOutside(system, { kind: 'folder', path: '/gone' })).rejects.toMatchObject({
      code: 'host-file',
      facts: { path: '/gone', detail: 'no such folder' },
    });
  });
});
