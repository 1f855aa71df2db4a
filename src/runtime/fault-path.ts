import { type FlowPlan, layoutOf, PORT_COUNTERS } from '#abi';

/** Messages put out so far, by output port of the plan. */
export function emissions(board: SharedArrayBuffer, plan: FlowPlan): BigUint64Array {
  const { ports, wires } = layoutOf(plan);
  return new BigUint64Array(board, ports, (wires - ports) / PORT_COUNTERS.bytes).slice();
}

/**
 * The way of a record to the node in which it ended: nodes from the first to `node`. Messages go depth first, by the wires'
 * order: of several ways in, the last on which something was sent is the one in progress.
 * @param before emissions before the record, @param after when it ended.
 */
export function pathTo(plan: FlowPlan, node: number, before: BigUint64Array, after: BigUint64Array): string[] {
  const path = [node];
  for (let at = node; ; ) {
    const wire = plan.wires.findLast(({ source_node, source_port, target_node }) => {
      const port = plan.nodes[source_node]!.first_port + source_port;
      return target_node === at && after[port]! > before[port]!;
    });
    if (!wire) return path.map(index => plan.nodes[index]!.id);
    at = wire.source_node;
    path.unshift(at);
  }
}
