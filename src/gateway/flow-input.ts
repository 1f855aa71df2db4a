import type { CheckedNode, FlowDocument } from '#flow';
import type { FlowInput } from '#fusion';

/** A checked document in the terms of fusion: manifests' ports beside each node. */
export function toInput(document: FlowDocument, nodes: ReadonlyMap<string, CheckedNode>): FlowInput {
  const limits = Object.fromEntries(Object.entries(document.limits ?? {}).filter(([, value]) => value !== undefined));
  return {
    name: document.name,
    nodes: document.nodes.map(node => {
      const { manifest, hash } = nodes.get(node.id)!;
      return {
        id: node.id,
        node_type: node.node_type,
        hash,
        props: node.props ?? {},
        inputs: manifest.inputs.map(port => port.name),
        outputs: manifest.outputs.map(port => port.name),
        source: manifest.source ?? null,
        sink: manifest.sink ?? null,
      };
    }),
    wires: document.wires,
    limits,
    ...(document.tick_ms === undefined ? {} : { tick_ms: document.tick_ms }),
  };
}
