/** Things to put into a repository. */
import type { Manifest } from '#abi';
import { canonicalFlow, type FlowDocument } from '#flow';
import type { NewVersion, NodeRow, Repository } from '#repository';

export const manifest = (node_type: string, version: string): Manifest => ({
  node_type,
  version,
  title: node_type,
  description: 'A node of a test.',
  category: 'test',
  inputs: [{ name: 'in', type: 'tag' }],
  outputs: [{ name: 'out', type: 'tag' }],
});

export function addNode(store: Repository, node_type: string, version = '1.0.0', content = version): NodeRow {
  const bytes = Buffer.from(`${node_type} ${content}`);
  return store.nodes.add({ bytes, manifest: manifest(node_type, version), origin: 'upload', by: 'ada' });
}

/** A document of these nodes, each pinned. */
export const pinned = (...nodes: readonly NodeRow[]): FlowDocument => ({
  format: 'fusewire.flow/1',
  name: 'line',
  nodes: nodes.map(({ node_type, hash }, index) => ({ id: `n${index}`, node_type, wasm_hash: hash })),
  wires: [],
});

export function versionOf(document: FlowDocument, message = ''): NewVersion {
  const nodes = new Map(
    document.nodes.map(node => [node.id, { node, hash: node.wasm_hash!, manifest: manifest(node.node_type, '1.0.0') }]),
  );
  return { document, canonical: canonicalFlow(document, nodes), tests: [], message, author: 'ada' };
}

export const addFlow = (store: Repository, id: string): void =>
  void store.flows.create({ id, name: id, by: 'ada', document: '{}' });
