/** Which flows have which version of a node, and what it means to bring them to another. */
import type { FlowDocument } from '../contract.ts';

/** A flow whose draft has nodes of a type. */
export interface NodeUse {
  readonly flow: string;
  readonly name: string;
  /** Ids of nodes that take whatever is newest. */
  readonly newest: readonly string[];
  /** Ids of nodes that stay with another version than the given, by its hash. */
  readonly pinned: readonly { readonly id: string; readonly hash: string }[];
}

/** Which of these drafts have nodes of the type; nodes that are pinned to `hash` already count to none. */
export function usesOf(
  drafts: readonly { readonly flow: string; readonly name: string; readonly document: FlowDocument }[],
  node_type: string,
  hash: string,
): NodeUse[] {
  return drafts
    .map(({ flow, name, document }) => {
      const nodes = document.nodes.filter(node => node.node_type === node_type);
      return {
        flow,
        name,
        newest: nodes.filter(node => node.wasm_hash === undefined).map(node => node.id),
        pinned: nodes.flatMap(({ id, wasm_hash }) =>
          wasm_hash === undefined || wasm_hash === hash ? [] : [{ id, hash: wasm_hash }],
        ),
      };
    })
    .filter(use => use.newest.length > 0 || use.pinned.length > 0);
}

/** Nodes of the type that are pinned to another version are pinned to this one. */
export function updatePins(document: FlowDocument, node_type: string, hash: string): FlowDocument {
  const isOld = (node: FlowDocument['nodes'][number]): boolean =>
    node.node_type === node_type && node.wasm_hash !== undefined && node.wasm_hash !== hash;
  if (!document.nodes.some(isOld)) return document;
  return { ...document, nodes: document.nodes.map(node => (isOld(node) ? { ...node, wasm_hash: hash } : node)) };
}
