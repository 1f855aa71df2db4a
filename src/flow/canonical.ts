import canonicalize from 'canonicalize';
import type { CheckedNode } from './check.ts';
import type { FlowDocument, FlowNode } from './document.ts';

/**
 * The document as RFC 8785 JSON, without `layout` and with every node pinned to its hash: what an artifact is made from.
 * Positions, key order and white space do not change it.
 */
export function canonicalFlow(document: FlowDocument, nodes: ReadonlyMap<string, CheckedNode>): string {
  const { layout: _, ...rest } = document;
  const whole = { ...rest, nodes: rest.nodes.map(node => pinned(node, nodes.get(node.id)!.hash)) };
  const text = canonicalize(whole);
  if (text === undefined) throw new Error('a parsed document has a canonical form');
  return text;
}

/** An empty `props` is the same as none. */
function pinned({ props, ...node }: FlowNode, wasm_hash: string): FlowNode {
  return { ...node, wasm_hash, ...(props && Object.keys(props).length > 0 && { props }) };
}
