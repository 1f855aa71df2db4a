/** The studio's house: what it is made of looks downwards only, and speaks every language that it offers. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const SOURCE = join(import.meta.dirname, '../../web/src');
const TEXTS = join(SOURCE, 'lib/i18n');
const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(path => /\.(ts|svelte)$/.test(path));
const read = (path: string): string => readFileSync(join(SOURCE, path), 'utf8');
const textsOf = (language: string, name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(TEXTS, language, name), 'utf8')) as Record<string, string>;
const namespaces = readdirSync(join(TEXTS, 'en')).filter(name => name.endsWith('.json'));
/** Chinese has one form for any number. */
const form = (key: string): string => key.replace(/_(one|other)$/, '');

test('lib knows nothing of features, model nothing of components, and the gateway is reached by two doors only', () => {
  const wrong: string[] = [];
  for (const path of code) {
    for (const [, target] of read(path).matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+|\$lib\/[^']+)'/g)) {
      const to = target!.startsWith('$lib') ? target!.slice(1) : relative('.', join(dirname(path), target!));
      if (path.startsWith('lib/') && to.startsWith('features/') && path !== 'lib/router.ts')
        wrong.push(`${path}: ${to}`);
      if (path.startsWith('lib/model/') && /\.svelte|components/.test(to)) wrong.push(`${path}: ${to}`);
      if (to.startsWith('..') && !['lib/contract.ts', 'lib/rules.ts', 'lib/engine.ts'].includes(path))
        wrong.push(`${path}: ${to}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('both languages have every text, with the same values in it', () => {
  for (const name of namespaces) {
    const [en, zh] = [textsOf('en', name), textsOf('zh-TW', name)];
    assert.deepEqual(
      [...new Set(Object.keys(zh).map(form))].sort(),
      [...new Set(Object.keys(en).map(form))].sort(),
      name,
    );
    for (const [key, text] of Object.entries(zh)) {
      const english = en[key] ?? en[`${form(key)}_other`]!;
      const values = (one: string): string[] => [...new Set(one.match(/\{\{\w+\}\}/g) ?? [])].sort();
      assert.deepEqual(values(text), values(english), `${name}: ${key}`);
    }
  }
});

test('every text is used somewhere', () => {
  const all = code.map(read).join('\n');
  const unused = namespaces.flatMap(name => {
    const space = name.replace('.json', '');
    return Object.keys(textsOf('en', name))
      .map(form)
      .filter(key => {
        // Keys that are put together: `flows:state_${state}`.
        const stem = key.includes('_') ? key.slice(0, key.indexOf('_') + 1) : key;
        return !all.includes(`${space}:${key}'`) && !all.includes(`${space}:${stem}\${`);
      })
      .map(key => `${space}:${key}`);
  });
  assert.deepEqual([...new Set(unused)], []);
});

test('no text stands in the markup', () => {
  const found = code
    .filter(path => path.endsWith('.svelte'))
    .flatMap(path => {
      const markup = read(path)
        .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
        .replace(/<!--[\s\S]*?-->/g, '');
      return [...withoutExpressions(markup).matchAll(/>([^<]*[A-Za-z]{2,}[^<]*)</g)]
        .map(match => match[1]!.trim())
        .filter(text => !['Fusewire', 'µs', 'ms'].includes(text))
        .map(text => `${path}: ${text}`);
    });
  assert.deepEqual(found, []);
});

/** Leaves out what stands in braces, however deep. */
function withoutExpressions(markup: string): string {
  let depth = 0;
  let left = '';
  for (const char of markup) {
    if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    else if (depth === 0) left += char;
  }
  return left.replace(/=>/g, '');
}
