import { BOARD, BOARD_U64, boardLayout, type FlowPlan, NODE_COUNTERS, portCount, WIRE_COUNTERS } from '#abi';

export interface NodeStats {
  readonly id: string;
  readonly node_type: string;
  /** Messages given to `handle`. */
  readonly in: number;
  /** Messages per output; a sink has one. */
  readonly out: readonly number[];
  readonly errors: number;
  /** Fuel burned by the node itself. */
  readonly fuel: number;
}
export interface BoardStats {
  readonly records: number;
  readonly malformed: number;
  readonly batches: number;
  readonly ingress_bytes: number;
  readonly ticks: number;
  readonly dead_letters: number;
  readonly egress_records: number;
  /** Bytes waiting. */
  readonly ingress_fill: number;
  readonly egress_fill: number;
  readonly nodes: readonly NodeStats[];
  /** In document order. */
  readonly wires: readonly { readonly messages: number; readonly fuel: number }[];
}
export type RunnerState = 'starting' | 'running' | 'quarantined' | 'paused' | 'down' | 'stopped';
/** Whether a flow in this state takes nothing in until it is let go on. */
export const isAside = (state: RunnerState): boolean => state === 'quarantined' || state === 'paused';
export interface FlowStats extends BoardStats {
  readonly state: RunnerState;
  readonly faults: number;
  readonly restarts: number;
  /** Memories of its nodes, as of the last checkpoint. */
  readonly memory_bytes: number;
}

/** Reads the counters while the flow runs: each is whole, together they are of about the same moment. */
export function readStats(board: SharedArrayBuffer, plan: FlowPlan): BoardStats {
  const ports = plan.nodes.reduce((sum, node) => sum + portCount(node), 0);
  const layout = boardLayout({ nodes: plan.nodes.length, ports, wires: plan.wires.length });
  const longs = new BigUint64Array(board);
  const words = new Int32Array(board);
  const at = (offset: number): number => Number(longs[offset / 8] ?? 0n);
  const wires = plan.wires.map((wire, index) => {
    const base = layout.wires + index * WIRE_COUNTERS.bytes;
    const emitted = at(layout.ports + (plan.nodes[wire.source_node]!.first_port + wire.source_port) * 8);
    return { messages: emitted - at(base + WIRE_COUNTERS.since), fuel: at(base + WIRE_COUNTERS.fuel) };
  });
  const nodes = plan.nodes.map((node, index): NodeStats => {
    const base = layout.nodes + index * NODE_COUNTERS.bytes;
    let arrived = at(base + NODE_COUNTERS.source_records);
    let fuel = at(base + NODE_COUNTERS.entry_fuel);
    plan.wires.forEach((wire, wireIndex) => {
      if (wire.target_node === index) {
        arrived += wires[wireIndex]!.messages;
        fuel += wires[wireIndex]!.fuel;
      }
      if (wire.source_node === index) fuel -= wires[wireIndex]!.fuel;
    });
    return {
      id: node.id,
      node_type: node.node_type,
      in: arrived,
      out: Array.from({ length: portCount(node) }, (_, port) => at(layout.ports + (node.first_port + port) * 8)),
      errors: at(base + NODE_COUNTERS.errors),
      fuel,
    };
  });
  return {
    records: at(BOARD_U64.records),
    malformed: at(BOARD_U64.malformed),
    batches: at(BOARD_U64.batches),
    ingress_bytes: at(BOARD_U64.ingress_bytes),
    ticks: at(BOARD_U64.ticks),
    dead_letters: at(BOARD_U64.dead_letters),
    egress_records: at(BOARD_U64.egress_records),
    ingress_fill: (words[BOARD.ingress_head / 4]! - words[BOARD.ingress_read / 4]!) >>> 0,
    egress_fill: (words[BOARD.egress_head / 4]! - words[BOARD.egress_tail / 4]!) >>> 0,
    nodes,
    wires,
  };
}
