/** Whatever a node file or a recording is refused for can be said in both languages. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { routes } from '#api';
import { type Diagnostic, FLOW_CODES, GATEWAY_ERRORS } from '#diagnostic';
import { hintWordsOf, wordsOf } from '../../web/src/lib/model/finding-words.ts';
import { wrongWords } from '../../web/src/lib/model/recording-words.ts';

const ROOT = join(import.meta.dirname, '../..');
const CASES = join(ROOT, 'test/flow/cases');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const textsOf = (name: string): Record<string, string>[] =>
  ['en', 'zh-TW'].map(language => JSON.parse(read(`web/src/lib/i18n/${language}/${name}.json`)));

function has(texts: readonly Record<string, string>[], key: string): void {
  const [en, zh] = texts.map(all => all[key]);
  assert.ok(en && zh, `${key} has a text in both languages`);
  assert.match(zh, /\p{Script=Han}/u, key);
}

test('every code of a node file has a text, and so has what is said of the cases of each', () => {
  const problems = textsOf('problems');
  for (const code of FLOW_CODES.filter(one => one.startsWith('node-'))) {
    has(problems, `code_${code}`);
    const found = readdirSync(CASES)
      .filter(name => name.split('.')[0] === code && existsSync(join(CASES, name, 'diagnostics.json')))
      .flatMap(name => JSON.parse(read(`test/flow/cases/${name}/diagnostics.json`)) as Diagnostic[]);
    assert.ok(found.length > 0, code);
    for (const one of found) {
      const said = wordsOf(one);
      if (said) has(problems, `said_${said.key}`);
      // What the checker of shapes says of a manifest stays in its words, behind those of the code.
      else assert.equal(one.code, 'node-manifest-invalid', one.message);
      assert.ok(hintWordsOf(one), one.hint);
    }
  }
});

test('each message and hint that the checks of node files are made of is known by its words', () => {
  const files = ['src/fusion/1-resolve.ts', 'src/library/node-file.ts', 'src/service/node-store.ts'];
  const source = files.map(read).join('\n');
  const known = (text: string): boolean => {
    const of = { message: text, hint: text } as Diagnostic;
    return wordsOf(of) !== null || hintWordsOf(of) !== null;
  };
  const texts = [
    ...source.matchAll(
      /(?:'((?:the module|the file|not a wasm)[^'\n]*|[A-Z][a-z]+ [^'\n]*\.)'|`((?:the|not|A|Export) [^`]*)`)/g,
    ),
  ]
    .map(([, plain, filled]) => plain ?? filled!)
    .map(text => text.replaceAll(/\$\{quoted\([^{}]*\)\}/g, '"7"').replaceAll(/\$\{[^{}]*\}/g, '7'));
  assert.ok(texts.length > 20, texts.join('\n'));
  assert.deepEqual(
    texts.filter(text => !known(text)),
    [],
  );
});

test('a node file that is refused without findings has a text', () => {
  const nodes = textsOf('nodes');
  const codes = ['node-version-taken', 'body-too-large', 'too-large', 'media-type-unsupported'] as const;
  for (const code of codes) {
    has(nodes, `refused_${code}`);
    assert.ok(routes.uploadNode.problems!.includes(GATEWAY_ERRORS[code].status), code);
  }
});

test('each reason for which the engine refuses a recording has a text of its own, and any other one around it', () => {
  const replay = textsOf('replay');
  const files = ['recording-file', 'open-recording', 'replay', 'player', 'rings', 'capture', 'checkpoint', 'inspect'];
  const details = files
    .flatMap(name => [
      ...read(`src/engine/${name}.ts`).matchAll(
        /(?:refused\(where, |wrong\(|new (?:Range)?Error\()(?:'([^']*)'|`([^`]*)`)/g,
      ),
    ])
    .map(([, plain, filled]) => plain ?? filled!)
    .map(text => text.replaceAll(/\$\{[^{}]*\}/g, '7'));
  assert.ok(details.length >= 12, details.join('\n'));
  for (const detail of details) {
    const { key } = wrongWords(detail);
    assert.notEqual(key, 'unknown', detail);
    has(replay, `wrong_${key}`);
  }
  has(replay, 'wrong_unknown');
  assert.deepEqual(wrongWords('WebAssembly.Module(): odd').values, { detail: 'WebAssembly.Module(): odd' });
});
