/** Changes of a flow document, each as a new document. What is not changed stays the same object. */
import type { FlowDocument, FlowNode, FlowWire } from '../contract.ts';
import { type Layout, layoutOf, type Point, withLayout } from './layout.ts';

/** Names a wire within its document. */
export const wireKey = (wire: FlowWire): string =>
  `${wire.source_node}.${wire.source_port}→${wire.target_node}.${wire.target_port}`;

/** Of an id; the rest of the 64 that a document allows is for a number. */
const STEM_CHARS = 56;

/** An id that is not taken: `filter`, `filter2`, `filter3` …; after `cell01` comes `cell02`. */
export function freeId(document: FlowDocument, base: string): string {
  const taken = new Set(document.nodes.map(node => node.id));
  const clean = base.replace(/[^A-Za-z0-9_-]/g, '_');
  const whole = (/^[A-Za-z_]/.test(clean) ? clean : `n_${clean}`).slice(0, STEM_CHARS);
  if (!taken.has(whole)) return whole;
  const [, stem = whole, digits = ''] = /^(.*?)(\d{0,6})$/.exec(whole) ?? [];
  for (let n = digits === '' ? 2 : Number(digits) + 1; ; n += 1) {
    const next = `${stem}${String(n).padStart(digits.length, '0')}`;
    if (!taken.has(next)) return next;
  }
}

export function addNode(document: FlowDocument, node: FlowNode, place: Point): FlowDocument {
  const layout = layoutOf(document);
  return withLayout(
    { ...document, nodes: [...document.nodes, node] },
    { ...layout, nodes: { ...layout.nodes, [node.id]: place } },
  );
}

/** Nodes with all their wires, and wires. */
export function remove(
  document: FlowDocument,
  nodes: ReadonlySet<string>,
  wires: ReadonlySet<string> = new Set(),
): FlowDocument {
  const layout = layoutOf(document);
  return withLayout(
    {
      ...document,
      nodes: document.nodes.filter(node => !nodes.has(node.id)),
      wires: document.wires.filter(
        wire => !nodes.has(wire.source_node) && !nodes.has(wire.target_node) && !wires.has(wireKey(wire)),
      ),
    },
    { ...layout, nodes: Object.fromEntries(Object.entries(layout.nodes).filter(([id]) => !nodes.has(id))) },
  );
}

export function connect(document: FlowDocument, wire: FlowWire): FlowDocument {
  const key = wireKey(wire);
  if (document.wires.some(one => wireKey(one) === key)) return document;
  return { ...document, wires: [...document.wires, wire] };
}

export function setProps(document: FlowDocument, id: string, props: Record<string, unknown>): FlowDocument {
  return changeNode(document, id, node => {
    const { props: _, ...rest } = node;
    return Object.keys(props).length === 0 ? rest : { ...rest, props };
  });
}

/** null: the newest of the library. */
export function pin(document: FlowDocument, id: string, wasm_hash: string | null): FlowDocument {
  return changeNode(document, id, node => {
    const { wasm_hash: _, ...rest } = node;
    return wasm_hash === null ? rest : { ...rest, wasm_hash };
  });
}

/** Its wires and its place go along. The caller has seen to it that the id is free. */
export function rename(document: FlowDocument, id: string, next: string): FlowDocument {
  const renamed = (name: string): string => (name === id ? next : name);
  const layout = layoutOf(document);
  return withLayout(
    {
      ...document,
      nodes: document.nodes.map(node => (node.id === id ? { ...node, id: next } : node)),
      wires: document.wires.map(wire =>
        wire.source_node === id || wire.target_node === id
          ? { ...wire, source_node: renamed(wire.source_node), target_node: renamed(wire.target_node) }
          : wire,
      ),
    },
    { ...layout, nodes: Object.fromEntries(Object.entries(layout.nodes).map(([key, at]) => [renamed(key), at])) },
  );
}

export function move(document: FlowDocument, places: Readonly<Record<string, Point>>): FlowDocument {
  const layout = layoutOf(document);
  return withLayout(document, { ...layout, nodes: { ...layout.nodes, ...places } });
}

export const changeLayout = (document: FlowDocument, change: (layout: Layout) => Layout): FlowDocument =>
  withLayout(document, change(layoutOf(document)));

function changeNode(document: FlowDocument, id: string, change: (node: FlowNode) => FlowNode): FlowDocument {
  return { ...document, nodes: document.nodes.map(node => (node.id === id ? change(node) : node)) };
}

const ID_CHARS_MAX = 64;
/** Why a node cannot be called so; null: it can. */
export function idProblem(document: FlowDocument, id: string): 'empty' | 'chars' | 'long' | 'taken' | null {
  if (id === '') return 'empty';
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(id)) return 'chars';
  if (id.length > ID_CHARS_MAX) return 'long';
  return document.nodes.some(node => node.id === id) ? 'taken' : null;
}
