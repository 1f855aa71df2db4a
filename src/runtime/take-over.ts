/** A new version goes on where the old one stopped: cursor and counters of the board, and the state of its nodes. */

import {
  BOARD_COUNTERS,
  BOARD_STATE_FROM,
  BOARD_U64,
  type FlowPlan,
  layoutOf,
  MEMORY_START_PAGES,
  NODE_COUNTERS,
  type PlanNode,
  portCount,
  WASM_PAGE_BYTES,
  WIRE_COUNTERS,
} from '#abi';
import { boardOf, type Engine, fits, type NodeImage, type NodeState, readLayout, restoreNode } from '#engine';
import type { Predecessor } from './protocol.ts';
import { statePlan } from './state-plan.ts';

/** Thrown when a node refuses the state of the version before it; the text is the node's. */
export class StateRefused extends Error {
  readonly node: number;
  constructor(node: number, text: string) {
    super(text);
    this.node = node;
  }
}

/** The engine is configured. @throws StateRefused */
export function takeOver(engine: Engine, plan: FlowPlan, from: Predecessor, refusal: () => string): void {
  const images = readLayout(from.checkpoint, from.plan);
  if (!images) throw new Error('the checkpoint is not of the version before');
  const published = new BigUint64Array(engine.board)[BOARD_U64.egress_records / 8]!;
  carryBoard(engine.board, plan, from);
  // What configure logged is in the egress ring already.
  new BigUint64Array(engine.board)[BOARD_U64.egress_records / 8]! += published;
  engine.resume();
  const planned = new Map(statePlan(from.plan, plan).map(({ node, fate }) => [node, fate]));
  plan.nodes.forEach((node, index) => {
    const state = from.states[node.id];
    const fate = planned.get(node.id) === 'migrated' && !state ? 'new' : planned.get(node.id);
    const old = from.plan.nodes.findIndex(one => one.id === node.id);
    if (fate === 'kept') carryNode(engine.nodes[index]!, node.memory_start, from, old, images[old]!);
    if (fate === 'new' && from.older) carryBack(engine.nodes[index]!, node, from.older);
    if (fate === 'migrated' && state && !engine.load(index, state)) throw new StateRefused(index, refusal());
  });
}

/** A node that the version before had dropped, or could not give its state to. */
function carryBack(state: NodeState, node: PlanNode, older: Predecessor): void {
  const at = older.plan.nodes.findIndex(one => one.id === node.id);
  const then = older.plan.nodes[at];
  const images = readLayout(older.checkpoint, older.plan);
  if (then?.hash === node.hash && then.props === node.props && images)
    carryNode(state, node.memory_start, older, at, images[at]!);
}

/** The node's memory begins elsewhere in the page now, see `memoryStart`. */
function carryNode(node: NodeState, start: number, from: Predecessor, old: number, image: NodeImage): void {
  if (!fits(node, image)) throw new Error('the state does not fit the same module');
  const seen = image.memory_bytes - MEMORY_START_PAGES * WASM_PAGE_BYTES;
  restoreNode(node, from.checkpoint, image, image.memory + from.plan.nodes[old]!.memory_start, seen, start);
}

/** Cursor and counters as they were; counters of nodes, ports and wires go with their names. */
function carryBoard(board: SharedArrayBuffer, plan: FlowPlan, { plan: old, checkpoint }: Predecessor): void {
  const before = boardOf(checkpoint);
  const words = BOARD_COUNTERS - BOARD_STATE_FROM;
  new Uint8Array(board, BOARD_STATE_FROM, words).set(before.subarray(0, words));
  const copy = (from: number, to: number, bytes: number): void =>
    new Uint8Array(board, to, bytes).set(before.subarray(from - BOARD_STATE_FROM, from - BOARD_STATE_FROM + bytes));
  const was = layoutOf(old);
  const is = layoutOf(plan);
  plan.nodes.forEach((node, index) => {
    const at = old.nodes.findIndex(one => one.id === node.id);
    if (at < 0) return;
    copy(was.nodes + at * NODE_COUNTERS.bytes, is.nodes + index * NODE_COUNTERS.bytes, NODE_COUNTERS.bytes);
    const then = old.nodes[at]!;
    for (let port = 0; port < portCount(node); port += 1) {
      const same = node.sink === null ? then.outputs.indexOf(node.outputs[port]!) : then.sink === null ? -1 : 0;
      if (same >= 0) copy(was.ports + (then.first_port + same) * 8, is.ports + (node.first_port + port) * 8, 8);
    }
  });
  const name = (of: FlowPlan, wire: FlowPlan['wires'][number]): string => {
    const source = of.nodes[wire.source_node]!;
    const target = of.nodes[wire.target_node]!;
    return JSON.stringify([source.id, source.outputs[wire.source_port], target.id, target.inputs[wire.target_port]]);
  };
  const longs = new BigUint64Array(board);
  const wires = new Map(old.wires.map((wire, index) => [name(old, wire), index]));
  plan.wires.forEach((wire, index) => {
    const at = wires.get(name(plan, wire));
    const base = is.wires + index * WIRE_COUNTERS.bytes;
    if (at !== undefined) return copy(was.wires + at * WIRE_COUNTERS.bytes, base, WIRE_COUNTERS.bytes);
    const port = plan.nodes[wire.source_node]!.first_port + wire.source_port;
    longs[(base + WIRE_COUNTERS.since) / 8] = longs[is.ports / 8 + port]!;
  });
}
