/** What the gateway says in English, said in Chinese by the studio. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GATEWAY_ERRORS, GatewayError } from '#diagnostic';
import { knownWords } from '../../web/src/lib/model/known-words.ts';

const ROOT = join(import.meta.dirname, '../..');
const table = JSON.parse(readFileSync(join(ROOT, 'web/src/lib/i18n/zh-TW/gateway.json'), 'utf8')) as Record<
  string,
  string
>;
const say = knownWords(table);

test('every error of the gateway is known in Chinese', () => {
  const missing = Object.values(GATEWAY_ERRORS).filter(({ text }) => !(text in table));
  assert.deepEqual(missing, []);
});

test('what is known is what the gateway says, and has the same values in both languages', () => {
  const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => readFileSync(join(ROOT, 'src', path), 'utf8'))
    .join('\n');
  const values = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([one]) => one).sort();
  for (const [known, said] of Object.entries(table)) {
    for (const piece of known.split(/\{\{\w+\}\}/)) assert.ok(source.includes(piece), known);
    assert.deepEqual(values(said), values(known), known);
  }
});

test('sentence, place and detail; what one detail holds is said too; the unknown stays', () => {
  const said = (...args: ConstructorParameters<typeof GatewayError>): string => say(new GatewayError(...args).message);
  assert.equal(said('in-use', 'flow boiler', 'stop it first'), '正在使用中。flow boiler：請先停止它');
  assert.equal(said('not-found', 'boiler'), '找不到。boiler');
  assert.equal(
    said('mqtt-unreachable', 'mqtt://10.0.0.9:1883', 'connect ECONNREFUSED 10.0.0.9:1883: twice'),
    '無法連上 MQTT 代理伺服器。mqtt://10.0.0.9:1883：connect ECONNREFUSED 10.0.0.9:1883: twice',
  );
  const fault = 'node "press" (moody) in handle, record 17: trap (a: b)';
  assert.equal(
    say(`it keeps failing and is set aside for 5 s; last: ${fault}`),
    '不斷發生故障，隔離 5 秒；最近一次：節點「press」（moody）在 handle、第 17 筆紀錄：trap（a: b）',
  );
  assert.equal(say('rolled back: stop it first'), '已回復到先前版本：請先停止它');
  for (const text of ['', 'anything else', 'There is no', '$& {{x}}']) assert.equal(say(text), text);
});

test('a node that is called like something known keeps its name', () => {
  const reasons = knownWords({ ...table, fuel: '燃料耗盡' });
  assert.equal(reasons(new GatewayError('configure-failed', 'fuel', 'no').message), '有節點拒絕了它的設定。fuel：no');
  assert.equal(
    reasons('node "fuel" (agg) in tick, record 1: fuel'),
    '節點「fuel」（agg）在 tick、第 1 筆紀錄：燃料耗盡',
  );
  assert.equal(
    reasons('node "fuel" (agg) in tick, record 1: fuel (unreachable)'),
    '節點「fuel」（agg）在 tick、第 1 筆紀錄：燃料耗盡（unreachable）',
  );
});

test('a text that repeats itself, or the pieces of what is known, ends', () => {
  assert.match(say('rolled back: '.repeat(1_000)), /^已回復到先前版本：/);
  const pieces = ['node "', '" (', ') in ', ', record ', ' ('].map(piece => piece.repeat(2_000)).join('');
  assert.ok(say(pieces) === pieces);
});
