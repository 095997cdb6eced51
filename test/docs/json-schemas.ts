/** docs/reference/schemas/ and the page that leads there: what `--json` writes, as JSON Schema. */
import { format } from 'prettier';
import { z } from 'zod';
import { deviceCondition, failure, phase } from '../../shared/failure.ts';
import { finding } from '../../shared/finding.ts';
import { hostRemedy, hostResult, hostTopic } from '../../shared/host-check.ts';
import { localText } from '../../shared/locale.ts';
import { release } from '../../shared/release.ts';
import { documents, lines, outcomes } from './json-outputs.ts';
import { page, table } from './markdown.ts';

// What several outputs have in common stands once in each schema, under its name.
for (const [id, schema] of Object.entries({
  failure,
  phase,
  deviceCondition,
  finding,
  release,
  localText,
  hostTopic,
  hostRemedy,
  hostResult,
}))
  z.globalRegistry.add(schema, { id });

const TITLES: Readonly<Record<keyof typeof documents, string>> = {
  devices: 'What `stepwise devices --json` writes',
  info: 'What `stepwise info --json` writes',
  plan: 'What `stepwise plan FILE --json` writes',
  doctor: 'What `stepwise doctor --json` writes',
  releases: 'What `stepwise releases --json` writes',
  convert: 'What `stepwise convert IN OUT --json` writes',
  virtual: 'What `stepwise virtual --json` writes',
  bundle: 'What `stepwise bundle --json` writes',
  'bundle open': 'What `stepwise bundle open FILE --json` writes',
  failure: 'What any of them writes when the command as a whole fails',
};
const LINES = 'Each line of the commands that do something, and of `stepwise devices --watch --json`';

/** By file name in docs/reference/schemas/. */
export const schemaFiles: ReadonlyMap<string, () => Promise<string>> = new Map([
  ...Object.entries(documents).map(([name, schema]) =>
    fileOf(name, TITLES[name as keyof typeof TITLES], schema),
  ),
  fileOf('lines', LINES, lines),
]);

function fileOf(name: string, title: string, schema: z.ZodType): [string, () => Promise<string>] {
  return [
    fileName(name),
    () => {
      const { $schema, ...rest } = z.toJSONSchema(schema, {
        // As a reader takes it: fields may be added, so others are allowed.
        io: 'input',
        override: ({ jsonSchema }) => {
          // That nobody changes a value here says nothing about the output, nor does how far numbers go in JavaScript.
          delete jsonSchema.readOnly;
          if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
          if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        },
      });
      return format(JSON.stringify({ $schema, title, ...rest }), { parser: 'json', printWidth: 120 });
    },
  ];
}

function fileName(name: string): string {
  return `${name.replaceAll(' ', '-')}.json`;
}

export function schemasPage(): string {
  const link = (name: string) => `[${fileName(name)}](schemas/${fileName(name)})`;
  return page(
    'JSON schemas',
    'What the command line writes under `--json`, as [JSON Schema](https://json-schema.org) 2020-12. What the fields mean is in ' +
      '[The command line](../cli.md#json). Fields may be added, and a schema allows for that; none that is there changes its ' +
      'meaning. Tests hold the program to these schemas.',
    '## Documents',
    'One JSON document on the standard output.',
    table(
      ['schema', 'of'],
      Object.entries(TITLES).map(([name, title]) => [link(name), title]),
    ),
    '## Lines',
    'One JSON object a line, as things happen.',
    table(['schema', 'of'], [[link('lines'), LINES]]),
    `The last line of a device has \`type\` \`outcome\` or \`failure\`. Fields of an outcome, by the command:`,
    table(
      ['command', 'fields'],
      Object.entries(outcomes).map(([name, { shape }]) => [
        name === 'flash' ? '`flash`, `update`, `demo`' : `\`${name}\``,
        Object.entries(shape as Readonly<Record<string, z.ZodType>>)
          .map(
            ([field, schema]) => `\`${field}\`${schema.safeParse(undefined).success ? ' (not always)' : ''}`,
          )
          .join(', '),
      ]),
    ),
    'A document or line can be checked by any validator, for example with Python’s `jsonschema`:',
    [
      '```',
      'stepwise devices --json > devices.json',
      'python3 -m jsonschema -i devices.json schemas/devices.json',
      '```',
    ].join('\n'),
  );
}
