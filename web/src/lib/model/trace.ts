/** The way of a record through the graph, put together from its hops. */
import type { Shapes } from '../api/client.ts';
import type { FlowWire } from '../contract.ts';
import type { Payload } from './payload.ts';

export type TracedRecord = Shapes['TracedRecord'];
export type Hop = Shapes['Hop'];
/** Output of a node that is a sink: it leads to its connector, not to a wire. */
export const SINK_PORT = 'sink';

/** One hop, and how it hangs together with the others. */
export interface Step {
  readonly hop: Hop;
  /** Step whose message the node was given; null: of what came in, or not known. */
  readonly from: number | null;
  /** The wire by which it was given. */
  readonly by: FlowWire | null;
  /** Wires that the message of this hop went along. */
  readonly to: readonly FlowWire[];
  /** How many nodes it went through before. */
  readonly depth: number;
}

/** A message that is being delivered: its wires one after the other. */
interface Open {
  readonly step: number;
  readonly wires: readonly FlowWire[];
  /** The wire that is served. */
  at: number;
  /** Ports that its target has put something out on since: it seldom does so twice. */
  said: Set<string>;
}

/**
 * Messages go depth first, in the order of the wires: a node's hop follows from the innermost message that has a wire to it.
 * A node that swallows its message leaves no hop, so a hop by a port that has spoken already belongs to a later delivery, if
 * there is one.
 * @param wires of the version that ran, in document order
 */
export function stepsOf(wires: readonly FlowWire[], { hops }: Pick<TracedRecord, 'hops'>): Step[] {
  const steps: Step[] = [];
  const open: Open[] = [];
  const fed = new Set(wires.map(wire => wire.target_node));
  for (const hop of hops) {
    const found = hop.node === null ? null : deliveryOf(open, hop);
    if (found) {
      open.length = found.depth + 1;
      const delivery = open[found.depth]!;
      if (found.at !== delivery.at) delivery.said = new Set();
      delivery.at = found.at;
      delivery.said.add(hop.port);
    } else open.length = 0;
    const from = found ? open[found.depth]!.step : hop.node !== null && !fed.has(hop.node) ? rootOf(steps) : null;
    const to = hop.refused ? [] : wires.filter(one => one.source_node === hop.node && one.source_port === hop.port);
    steps.push({
      hop,
      from,
      by: found ? open[found.depth]!.wires[found.at]! : null,
      to,
      depth: from === null ? 0 : steps[from]!.depth + 1,
    });
    if (to.length > 0) open.push({ step: steps.length - 1, wires: to, at: 0, said: new Set() });
  }
  return steps;
}

/** What came in is the first hop, unless it is missing. */
const rootOf = (steps: readonly Step[]): number | null => (steps[0]?.hop.node === null ? 0 : null);

/** The open message, innermost first, and its wire, by which the node of a hop was given what it answers. */
function deliveryOf(open: readonly Open[], hop: Hop): { depth: number; at: number } | null {
  let again: { depth: number; at: number } | null = null;
  for (let depth = open.length - 1; depth >= 0; depth -= 1) {
    const { wires, at, said } = open[depth]!;
    for (let next = at; next < wires.length; next += 1) {
      const wire = wires[next]!;
      if (wire.target_node !== hop.node || (hop.refused && wire.target_port !== hop.port)) continue;
      if (next > at || !said.has(hop.port)) return { depth, at: next };
      again ??= { depth, at: next };
    }
  }
  return again;
}

/** What a node was given; null: not known. */
export const givenTo = (steps: readonly Step[], index: number): Payload | null => {
  const from = steps[index]?.from ?? null;
  return from === null ? null : steps[from]!.hop.payload;
};

/** What there is to show when the record has come as far as a step. */
export interface Way {
  /** Nodes passed. */
  readonly nodes: ReadonlySet<string>;
  readonly wires: ReadonlySet<FlowWire>;
  /** The node that has just answered. */
  readonly node: string | null;
  /** The wires that its message goes along now. */
  readonly along: ReadonlySet<FlowWire>;
  readonly refused: ReadonlySet<string>;
}

/** @param last index of the last step that is over; the way of a whole record: the last one */
export function wayTo(steps: readonly Step[], last: number): Way {
  const past = steps.slice(0, last + 1);
  const now = past.at(-1);
  const along = new Set(now?.to);
  return {
    nodes: new Set(past.flatMap(({ hop }) => hop.node ?? [])),
    wires: new Set(past.flatMap(step => [...(step.by ? [step.by] : []), ...step.to]).filter(wire => !along.has(wire))),
    node: now?.hop.node ?? null,
    along,
    refused: new Set(past.flatMap(({ hop }) => (hop.refused && hop.node !== null ? [hop.node] : []))),
  };
}

/** The tag of what came in; null: it cannot be read. */
export const tagOf = ({ hops }: Pick<TracedRecord, 'hops'>): string | null => hops[0]?.payload.update?.tag ?? null;
