/** Where the person is. The address line says it too, so that back and reload work. */
export type View = 'update' | 'bench' | 'diagnostics' | 'logs' | 'settings';

export type Route =
  | { readonly view: 'update' | 'bench' | 'logs' | 'settings' }
  /** `path`: port path of the device it is about; the first one without it. */
  | { readonly view: 'diagnostics'; readonly path?: string };

export const views: readonly View[] = ['update', 'bench', 'diagnostics', 'logs', 'settings'];

export function hashOf(route: Route): string {
  return route.view === 'diagnostics' && route.path !== undefined
    ? `#/diagnostics/${encodeURIComponent(route.path)}`
    : `#/${route.view}`;
}

/** What is not a place leads to the update. */
export function routeOf(hash: string): Route {
  const [, name, path] = hash.split('/');
  const view = views.find((each) => each === name) ?? 'update';
  return view === 'diagnostics' && path ? { view, path: decodeURIComponent(path) } : { view };
}
