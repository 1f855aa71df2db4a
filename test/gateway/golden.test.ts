/** Golden tests: what their files may say, how what came out is held against it, and the command that runs them. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type GoldenReport, loadFlow, readGolden, runGolden, runGoldenBoth } from '#gateway';
import { Command } from '../support/process.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/boiler-line');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-golden-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const cache = join(folder, 'cache');
const loaded = await loadFlow(join(EXAMPLE, 'flow.json'), join(ROOT, 'nodes'));
assert.ok(loaded.document);
const flow = loaded;

const INPUT = 'input: [{ tag: line1/cell01/temp, value: 95.5, at: 0 }]';
/** What is wrong with it; empty: nothing. */
function problems(text: string): string[] {
  const read = readGolden(text);
  return 'golden' in read ? [] : read.diagnostics.map(({ where, message }) => `${where}: ${message}`);
}
async function failures(text: string): Promise<string[]> {
  const read = readGolden(text);
  assert.ok('golden' in read, JSON.stringify(read));
  const report = await runGolden(flow, read.golden, { fused: false, cache });
  return 'diagnostics' in report
    ? report.diagnostics.map(({ code, where }) => `${code} ${where}`)
    : report.failures.map(({ where, message }) => `${where}: ${message}`);
}

test('what a file says wrongly is told with its place', () => {
  const cases: [string, RegExp][] = [
    ['', /^\$: Invalid input/],
    ['input: []\nexpect: {}', /^\$\.input: /],
    [`${INPUT}\nexpect: {}\nexpects: {}`, /^\$: unknown key expects/],
    ['input:\n  - { tag: a, valeu: 1 }\nexpect: {}', /^\$\.input\[0\]: unknown key valeu \(line 2\)$/],
    ['input: [{ tag: a, value: 1.5, kind: int32 }]\nexpect: {}', /^\$\.input\[0\]: 1.5 is no int32$/],
    ['input: [{ tag: a, value: x, kind: double }]\nexpect: {}', /"x" is no double/],
    ['input: [{ value: 1 }]\nexpect: {}', /^\$\.input\[0\]\.tag: /],
    ['input: [{ base64: "?" }]\nexpect: {}', /^\$\.input\[0\]\.base64: /],
    ['input: [{ advance_ms: -1 }]\nexpect: {}', /^\$\.input\[0\]\.advance_ms: /],
    [
      `${INPUT}\nexpect:\n  a.out:\n    - { tag: a, vlaue: 1 }`,
      /^\$\.expect\["a.out"\]\[0\]: unknown key vlaue \(line 4\)$/,
    ],
    [`${INPUT}\nexpect: { a: [{ json: 1, text: b }] }`, /unknown key text/],
    [`${INPUT}\nclock: sun\nexpect: {}`, /^\$\.clock: /],
    [`${INPUT}\nstart: tomorrow\nexpect: {}`, /^\$\.start: /],
    [`${INPUT}\ntolerance: { abs: -1 }\nexpect: {}`, /^\$\.tolerance\.abs: /],
    [`${INPUT}\n${INPUT}\nexpect: {}`, /keys must be unique/],
    ['input: [\nexpect: {', /^\$: /],
    ['input: &a [{ advance_ms: 1 }]\nexpect: { x: *a }', /an alias/],
  ];
  for (const [text, pattern] of cases) {
    const found = problems(text);
    assert.ok(
      found.some(one => pattern.test(one)),
      `${text}\n${found.join('\n')}`,
    );
  }
});

test('what is large, deep or many-headed is refused in little time and memory', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i += 1)
    bomb.push(
      `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(8)
        .fill(`*${String.fromCharCode(96 + i)}`)
        .join()}]`,
    );
  assert.match(problems(bomb.join('\n'))[0]!, /an alias/);
  assert.match(problems('['.repeat(200_000))[0]!, /nested more than 32 deep/);
  assert.match(
    problems(Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))[0]!,
    /nested more than 32 deep/,
  );
  assert.match(problems(`${'- '.repeat(60_000)}a`)[0]!, /nested more than 32 deep/);
  assert.match(problems(`# ${'x'.repeat(300_000)}`)[0]!, /more than 262144 bytes/);
  problems(`${INPUT}\nexpect: { __proto__: [{ json: { polluted: 1 } }] }`);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('values are compared per port and in order; what is not named is not compared', async () => {
  const one = `${INPUT}\nexpect:\n`;
  assert.deepEqual(await failures(`${one}  good.true: [{ tag: line1/cell01/temp }]`), []);
  assert.deepEqual(await failures(`${one}  good.true: [{ value: 95.4 }]`), [
    'good.true[0].value: it is off by 0.09999999999999432',
  ]);
  assert.deepEqual(await failures(`tolerance: { abs: 0.11 }\n${one}  good.true: [{ value: 95.4 }]`), []);
  assert.deepEqual(await failures(`tolerance: { rel: 0.002 }\n${one}  good.true: [{ value: 95.4 }]`), []);
  assert.deepEqual(await failures(`${one}  good.true: []\n  good.false: [{ value: 1 }]`), [
    'good.true[0]: one too many: 0 expected, 1 came',
    'good.false[0]: it did not come',
  ]);
  assert.deepEqual(await failures(`${one}  good.true: { count: 2 }`), ['good.true: 2 expected, 1 came']);
  assert.deepEqual(await failures(`${one}  good.true: [{ at: 1, quality: 0, kind: float }]`), [
    'good.true[0].kind: it is another',
    'good.true[0].timestamp: it is off by 1000',
  ]);
  assert.deepEqual(await failures(`${one}  good.maybe: []\n  nobody.out: []\n  good: []`), [
    'unknown-port $.expect["good.maybe"]',
    'unknown-node $.expect["nobody.out"]',
    'unknown-port $.expect.good',
  ]);
  assert.deepEqual(await failures(`input: [{ base64: AQI= }]\nexpect: {}`), ['malformed: a message was no TagUpdate']);
  assert.deepEqual(await failures(`input: [{ base64: AQI= }]\nmalformed: true\nexpect: {}`), []);
});

