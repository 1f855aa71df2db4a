/**
 * Flow documents as Protobuf (`GraphRule`): for programs that speak it already. JSON → GraphRule → JSON gives an equal
 * canonical document; an empty `props` is the same as none.
 */
import protobuf from 'protobufjs';
import { DOCUMENT_LIMITS } from '#abi';
import type { Diagnostic } from '#diagnostic';
import type { CheckedNode } from './check.ts';
import { type FlowDocument, parseFlow } from './document.ts';
import { GRAPH_RULE_PROTO } from './graph-rule-proto.ts';

interface Value {
  readonly null_value?: 0;
  readonly number_value?: number;
  readonly string_value?: string;
  readonly bool_value?: boolean;
  readonly struct_value?: { readonly fields?: Record<string, Value> };
  readonly list_value?: { readonly values?: readonly Value[] };
}
interface GraphRule {
  readonly name?: string;
  readonly nodes?: Record<string, { node_type?: string; wasm_hash?: string; props?: Record<string, Value> }>;
  readonly wires?: readonly Record<string, string>[];
  readonly node_order?: readonly string[];
  readonly description?: string;
  readonly tick_ms?: number;
  readonly limits?: Record<string, number>;
  readonly durable?: boolean;
  readonly layout?: Value;
}

const graphRule = protobuf.parse(GRAPH_RULE_PROTO, { keepCase: true }).root.lookupType('fusewire.v1.GraphRule');

/** @param nodes fills in the ports of the nodes, as far as they are known. */
export function writeGraphRule(document: FlowDocument, nodes?: ReadonlyMap<string, CheckedNode>): Uint8Array {
  const { format: _, nodes: list, layout, ...rest } = document;
  const message = {
    ...rest,
    nodes: Object.fromEntries(
      list.map(node => {
        const { inputs, outputs } = nodes?.get(node.id)?.manifest ?? {};
        const ports = (side: typeof inputs): object[] => (side ?? []).map(({ name, type }) => ({ name, type }));
        const props = Object.entries(node.props ?? {}).map(([key, value]) => [key, toValue(value)]);
        return [node.id, { ...node, props: Object.fromEntries(props), inputs: ports(inputs), outputs: ports(outputs) }];
      }),
    ),
    node_order: list.map(node => node.id),
    ...(layout !== undefined && { layout: toValue(layout) }),
  };
  return graphRule.encode(graphRule.create(message)).finish();
}

/** Reads and checks as `parseFlow` does; findings name the place in the JSON document. */
export function readGraphRule(bytes: Uint8Array): { document: FlowDocument } | { diagnostics: Diagnostic[] } {
  // JSON is never shorter than a quarter of its Protobuf: what is beyond the limit here is beyond it there.
  if (bytes.length > DOCUMENT_LIMITS.document_bytes) return parseFlow(' '.repeat(DOCUMENT_LIMITS.document_bytes + 1));
  let message: GraphRule;
  try {
    message = graphRule.toObject(graphRule.decode(bytes), { longs: Number }) as GraphRule;
  } catch (error) {
    return invalid('$', `not a GraphRule: ${(error as Error).message}`, 'Encode it by graph_rule.proto.');
  }
  const defined = message.nodes ?? {};
  const order = message.node_order ?? [];
  const listed = new Set(order);
  const missing = Object.keys(defined).filter(id => !listed.has(id));
  const unknown = order.filter(id => !Object.hasOwn(defined, id));
  if (missing.length > 0 || unknown.length > 0 || listed.size < order.length) {
    const names = [...missing, ...unknown].slice(0, 5).join(', ');
    return invalid('$.nodes', `node_order does not list every node once: ${names}`, 'List each key of nodes once.');
  }
  return parseFlow(JSON.stringify(toDocument(message, order)));
}

const invalid = (where: string, message: string, hint: string): { diagnostics: Diagnostic[] } => ({
  diagnostics: [{ code: 'document-invalid', severity: 'error', where, message, hint }],
});

function toDocument(message: GraphRule, order: readonly string[]): object {
  const { nodes, node_order: _, layout, name, wires, ...rest } = message;
  return {
    format: 'fusewire.flow/1',
    name: name ?? '',
    ...rest,
    nodes: order.map(id => {
      const { node_type, wasm_hash, props } = nodes![id]!;
      return {
        id,
        node_type: node_type ?? '',
        ...(wasm_hash && { wasm_hash }),
        ...(props && { props: fromFields(props) }),
      };
    }),
    wires: (wires ?? []).map(wire => ({ source_node: '', source_port: '', target_node: '', target_port: '', ...wire })),
    ...(layout !== undefined && { layout: fromValue(layout) }),
  };
}

function toValue(value: unknown): Value {
  if (value === null) return { null_value: 0 };
  if (typeof value === 'number') return { number_value: value };
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (Array.isArray(value)) return { list_value: { values: value.map(toValue) } };
  const fields = Object.entries(value as object).map(([key, one]) => [key, toValue(one)]);
  return { struct_value: { fields: Object.fromEntries(fields) } };
}

function fromValue(value: Value): unknown {
  if (value.number_value !== undefined) return value.number_value;
  if (value.string_value !== undefined) return value.string_value;
  if (value.bool_value !== undefined) return value.bool_value;
  if (value.list_value) return (value.list_value.values ?? []).map(fromValue);
  if (value.struct_value) return fromFields(value.struct_value.fields ?? {});
  return null;
}

/** Without a prototype, so that no key is special before the checks see it. */
const fromFields = (fields: Record<string, Value>): object =>
  Object.assign(
    Object.create(null) as object,
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromValue(value)])),
  );
