/** Which of two versions is the newer one: Semantic Versioning 2.0.0, and what devices say of themselves in fewer digits. */
import { coerce, compare, parse, type SemVer } from 'semver';

/** Below 0 where `a` is older than `b`. `1.2` is `1.2.0`; what is no version at all is older than any. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  return compare(left, right);
}

function versionOf(text: string): SemVer | undefined {
  return parse(text) ?? coerce(text) ?? undefined;
}
