/** The studio's client is made of the OpenAPI document; BLESS=1 writes it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApi } from '../../src/server/openapi.ts';

const FILE = join(import.meta.dirname, '../../web/src/lib/api/schema.d.ts');
const HEAD = '/** Made of the OpenAPI document by `BLESS=1 FILTER=api-schema npm test`. Not to be edited. */\n';

test('the types of the studio’s client are those of the OpenAPI document', async () => {
  const web = createRequire(join(import.meta.dirname, '../../web/package.json'));
  const { default: openapiTS, astToString } = web('openapi-typescript') as {
    default: (source: string) => Promise<unknown[]>;
    astToString: (ast: unknown[]) => string;
  };
  const made = HEAD + astToString(await openapiTS(JSON.stringify(openApi('0', 'fusewire'))));
  if (process.env['BLESS']) writeFileSync(FILE, made);
  assert.equal(readFileSync(FILE, 'utf8'), made);
});
