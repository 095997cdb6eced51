/** `npm run brand`: a maker's application, looked at before it is built. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { checkBranding, type Finding } from './branding/check.ts';
import { contactSheet } from './branding/contact-sheet.ts';
import { SCHEMA_FILE, schemaText, TABLE_FILE, withFieldTable } from './branding/product-schema.ts';
import { takeScreens, whyNoPictures } from './branding/screens.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

const program = new Command('npm run brand --')
  .description('A maker’s application: product.json and what lies beside it.')
  .helpCommand(false);

program
  .command('check')
  .description(
    'says what is wrong in a maker’s folder, and takes pictures of all screens as customers will see them',
  )
  .argument('[folder]', 'with product.json and what belongs to it', 'resources')
  .option('--pictures <folder>', 'where they are put, with a page that shows them all', 'dist/brand')
  .option('--no-pictures', 'only says what is wrong')
  .action(async (folder: string, { pictures }: { readonly pictures: string | false }) => {
    const { product, findings } = await checkBranding(folder, new Date().toISOString());
    for (const finding of findings) print(line(finding));
    const faults = findings.filter(({ kind }) => kind === 'fault').length;
    if (faults > 0) process.exitCode = 1;
    print(verdict(folder, faults));
    if (!product || pictures === false) return;
    const missing = whyNoPictures();
    if (missing !== undefined) {
      print(`No pictures: ${missing}.`);
      return;
    }
    const groups = await takeScreens(folder, product, pictures);
    const sheet = join(pictures, 'index.html');
    writeFileSync(sheet, contactSheet(product, findings, groups));
    print(`${groups.flatMap((group) => group.pictures).length} pictures: ${sheet}`);
  });

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

function line({ kind, where, what }: Finding): string {
  return `${kind === 'fault' ? '✗' : '•'} ${where}: ${what}`;
}

function verdict(folder: string, faults: number): string {
  if (faults === 0) return `✓ ${folder} is right.`;
  return `${faults === 1 ? '1 fault has' : `${faults} faults have`} to be mended before an application is built.`;
}
