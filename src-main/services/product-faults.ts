/** What is wrong with a maker's file, said so that they can mend it: where, what is there, what is allowed. */
import { z } from 'zod';

/** The part of JSON Schema that says what may stand where. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

/** A word may be misspelt by a third of its letters. */
const MISSPELT = 1 / 3;

/** A line for each fault. @param schema by which `value` was parsed */
export function faultsIn(value: unknown, error: z.ZodError, schema: z.ZodType): readonly string[] {
  const root = z.toJSONSchema(schema, { io: 'input' }) as Node;
  return error.issues.flatMap((issue) => {
    const where = pathWords(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const allowed = Object.keys(nodeAt(root, issue.path).properties ?? {});
      return issue.keys.map((key) => `${pathWords([...issue.path, key])}: ${unknownKey(key, allowed)}`);
    }
    const given = valueAt(value, issue.path);
    if (given === undefined) return [`${where}: is missing`];
    return [`${where}: ${wanted(issue)}${isValue(given) ? `, and is ${JSON.stringify(given)}` : ''}`];
  });
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((each) => JSON.stringify(each)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must have at most ${issue.maximum}${issue.origin === 'string' ? ' letters' : ''}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list: [ … ]',
  object: 'an object: { … }',
};

function unknownKey(key: string, allowed: readonly string[]): string {
  const nearest = allowed
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= Math.max(2, nearest.name.length * MISSPELT)
    ? `is not known; did you mean ${nearest.name}?`
    : `is not known; known are ${allowed.join(', ')}`;
}

/** `products[0].policy.start`. */
function pathWords(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.reduce<string>((words, part) => {
    if (typeof part === 'number') return `${words}[${part}]`;
    return words === '' ? String(part) : `${words}.${String(part)}`;
  }, '');
}

function nodeAt(root: Node, path: readonly PropertyKey[]): Node {
  return path.reduce<Node>(
    (node, part) => (typeof part === 'number' ? node.items : node.properties?.[String(part)]) ?? {},
    root,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, part) =>
      typeof inside === 'object' && inside !== null
        ? (inside as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    value,
  );
}

/** Short enough to be quoted. */
function isValue(given: unknown): boolean {
  return typeof given !== 'object' || given === null;
}

/** Letters to change, add or leave out between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
