/** What mends a finding, where it is plain what that is. Each is one change of the document. */
import { type Catalog, closest, type Diagnostic, type FlowDocument, type FlowWire } from '../contract.ts';
import { addNode, freeId, remove } from './edit.ts';
import { hintWordsOf } from './finding-words.ts';
import type { Fix } from './fix.ts';
import { layoutOf } from './layout.ts';
import { propFixes } from './prop-fixes.ts';

/** The best first. */
export function fixesOf(finding: Diagnostic, document: FlowDocument, catalog: Catalog): Fix[] {
  const node = /^\$\.nodes\[(\d+)\]/.exec(finding.where);
  const wire = /^\$\.wires\[(\d+)\](?:\.(source|target)_(node|port))?/.exec(finding.where);
  if (finding.code === 'no-source') return addSource(catalog);
  if (node) return nodeFixes(finding, document, catalog, Number(node[1]));
  if (wire) return wireFixes(finding, document, catalog, Number(wire[1]), wire[2] as Side | undefined);
  return [];
}

type Side = 'source' | 'target';

function nodeFixes(finding: Diagnostic, document: FlowDocument, catalog: Catalog, index: number): Fix[] {
  const node = document.nodes[index];
  if (!node) return [];
  const taken: Fix = {
    kind: 'removeNode',
    values: { id: node.id },
    edit: now => remove(now, new Set([node.id])),
  };
  switch (finding.code) {
    case 'duplicate-id': {
      const id = freeId(document, node.id);
      return [{ kind: 'giveId', values: { id }, edit: now => withNode(now, index, { ...node, id }) }];
    }
    case 'unknown-node-type': {
      const meant = meantBy(finding);
      if (meant === null) return [taken];
      const take = (now: FlowDocument): FlowDocument => withNode(now, index, { ...node, node_type: meant });
      return [{ kind: 'takeType', values: { name: meant }, edit: take }, taken];
    }
    case 'hash-not-found': {
      const { wasm_hash: _, ...unpinned } = node;
      if (!catalog.byType(node.node_type)) return [taken];
      return [{ kind: 'unpin', values: {}, edit: now => withNode(now, index, unpinned) }];
    }
    case 'unreachable-node':
      return [taken];
    case 'cycle':
      return closingFix(document, node.id);
    case 'invalid-props':
      return propFixes(finding, document, catalog, index);
    default:
      return [];
  }
}

function wireFixes(
  finding: Diagnostic,
  document: FlowDocument,
  catalog: Catalog,
  index: number,
  side: Side | undefined,
): Fix[] {
  const wire = document.wires[index];
  if (!wire) return [];
  const gone: Fix = { kind: 'removeWire', values: {}, edit: now => withWires(now, now.wires.toSpliced(index, 1)) };
  if (side === undefined || (finding.code !== 'unknown-node' && finding.code !== 'unknown-port')) return [gone];
  const key = finding.code === 'unknown-node' ? (`${side}_node` as const) : (`${side}_port` as const);
  const name = finding.code === 'unknown-node' ? meantBy(finding) : nearestPort(document, catalog, wire, side);
  if (name === null) return [gone];
  const next = { ...wire, [key]: name };
  // Another wire may go there already: then this one is one too many.
  if (document.wires.some(one => sameWire(one, next))) return [gone];
  const kind = finding.code === 'unknown-node' ? 'takeNode' : 'takePort';
  return [{ kind, values: { name }, edit: now => withWires(now, now.wires.with(index, next)) }, gone];
}

function nearestPort(document: FlowDocument, catalog: Catalog, wire: FlowWire, side: Side): string | null {
  const node = document.nodes.find(one => one.id === wire[`${side}_node`]);
  const entry =
    node && (node.wasm_hash === undefined ? catalog.byType(node.node_type) : catalog.byHash(node.wasm_hash));
  const ports = entry?.manifest[side === 'source' ? 'outputs' : 'inputs'].map(one => one.name) ?? [];
  return ports.length === 1 ? ports[0]! : closest(wire[`${side}_port`], ports);
}

const meantBy = (finding: Diagnostic): string | null => {
  const words = hintWordsOf(finding);
  return words?.key === 'meant' ? words.values['name']! : null;
};

/** Wires that lead back to where records came from, among the nodes that are in a cycle with this one: the later drawn. */
function closingFix(document: FlowDocument, id: string): Fix[] {
  const ahead = reached(document.wires, id);
  const behind = reached(
    document.wires.map(one => ({ source_node: one.target_node, target_node: one.source_node })),
    id,
  );
  const closing = new Set<FlowWire>();
  const kept: FlowWire[] = [];
  for (const wire of document.wires) {
    const isWithin = [wire.source_node, wire.target_node].every(one => ahead.has(one) && behind.has(one));
    if (isWithin && reached(kept, wire.target_node).has(wire.source_node)) closing.add(wire);
    else if (isWithin) kept.push(wire);
  }
  if (closing.size === 0) return [];
  const [{ source_node, target_node }] = [...closing] as [FlowWire];
  const edit = (now: FlowDocument): FlowDocument =>
    withWires(
      now,
      now.wires.filter(one => !closing.has(one)),
    );
  return [{ kind: 'removeClosing', values: { count: closing.size, from: source_node, to: target_node }, edit }];
}

function reached(wires: readonly Pick<FlowWire, 'source_node' | 'target_node'>[], from: string): Set<string> {
  const next = Map.groupBy(wires, one => one.source_node);
  const seen = new Set([from]);
  for (const id of seen) for (const wire of next.get(id) ?? []) seen.add(wire.target_node);
  return seen;
}

/** Left of all that is there. */
function addSource(catalog: Catalog): Fix[] {
  const name = catalog.types.find(one => catalog.byType(one)?.manifest.source !== undefined);
  if (name === undefined) return [];
  const edit = (now: FlowDocument): FlowDocument => {
    const places = Object.values(layoutOf(now).nodes);
    const x = Math.min(240, ...places.map(place => place.x)) - 240;
    const y = places.length > 0 ? Math.min(...places.map(place => place.y)) : 0;
    return addNode(now, { id: freeId(now, name), node_type: name }, { x, y });
  };
  return [{ kind: 'addSource', values: { name }, edit }];
}

const sameWire = (a: FlowWire, b: FlowWire): boolean =>
  a.source_node === b.source_node &&
  a.source_port === b.source_port &&
  a.target_node === b.target_node &&
  a.target_port === b.target_port;
const withWires = (document: FlowDocument, wires: FlowWire[]): FlowDocument => ({ ...document, wires });
const withNode = (document: FlowDocument, index: number, node: FlowDocument['nodes'][number]): FlowDocument => ({
  ...document,
  nodes: document.nodes.with(index, node),
});
