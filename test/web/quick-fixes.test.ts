/** Each quick fix is tried on a flow that has the finding: afterwards the finding is gone, and nothing worse has come. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { type Catalog, checkFlow, type FlowDocument, parseFlow } from '#flow';
import { hintWordsOf, wordsOf } from '../../web/src/lib/model/finding-words.ts';
import { fixesOf } from '../../web/src/lib/model/quick-fixes.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const CASES = join(import.meta.dirname, '../flow/cases');
const entries = new Map(
  readdirSync(NODES, { withFileTypes: true })
    .filter(one => one.isDirectory() && one.name !== 'lib')
    .map(({ name }) => {
      const manifest = JSON.parse(readFileSync(join(NODES, name, 'manifest.json'), 'utf8')) as Manifest;
      return [name, { hash: name.padEnd(64, '0'), manifest }];
    }),
);
const catalog: Catalog = {
  byType: type => entries.get(type) ?? null,
  byHash: hash => [...entries.values()].find(one => one.hash === hash) ?? null,
  types: [...entries.keys()],
};
const wire = (from: string, to: string): FlowDocument['wires'][number] => {
  const [source_node = '', source_port = 'out'] = from.split('.');
  const [target_node = '', target_port = 'in'] = to.split('.');
  return { source_node, source_port, target_node, target_port };
};
const flow = (nodes: FlowDocument['nodes'], wires: FlowDocument['wires'] = []): FlowDocument => ({
  format: 'fusewire.flow/1',
  name: 'f',
  nodes,
  wires,
});
const source = { id: 'source', node_type: 'tag_input' };
const findings = (document: FlowDocument): Diagnostic[] => checkFlow(document, catalog).diagnostics;
const errors = (document: FlowDocument): number =>
  findings(document).filter(finding => finding.severity === 'error').length;

/** Every fix of every finding of this flow. @returns the kinds */
function fixAll(document: FlowDocument, codes: readonly string[]): string[] {
  return findings(document)
    .filter(finding => codes.includes(finding.code))
    .flatMap(finding =>
      fixesOf(finding, document, catalog).map(fix => {
        const mended = fix.edit(document);
        const text = JSON.stringify(mended);
        assert.ok('document' in parseFlow(text), text);
        const still = findings(mended).filter(one => one.where === finding.where && one.message === finding.message);
        assert.deepEqual(still, [], `${fix.kind}: ${finding.message}`);
        return fix.kind;
      }),
    );
}

test('wires: twice, to nothing, to a name that is misspelt, between types that do not fit', () => {
  const sink = { id: 'sink', node_type: 'file_sink', props: { path: 'a' } };
  const nodes = [source, { id: 'limit', node_type: 'filter', props: { op: '>', value: 1 } }, sink];
  const base = [wire('source', 'limit'), wire('limit.true', 'sink')];
  const twice = flow(nodes, [...base, wire('limit.true', 'sink')]);
  assert.deepEqual(fixAll(twice, ['duplicate-wire']), ['removeWire']);
  assert.equal(fixesOf(findings(twice)[0]!, twice, catalog)[0]!.edit(twice).wires.length, 2);
  const nothing = flow(nodes, [...base, wire('source', 'nowhere'), wire('limits.false', 'sink')]);
  assert.deepEqual(fixAll(nothing, ['unknown-node']), ['removeWire', 'takeNode', 'removeWire']);
  const ports = flow(nodes, [wire('source.oops', 'limit'), wire('limit.tru', 'sink'), wire('limit.xyz', 'sink')]);
  assert.deepEqual(fixAll(ports, ['unknown-port']), ['takePort', 'removeWire', 'takePort', 'removeWire', 'removeWire']);
  const window = { id: 'w', node_type: 'window', props: { kind: 'count', count: 3 } };
  const types = flow([source, window, nodes[1]!], [wire('source', 'w'), wire('w', 'limit')]);
  assert.deepEqual(fixAll(types, ['port-type-mismatch']), ['removeWire']);
});

test('nodes: an id twice, an unknown type, a version that is gone, one that nothing reaches, no source', () => {
  const doubled = flow([source, { ...source, props: { tags: ['a'] } }]);
  assert.deepEqual(fixAll(doubled, ['duplicate-id']), ['giveId']);
  const types = flow([source, { id: 'a', node_type: 'fliter' }, { id: 'b', node_type: 'no_such_thing_at_all' }]);
  assert.deepEqual(fixAll(types, ['unknown-node-type']), ['takeType', 'removeNode', 'removeNode']);
  const gone = flow([source, { id: 'a', node_type: 'fan_out', wasm_hash: 'f'.repeat(64) }], [wire('source', 'a')]);
  assert.deepEqual(fixAll(gone, ['hash-not-found']), ['unpin']);
  const lost = flow([source, { id: 'a', node_type: 'fan_out' }]);
  assert.deepEqual(fixAll(lost, ['unreachable-node']), ['removeNode']);
  const none = flow([{ id: 'a', node_type: 'fan_out' }]);
  assert.deepEqual(fixAll(none, ['no-source']), ['addSource']);
  assert.deepEqual(fixAll(flow([]), ['no-source']), ['addSource']);
});

