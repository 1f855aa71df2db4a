/** Templates of the studio are flows that could be deployed as they stand. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '#abi';
import { type CatalogEntry, checkFlow, parseFlow } from '#flow';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import {
  FIRST_TEMPLATES,
  filledFrom,
  fromTemplate,
  TEMPLATES,
  type TemplateName,
} from '../../web/src/lib/templates/index.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const manifests = new Map<string, CatalogEntry>(
  readdirSync(NODES, { withFileTypes: true })
    .filter(one => one.isDirectory())
    .flatMap(({ name }) => {
      try {
        const manifest = JSON.parse(readFileSync(join(NODES, name, 'manifest.json'), 'utf8')) as Manifest;
        return [[manifest.node_type, { hash: manifest.node_type, manifest }] as const];
      } catch {
        return [];
      }
    }),
);
const catalog = {
  byType: (type: string) => manifests.get(type) ?? null,
  byHash: () => null,
  types: [...manifests.keys()],
};
const names = Object.keys(TEMPLATES) as TemplateName[];

for (const name of names)
  test(`template ${name}: a sound flow, every node in its own place`, () => {
    const document = fromTemplate(name, 'plant 1');
    assert.ok('document' in parseFlow(JSON.stringify(document)));
    assert.deepEqual(checkFlow(document, catalog).diagnostics, []);
    const places = Object.values(layoutOf(document).nodes).map(({ x, y }) => `${x} ${y}`);
    assert.equal(new Set(places).size, document.nodes.length);
    assert.equal(document.name, 'plant 1');
  });

test('an empty document is filled from a template and keeps what is its own; one with nodes stays as it is', () => {
  const comment = { id: 'c', text: 'later', x: 0, y: 0, width: 200, height: 100, colour: 'grey' };
  const empty = {
    ...{ format: 'fusewire.flow/1' as const, name: 'mine', description: 'of mine', tick_ms: 50 },
    ...{ nodes: [], wires: [], layout: { comments: [comment] } },
  };
  for (const name of FIRST_TEMPLATES) {
    const filled = filledFrom(name, empty);
    const { nodes, wires, layout: _, ...rest } = filled;
    assert.deepEqual(rest, { format: 'fusewire.flow/1', name: 'mine', description: 'of mine', tick_ms: 50 });
    assert.deepEqual([nodes, wires], [TEMPLATES[name].nodes, TEMPLATES[name].wires]);
    assert.deepEqual(layoutOf(filled).nodes, layoutOf(TEMPLATES[name]).nodes);
    assert.equal(layoutOf(filled).comments[0]?.text, 'later');
    assert.equal(filledFrom('split', filled), filled);
  }
});
