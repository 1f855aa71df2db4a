import type { FlowDocument } from '#flow';
import type { LoadedFlow } from '#gateway';

/** The document with the hash of every node written in. */
export const pinned = ({ document, nodes }: LoadedFlow): FlowDocument => ({
  ...document,
  nodes: document.nodes.map(node => ({ ...node, wasm_hash: nodes.get(node.id)!.hash })),
});

/** The document as it was before anybody pinned its nodes: it takes what the library has by default. */
export const unpinned = (document: FlowDocument): FlowDocument => ({
  ...document,
  nodes: document.nodes.map(({ wasm_hash: _, ...node }) => node),
});