test('a cycle loses the wire that closed it, and of several all that did', () => {
  const step = (id: string) => ({ id, node_type: 'fan_out' });
  const nodes = [source, step('a'), step('b'), step('c')];
  const way = [wire('source', 'a'), wire('a.out1', 'b'), wire('b.out1', 'c')];
  const one = flow(nodes, [...way, wire('c.out1', 'a')]);
  assert.deepEqual(fixAll(one, ['cycle']), ['removeClosing']);
  const [fix] = fixesOf(findings(one).find(({ code }) => code === 'cycle')!, one, catalog);
  assert.deepEqual(fix?.values, { count: 1, from: 'c', to: 'a' });
  assert.equal(errors(fix!.edit(one)), 0);
  const two = flow(nodes, [...way, wire('c.out1', 'a'), wire('b.out2', 'a'), wire('c.out2', 'c')]);
  const [both] = fixesOf(findings(two).find(({ code }) => code === 'cycle')!, two, catalog);
  assert.equal(errors(both!.edit(two)), 0);
});

test('props: missing, unknown, of another type, out of range, no choice, too many', () => {
  const of = (node_type: string, props: Record<string, unknown>): FlowDocument =>
    flow([source, { id: 'a', node_type, props }], [wire('source', node_type === 'binary_combine' ? 'a.a' : 'a.in')]);
  const best = (node_type: string, props: Record<string, unknown>): unknown => {
    const document = of(node_type, props);
    fixAll(document, ['invalid-props']);
    const finding = findings(document).find(({ code }) => code === 'invalid-props')!;
    const [fix] = fixesOf(finding, document, catalog);
    return fix && fix.edit(document).nodes[1]!.props;
  };
  assert.deepEqual(best('agg', {}), { function: 'count' });
  assert.deepEqual(best('switch', {}), { cases: [{ op: '==', value: 0 }] });
  assert.deepEqual(best('switch', { cases: [] }), { cases: [{ op: '==', value: 0 }] });
  assert.deepEqual(best('agg', { function: 'mean', colour: 1 }), { function: 'mean' });
  assert.deepEqual(best('agg', { function: 'meaan' }), { function: 'mean' });
  assert.deepEqual(best('agg', { function: 'Mean' }), { function: 'mean' });
  assert.deepEqual(best('scale', { round: 99 }), { round: 15 });
  assert.deepEqual(best('scale', { round: 1.4 }), { round: 1 });
  assert.deepEqual(best('scale', { factor: '1.8' }), { factor: 1.8 });
  assert.deepEqual(best('file_sink', { path: 'a', append: 'false' }), { path: 'a', append: false });
  assert.deepEqual(best('file_sink', { path: 7 }), { path: '7' });
  assert.deepEqual(best('window', { kind: 'count', size_ms: 0 }), { kind: 'count', size_ms: 1 });
  assert.deepEqual(best('mqtt_sink', { url: 'mqtt://a', topic: 'a', qos: 3 }), { url: 'mqtt://a', topic: 'a' });
  const cases = Array.from({ length: 6 }, (_, value) => ({ op: '==', value }));
  assert.deepEqual(best('switch', { cases }), { cases: cases.slice(0, 4) });
  // Where there is no telling, nothing is offered.
  assert.equal(best('file_sink', {}), undefined);
});

test('the cases of the rules for flows: what is offered mends, and all that is found can be said in any language', () => {
  const offered = new Set<string>();
  for (const name of readdirSync(CASES)) {
    const file = join(CASES, name, 'flow.json');
    const parsed = existsSync(file) ? parseFlow(readFileSync(file)) : { diagnostics: [] };
    if (!('document' in parsed)) continue;
    for (const finding of findings(parsed.document)) {
      assert.ok(
        wordsOf(finding) ?? ['limit-exceeded', 'node-manifest-invalid'].includes(finding.code),
        finding.message,
      );
      assert.ok(
        hintWordsOf(finding) ?? ['limit-exceeded', 'node-manifest-invalid'].includes(finding.code),
        finding.hint,
      );
      offered.add(finding.code);
    }
    if (parsed.document.nodes.length < 50) fixAll(parsed.document, [...offered]);
  }
  assert.ok(offered.size >= 12, [...offered].join());
});

test('findings about numbers say what the bound is', () => {
  const said = (props: Record<string, unknown>): unknown => {
    const document = flow([source, { id: 'a', node_type: 'window', props }], [wire('source', 'a')]);
    const words = wordsOf(findings(document).find(({ code }) => code === 'invalid-props')!);
    return [words?.key, words?.values['bound']];
  };
  assert.deepEqual(said({ kind: 'count', size_ms: 0 }), ['above', '0']);
  assert.deepEqual(said({ kind: 'count', count: 0 }), ['atLeast', '1']);
  assert.deepEqual(said({ kind: 'count', count: 1e9 }), ['atMost', '10000']);
});
