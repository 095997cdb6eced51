import { expect, test } from 'vitest';
import { hashOf, type Route, routeOf, views } from './route.ts';

const routes: readonly Route[] = [
  ...views.map((view) => ({ view })),
  { view: 'diagnostics', path: '1-2.4' },
  { view: 'diagnostics', path: '1-2.4', at: 'export' },
  { view: 'diagnostics', at: 'export' },
];

test.each(routes)('the address of $view leads back to it', (route) => {
  expect(routeOf(hashOf(route))).toEqual(route);
});

test.each(['', '#', '#/nowhere', '#update'])('what is not a place, "%s", leads to the update', (hash) => {
  expect(routeOf(hash)).toEqual({ view: 'update' });
});
