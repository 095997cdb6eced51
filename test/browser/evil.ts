/** Somebody on the same computer who would like to be asked for something: counts who does. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';

export interface Evil {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** @param pages by path; everything else is a script that marks the page that runs it */
export async function openEvil(pages: (url: string) => Readonly<Record<string, string>>): Promise<Evil> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const page = pages(url)[path];
    if (page === undefined) asked.push(path);
    response
      .writeHead(200, {
        'Content-Type': page === undefined ? 'text/javascript' : 'text/html; charset=utf-8',
        'Access-Control-Allow-Origin': '*',
      })
      .end(page ?? MARK);
  });
  server.on('upgrade', (_request, socket) => {
    asked.push('a WebSocket');
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a script does that should not run. */
export const MARK = 'window.ran = [...(window.ran ?? []), "a script"];';

/** What ran in this page that should not have. */
export function ran(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>('window.ran ?? []');
}