test('refusals and faults fail a test that does not name them', async () => {
  const text = 'input: [{ tag: line1/cell01/temp, value: hot }]\nexpect: {}';
  const [found] = await failures(text);
  assert.match(found!, /^errors\[0\]: node "\w+": /);
  const node = /node "(\w+)"/.exec(found!)![1];
  assert.deepEqual(
    (await failures(`${text}\nerrors: [{ node: ${node} }]`)).filter(one => one.startsWith('errors[0]')),
    [],
  );
  assert.match(
    (await failures(`${INPUT}\nexpect: {}\nerrors: [{ node: ${node}, reason: x }]`))[0]!,
    /^errors\[0\]: it did not come$/,
  );
});

test('the example passes, unfused and fused, and both agree', async () => {
  const read = readGolden(readFileSync(join(EXAMPLE, 'flow.test.yaml'), 'utf8'));
  assert.ok('golden' in read, JSON.stringify(read));
  const report = (await runGoldenBoth(flow, read.golden, { cache })) as GoldenReport;
  assert.deepEqual([report.passed, report.failures], [true, []]);
});

test('fusewire test finds what stands beside a flow, and says what failed by its exit code', async () => {
  copyFileSync(join(EXAMPLE, 'flow.json'), join(folder, 'flow.json'));
  const run = (...args: string[]) => new Command(cache, ['test', join(folder, 'flow.json'), ...args]).ended;
  const none = await run();
  assert.deepEqual([none.code, none.out], [2, '']);
  copyFileSync(join(EXAMPLE, 'flow.test.yaml'), join(folder, 'flow.test.yaml'));
  writeFileSync(join(folder, 'named.test.yaml'), `flow: ./flow.json\n${INPUT}\nexpect: { good.true: { count: 1 } }`);
  writeFileSync(join(folder, 'other.test.yaml'), `flow: ./other.json\n${INPUT}\nexpect: { good.true: { count: 9 } }`);
  const both = await run();
  assert.deepEqual([both.code, both.err], [0, '']);
  assert.match(both.out, /^ok {3}.*flow\.test\.yaml\nok {3}.*named\.test\.yaml\n2 passed, 0 failed\n$/);
  writeFileSync(join(folder, 'flow.bad.test.yaml'), `${INPUT}\nexpect: { good.true: [{ value: 1 }] }`);
  const failed = await run('--engine', 'unfused');
  assert.equal(failed.code, 1);
  assert.match(
    failed.out,
    /FAIL .*flow\.bad\.test\.yaml\n {2}good\.true\[0\]\.value: it is off by 94\.5\n {4}- 1\n {4}\+ 95\.5\n/,
  );
  const json = await run('--engine', 'unfused', '--json', join(folder, 'flow.bad.test.yaml'));
  const report = JSON.parse(json.out) as { failed: number; tests: { failures: { where: string }[] }[] };
  assert.deepEqual([json.code, report.failed, report.tests[0]!.failures[0]!.where], [1, 1, 'good.true[0].value']);
  writeFileSync(join(folder, 'flow.bad.test.yaml'), 'input: 3');
  const wrong = await run('--engine', 'unfused', join(folder, 'flow.bad.test.yaml'));
  assert.deepEqual([wrong.code, /document-invalid/.test(wrong.err)], [1, true]);
  assert.equal((await run('--engine', 'steam')).code, 2);
});

test('fusewire try prints the way of each message as a tree', async () => {
  const run = (...args: string[]) => new Command(cache, ['try', join(EXAMPLE, 'flow.json'), ...args]).ended;
  const update = '{"tag":"line1/cell01/temp","value":95.5,"timestamp":1770000000000000}';
  const tree = await run('--message', update, '--advance', '2000');
  assert.deepEqual([tree.code, tree.err], [0, '']);
  assert.match(
    tree.out,
    /^message 1: line1\/cell01\/temp = 95\.5 .*\n {2}→ temps\.out: .*\n {4}→ good\.true: .*\n {6}→ split\.out1: .*\n {8}→ range\.case1: .*\n {10}→ fahrenheit\.out: .*= 203\.9 °F .*\n {6}→ split\.out2: /,
  );
  assert.match(tree.out, /\ntime passes\n(.*\n)*.* {2}⇒ alarms: .*203\.9/);
  const json = await run('--json', '--fused', '--message', update, '{"base64":"AQ=="}');
  const { records } = JSON.parse(json.out) as {
    records: { what: string; hops: { node: string | null; update?: { value: number } }[] }[];
  };
  assert.deepEqual(
    records.map(({ what }) => what),
    ['record', 'malformed'],
  );
  assert.equal(records[0]!.hops.find(({ node }) => node === 'fahrenheit')!.update!.value, 203.9);
  for (const wrong of [
    [],
    ['--message', '{'],
    ['--message', '{"tag":1}'],
    ['--message', '{"tag":"a","tga":1}'],
    ['--message', update, '--clock', 'sun'],
  ]) {
    const { code, out } = await run(...wrong);
    assert.deepEqual([code, out], [2, ''], wrong.join(' '));
  }
});

test('the document shows a test that can be read', () => {
  const text = readFileSync(join(ROOT, 'docs/testing-flows.md'), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(match => match[1]!);
  assert.ok(blocks.length > 0);
  for (const block of blocks) assert.deepEqual(problems(block), []);
});
