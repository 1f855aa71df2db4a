/** The built-in nodes as the studio knows them, without their files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogEntry, FlowDocument, FlowWire, Manifest } from '../../../web/src/lib/contract.ts';

const NODES = join(import.meta.dirname, '../../../nodes');
const entries = new Map<string, CatalogEntry>(
  readdirSync(NODES)
    .filter(name => name !== 'lib' && statSync(join(NODES, name)).isDirectory())
    .map(name => {
      const manifest = JSON.parse(readFileSync(join(NODES, name, 'manifest.json'), 'utf8')) as Manifest;
      return [name, { hash: name, manifest }];
    }),
);

export const library: Catalog = {
  byType: node_type => entries.get(node_type) ?? null,
  byHash: hash => entries.get(hash) ?? null,
  types: [...entries.keys()],
};
export const manifestOf = (node_type: string): Manifest => entries.get(node_type)!.manifest;

/** `a.out→b.in` */
export function wire(text: string): FlowWire {
  const [, source_node, source_port, target_node, target_port] = /^(.+)\.(.+)→(.+)\.(.+)$/.exec(text)!;
  return {
    source_node: source_node!,
    source_port: source_port!,
    target_node: target_node!,
    target_port: target_port!,
  };
}

/** @param nodes by id: their type */
export function flow(nodes: Record<string, string>, wires: readonly string[] = [], layout?: unknown): FlowDocument {
  return {
    format: 'fusewire.flow/1',
    name: 'test',
    nodes: Object.entries(nodes).map(([id, node_type]) => ({ id, node_type })),
    wires: wires.map(wire),
    ...(layout !== undefined && { layout }),
  };
}
