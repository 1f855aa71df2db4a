import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPattern } from '#abi';
import { PatternTrie } from '#ingest';
import { matches, randomPattern, randomTag } from '../support/ingest.ts';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const matched = (patterns: readonly string[], tag: string): boolean => {
  const trie = new PatternTrie();
  trie.add(0, patterns);
  return trie.match(latin1(tag)).length === 1;
};

test('patterns are those of MQTT', () => {
  const cases: [pattern: string, tag: string, match: boolean][] = [
    ['line1/#', 'line1', true],
    ['line1/#', 'line1/a/b', true],
    ['line1/#', 'line10', false],
    ['line1/+', 'line1', false],
    ['line1/+', 'line1/', true],
    ['+', '', false],
    ['+/b', '/b', true],
    ['#', 'a/b', true],
    ['#', '$sys/a', false],
    ['+/a', '$sys/a', false],
    ['$sys/#', '$sys/a', true],
    ['$sys/+', '$sys/a', true],
    ['a/+/c', 'a/$b/c', true],
    ['+/#', 'a', true],
    ['a//b', 'a//b', true],
    ['a/+/b', 'a//b', true],
    ['läuft/+', 'läuft/ü', true],
    ['a', 'a/', false],
  ];
  for (const [pattern, tag, match] of cases.filter(one => one[1] !== '')) {
    assert.equal(matched([pattern], tag), match, `${pattern} and ${tag}`);
    assert.equal(matches(pattern, tag), match, `the model: ${pattern} and ${tag}`);
  }
});

test('+ and # stand for whole levels, # comes last', () => {
  for (const sound of ['#', '+', 'a', 'a/#', '+/+/#', '/', 'a//#', '$x/+']) assert.ok(isPattern(sound), sound);
  for (const wrong of ['', '#/a', 'a#', 'a/#/b', '+a', 'a+/b', 'a/b+', '##', '++']) assert.ok(!isPattern(wrong), wrong);
});

test('a source without patterns gets every tag', () => {
  const trie = new PatternTrie();
  trie.add(0, ['#']);
  trie.add(1, null);
  trie.add(2, []);
  assert.deepEqual(trie.match('a'), [0, 1]);
  assert.deepEqual(trie.match('$a'), [1]);
});

test(`the trie finds what a look at each pattern finds (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 300; round += 1) {
    const trie = new PatternTrie();
    const all = Array.from({ length: 1 + random.int(12) }, () =>
      Array.from({ length: random.int(5) }, () => randomPattern(random)),
    );
    all.forEach((patterns, index) => trie.add(index, patterns));
    for (let i = 0; i < 40; i += 1) {
      const tag = randomTag(random);
      const expected = all.flatMap((patterns, index) => (patterns.some(one => matches(one, tag)) ? [index] : []));
      assert.deepEqual(trie.match(latin1(tag)), expected, `${tag} in ${JSON.stringify(all)}`);
    }
  }
});
