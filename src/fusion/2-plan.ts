/** Phase 2: the graph by index. Nodes in topological order, ties in document order; wires in document order. */
import {
  DEFAULT_RECORD_LIMITS,
  DOCUMENT_LIMITS,
  type FlowClock,
  type FlowPlan,
  memoryStart,
  type NodeFunction,
  type PlanNode,
  portCount,
  type RecordLimits,
  RING_LIMITS,
} from '#abi';

/** A node of the document together with what its manifest says. */
export interface FlowNodeInput {
  readonly id: string;
  readonly node_type: string;
  readonly hash: string;
  readonly props: unknown;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly source: string | null;
  readonly sink: string | null;
}
export interface FlowWireInput {
  readonly source_node: string;
  readonly source_port: string;
  readonly target_node: string;
  readonly target_port: string;
}
/** A checked flow: ports exist, ids are unique, there is no cycle. */
export interface FlowInput {
  readonly name: string;
  readonly nodes: readonly FlowNodeInput[];
  readonly wires: readonly FlowWireInput[];
  readonly limits?: Partial<RecordLimits>;
  readonly tick_ms?: number;
}

export interface PlanOptions {
  readonly clock?: FlowClock;
}

/** @param functions what the module with this hash exports. */
export function planFlow(
  flow: FlowInput,
  functions: (hash: string) => Iterable<NodeFunction>,
  options: PlanOptions = {},
): FlowPlan {
  const order = topologicalOrder(flow);
  const place = new Map(order.map((node, index) => [node.id, index]));
  let ports = 0;
  const nodes: PlanNode[] = order.map((node, index) => {
    const planned = {
      id: node.id,
      node_type: node.node_type,
      hash: node.hash,
      props: JSON.stringify(node.props ?? {}),
      inputs: node.inputs,
      outputs: node.outputs,
      sink: node.sink,
      source: node.source,
      functions: [...functions(node.hash)],
      first_port: ports,
      memory_start: memoryStart(index),
    };
    ports += portCount(planned);
    return planned;
  });
  const wires = flow.wires.map(wire => {
    const source_node = place.get(wire.source_node)!;
    const target_node = place.get(wire.target_node)!;
    return {
      source_node,
      source_port: nodes[source_node]!.outputs.indexOf(wire.source_port),
      target_node,
      target_port: nodes[target_node]!.inputs.indexOf(wire.target_port),
    };
  });
  return {
    name: flow.name,
    nodes,
    wires,
    sources: flow.nodes.filter(node => node.source !== null).map(node => place.get(node.id)!),
    limits: { ...DEFAULT_RECORD_LIMITS, ...flow.limits },
    tick_ms: flow.tick_ms ?? DOCUMENT_LIMITS.tick_ms,
    clock: options.clock ?? 'arrival',
    ingress_bytes: RING_LIMITS.ingress_bytes,
    egress_bytes: RING_LIMITS.egress_bytes,
  };
}

function topologicalOrder(flow: FlowInput): FlowNodeInput[] {
  const open = new Map(flow.nodes.map(node => [node.id, 0]));
  for (const wire of flow.wires) open.set(wire.target_node, open.get(wire.target_node)! + 1);
  const left = [...flow.nodes];
  const order: FlowNodeInput[] = [];
  while (left.length > 0) {
    const at = left.findIndex(node => open.get(node.id) === 0);
    if (at < 0) throw new Error('the flow has a cycle: it was not checked');
    const [node] = left.splice(at, 1) as [FlowNodeInput];
    order.push(node);
    for (const wire of flow.wires)
      if (wire.source_node === node.id) open.set(wire.target_node, open.get(wire.target_node)! - 1);
  }
  return order;
}
