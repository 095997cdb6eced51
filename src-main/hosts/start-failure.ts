/** Why the application does not start, for whoever has to mend it: mostly a maker with a product.json. */
import { isFailure } from '../../shared/failure.ts';

export function startFailure(error: unknown): string {
  if (isFailure(error, 'host-file')) {
    const { path, detail } = error.facts;
    return [path, ...detail.split('\n').map((line) => `  ${line}`)].join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}
