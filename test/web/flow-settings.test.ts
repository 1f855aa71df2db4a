/** The settings of a flow, as its form has them, are those that the gateway takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlowDocument, parseFlow } from '#flow';
import { ownerOf, problemsByPath } from '../../web/src/lib/model/finding-places.ts';
import { LIMITS, setSetting, settingProblems, settingsSchema } from '../../web/src/lib/model/flow-settings.ts';

const document: FlowDocument = { format: 'fusewire.flow/1', name: 'f', nodes: [], wires: [] };
const schema = settingsSchema(name => ({ title: name }));
const accepts = (one: FlowDocument): boolean => 'document' in parseFlow(JSON.stringify(one));

test('every limit takes its bounds, and refuses what the gateway refuses', () => {
  const limits = (schema['properties'] as Record<string, { properties: Record<string, Record<string, number>> }>)[
    'limits'
  ]!;
  for (const name of LIMITS) {
    const { minimum = 0, maximum = 0, default: preset = 0 } = limits.properties[name]!;
    for (const value of [minimum, maximum, preset, minimum - 1, maximum + 1, minimum + 0.5]) {
      const changed = setSetting(document, ['limits', name], value);
      assert.equal(settingProblems(changed, schema).length === 0, accepts(changed), `${name} ${value}`);
    }
  }
  for (const tick_ms of [0, 1, 60_000, 60_001, 1.5]) {
    const changed = setSetting(document, ['tick_ms'], tick_ms);
    assert.equal(settingProblems(changed, schema).length === 0, accepts(changed), `tick_ms ${tick_ms}`);
  }
});

test('a limit that is taken back leaves no trace', () => {
  const changed = setSetting(document, ['limits', 'fuel'], 5);
  assert.deepEqual(changed.limits, { fuel: 5 });
  assert.deepEqual(setSetting(changed, ['limits', 'fuel'], undefined), document);
});

test('what is missing is said at its own place', () => {
  const missing = {
    code: 'invalid-props',
    severity: 'error',
    where: '$.nodes[0].props.cases[1]',
    message: 'Instance does not have required property "op".',
    hint: '',
  } as const;
  assert.deepEqual([...problemsByPath([missing]).keys()], ['$.nodes[0].props.cases[1].op']);
  const drawn = { ...document, nodes: [{ id: 'split', node_type: 'switch' }] };
  assert.equal(ownerOf(missing, drawn), 'split.cases[1]');
  assert.equal(ownerOf({ ...missing, where: '$.nodes' }, drawn), 'nodes');
});
