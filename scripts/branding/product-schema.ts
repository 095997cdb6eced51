/** What follows from `shared/product.ts`: the JSON Schema that editors check product.json by, and the table in the docs. */
import { z } from 'zod';
import { product } from '../../shared/product.ts';

export const SCHEMA_FILE = 'resources/product.schema.json';
export const TABLE_FILE = 'docs/branding.md';
const [BEGIN, END] = ['<!-- fields -->', '<!-- end of fields -->'];

/** As far as it is of interest here. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
}

function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(product, {
    io: 'input',
    target: 'draft-7',
    // Read-only are the values within the program, not the fields in an editor.
    override: (context) => delete context.jsonSchema.readOnly,
  });
  return { ...schema, title: 'product.json of Stepwise' };
}

/** The whole file. */
export function schemaText(): string {
  return `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
}

/** The document with its table made anew. @throws where it has no place for it */
export function withFieldTable(document: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`no ${BEGIN} … ${END}`);
  return `${document.slice(0, before + BEGIN.length)}\n\n${fieldTable()}\n\n${document.slice(after)}`;
}

function fieldTable(): string {
  const rows = rowsOf(jsonSchema() as Node, '').filter(({ name }) => !name.startsWith('`$'));
  const columns = ['field', 'needed', 'is', 'says'] as const;
  const cells = rows.map(({ name, needed, is, says }) => [name, needed, is, says]);
  const widths = columns.map((column, at) =>
    Math.max(...[column, ...cells.map((row) => row[at] ?? '')].map(({ length }) => length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(columns), rule, ...cells.map(line)].join('\n');
}

interface FieldRow {
  readonly name: string;
  readonly needed: string;
  readonly is: string;
  readonly says: string;
}

function rowsOf({ properties = {}, required = [] }: Node, prefix: string): readonly FieldRow[] {
  return Object.entries(properties).flatMap(([key, field]) => {
    const inside = field.type === 'array' ? field.items : field;
    const path = `${prefix}${key}${field.type === 'array' ? '[]' : ''}`;
    const row = {
      name: `\`${path}\``,
      needed: required.includes(key) ? 'yes' : '',
      is: kindOf(field),
      says: field.description ?? '',
    };
    const within = inside && !isText(inside) ? rowsOf(inside, `${path}.`) : [];
    return [row, ...within];
  });
}

function kindOf(node: Node): string {
  if (node.enum) return node.enum.map((each) => `\`${each}\``).join(', ');
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.anyOf) return 'number, or `"0x…"`';
  if (isText(node)) return 'text in languages';
  if (node.type === 'array') return node.items?.properties ? 'list' : `list of ${kindOf(node.items ?? {})}`;
  return { string: 'text', boolean: '`true`, `false`' }[node.type ?? ''] ?? '';
}

function isText({ properties }: Node): boolean {
  return properties?.['en'] !== undefined;
}
