/** `npm run brand`: a maker's application, looked at before it is built. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { SCHEMA_FILE, schemaText, TABLE_FILE, withFieldTable } from './product-schema.ts';

const program = new Command('npm run brand --')
  .description('A maker’s application: product.json and what lies beside it.')
  .helpCommand(false);

program
  .command('schema')
  .description(
    'writes anew what follows from shared/product.ts: the schema for editors, the table in the docs',
  )
  .action(() => {
    writeFileSync(SCHEMA_FILE, schemaText());
    writeFileSync(TABLE_FILE, withFieldTable(readFileSync(TABLE_FILE, 'utf8')));
  });

await program.parseAsync();
