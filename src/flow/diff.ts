import { type Path, showPath } from '#diagnostic';
import type { FlowDocument, FlowNode, FlowWire } from './document.ts';

/** One value that differs; what is not there has no key. */
export interface ValueChange {
  /** JSON path: `$.props.op` of a node, `$.limits.fuel` of a document. */
  readonly path: string;
  readonly old?: unknown;
  readonly new?: unknown;
}
export interface NodeChange {
  readonly id: string;
  /** `$.node_type`, `$.wasm_hash`, `$.props…` */
  readonly changes: readonly ValueChange[];
}
/** What makes one document out of another. Without any of it but `layout_changed` both have the same canonical form. */
export interface FlowDiff {
  readonly nodes: {
    readonly added: readonly FlowNode[];
    readonly removed: readonly FlowNode[];
    readonly changed: readonly NodeChange[];
    /** Nodes that are in both stand in another order. */
    readonly reordered: boolean;
  };
  readonly wires: {
    readonly added: readonly FlowWire[];
    readonly removed: readonly FlowWire[];
    /** Wires that are in both stand in another order: messages of one output leave in the order of its wires. */
    readonly reordered: boolean;
  };
  /** name, description, tick_ms, limits, durable. */
  readonly settings: readonly ValueChange[];
  /** Positions of nodes in the editor: they mean nothing to the flow. */
  readonly layout_changed: boolean;
}

export function diffFlows(a: FlowDocument, b: FlowDocument): FlowDiff {
  const { nodes: _nodes, wires: _wires, layout: layoutA, ...settingsA } = a;
  const { nodes: _others, wires: _ways, layout: layoutB, ...settingsB } = b;
  const nodes = compareLists(a.nodes, b.nodes, node => node.id);
  const wires = compareLists(a.wires, b.wires, wire =>
    JSON.stringify([wire.source_node, wire.source_port, wire.target_node, wire.target_port]),
  );
  return {
    nodes: {
      added: nodes.added,
      removed: nodes.removed,
      changed: nodes.both
        .map(([one, other]) => ({ id: one.id, changes: compare(comparable(one), comparable(other), []) }))
        .filter(({ changes }) => changes.length > 0),
      reordered: nodes.reordered,
    },
    wires: { added: wires.added, removed: wires.removed, reordered: wires.reordered },
    settings: compare(settingsA, settingsB, []),
    layout_changed: compare(layoutA, layoutB, []).length > 0,
  };
}

/** Whether both documents mean the same. */
export const isEmptyDiff = ({ nodes, wires, settings }: FlowDiff): boolean =>
  !nodes.reordered &&
  !wires.reordered &&
  [nodes.added, nodes.removed, nodes.changed, wires.added, wires.removed, settings].every(list => list.length === 0);

/** As the canonical form has it: no props are the same as empty ones. */
const comparable = ({ id: _, props, ...rest }: FlowNode): object => ({ ...rest, props: props ?? {} });

interface ListDiff<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly both: readonly (readonly [T, T])[];
  readonly reordered: boolean;
}

/** By key; the second of the same key is another one, so that documents that break that rule compare, too. */
function compareLists<T>(a: readonly T[], b: readonly T[], keyOf: (one: T) => string): ListDiff<T> {
  const [left, right] = [keyed(a, keyOf), keyed(b, keyOf)];
  const kept = [...left.keys()].filter(key => right.has(key));
  const order = [...right.keys()].filter(key => left.has(key));
  return {
    added: [...right].filter(([key]) => !left.has(key)).map(([, one]) => one),
    removed: [...left].filter(([key]) => !right.has(key)).map(([, one]) => one),
    both: kept.map(key => [left.get(key)!, right.get(key)!]),
    reordered: kept.some((key, index) => key !== order[index]),
  };
}

function keyed<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T> {
  const counts = new Map<string, number>();
  return new Map(
    list.map(one => {
      const key = keyOf(one);
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return [`${count} ${key}`, one];
    }),
  );
}

/** Every value in JSON that differs: objects key by key, lists place by place. */
function compare(a: unknown, b: unknown, path: Path): ValueChange[] {
  if (a === b) return [];
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].sort().flatMap(key => compare(own(a, key), own(b, key), [...path, key]));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => compare(a[i], b[i], [...path, i])).flat();
  }
  return [{ path: showPath(path), ...(a !== undefined && { old: a }), ...(b !== undefined && { new: b }) }];
}

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
