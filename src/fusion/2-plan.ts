/** Phase 2: the graph by index. Nodes in topological order, ties in document order; wires in document order. */
import {
  DEFAULT_RECORD_LIMITS,
  DOCUMENT_LIMITS,
  FLOW_LIMITS,
  type FlowClock,
  type FlowLimits,
  type FlowPlan,
  memoryStart,
  type NodeFunction,
  type PlanNode,
  portCount,
  type RecordLimits,
  RING_LIMITS,
  WASM_PAGE_BYTES,
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
  readonly limits?: Partial<RecordLimits & FlowLimits>;
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
    limits: recordLimits(flow.limits ?? {}),
    tick_ms: flow.tick_ms ?? DOCUMENT_LIMITS.tick_ms,
    clock: options.clock ?? 'arrival',
    node_pages_max: nodePagesMax(flow),
    memory_bytes_max: flow.limits?.memory_bytes ?? FLOW_LIMITS.memory_bytes.default,
    ingress_bytes: 2 ** Math.floor(Math.log2(flow.limits?.in_flight_bytes ?? FLOW_LIMITS.in_flight_bytes.default)),
    egress_bytes: RING_LIMITS.egress_bytes,
  };
}

/** Pages of 64 KiB that one node of the flow may reach. */
export const nodePagesMax = (flow: FlowInput): number =>
  Math.floor((flow.limits?.node_memory_bytes ?? FLOW_LIMITS.node_memory_bytes.default) / WASM_PAGE_BYTES);

const recordLimits = (limits: Partial<RecordLimits>): RecordLimits => ({
  fuel: limits.fuel ?? DEFAULT_RECORD_LIMITS.fuel,
  emits: limits.emits ?? DEFAULT_RECORD_LIMITS.emits,
  egress_bytes: limits.egress_bytes ?? DEFAULT_RECORD_LIMITS.egress_bytes,
  log_bytes: limits.log_bytes ?? DEFAULT_RECORD_LIMITS.log_bytes,
});

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
