/** Where the person is. The address line says it too, so that back and reload work. */
export type View = 'update' | 'bench' | 'diagnostics' | 'logs' | 'settings';

export type Route =
  | { readonly view: 'update' | 'bench' | 'logs' | 'settings' }
  /** `path`: port path of the device it is about; the first one without it. `at`: what the person came for. */
  | { readonly view: 'diagnostics'; readonly path?: string | undefined; readonly at?: 'export' };

export const views: readonly View[] = ['update', 'bench', 'diagnostics', 'logs', 'settings'];

export function hashOf(route: Route): string {
  if (route.view !== 'diagnostics') return `#/${route.view}`;
  const { path, at } = route;
  const parts = at === undefined ? [path] : [path ?? '', at];
  return ['#/diagnostics', ...parts.filter((part) => part !== undefined).map(encodeURIComponent)].join('/');
}

/** What is not a place leads to the update. */
export function routeOf(hash: string): Route {
  const [, name, path, at] = hash.split('/');
  const view = views.find((each) => each === name) ?? 'update';
  if (view !== 'diagnostics') return { view };
  return { view, ...(path && { path: decodeURIComponent(path) }), ...(at === 'export' && { at }) };
}
