import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  schemaText,
  SCHEMA_FILE,
  TABLE_FILE,
  withFieldTable,
} from '../../scripts/branding/product-schema.ts';

describe('what follows from the schema of product.json', () => {
  it('is current for editors: else run `npm run brand -- schema`', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(schemaText());
  });

  it('is current in the docs: else run `npm run brand -- schema`', () => {
    const document = readFileSync(TABLE_FILE, 'utf8');
    expect(document).toBe(withFieldTable(document));
  });
});
