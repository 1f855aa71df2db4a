import type { FlowDocument } from '../contract.ts';

/** A node of a template: type, props, and its column and row on the canvas. */
export type Sketched = readonly [node_type: string, at: readonly [number, number], props?: Record<string, unknown>];

const COLUMN = 240;
const ROW = 130;

/**
 * A flow document in few lines.
 * @param nodes by id. @param wires as `node.port node.port`
 */
export function sketch(nodes: Readonly<Record<string, Sketched>>, wires: readonly string[]): FlowDocument {
  const entries = Object.entries(nodes);
  return {
    format: 'fusewire.flow/1',
    name: '',
    nodes: entries.map(([id, [node_type, , props]]) => ({ id, node_type, ...(props && { props }) })),
    wires: wires.map(wire => {
      const [source_node, source_port, target_node, target_port] = wire.split(/[. ]/) as [
        string,
        string,
        string,
        string,
      ];
      return { source_node, source_port, target_node, target_port };
    }),
    layout: {
      nodes: Object.fromEntries(entries.map(([id, [, [column, row]]]) => [id, { x: column * COLUMN, y: row * ROW }])),
    },
  };
}
