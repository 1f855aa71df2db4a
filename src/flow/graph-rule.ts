/**
 * Flow documents as Protobuf (`GraphRule`): for programs that speak it already. JSON → GraphRule → JSON gives an equal
 * canonical document; an empty `props` is the same as none. What JSON could not say is a finding, never dropped.
 */
import protobuf from 'protobufjs';
import { DOCUMENT_LIMITS } from '#abi';
import { atMost, type Diagnostic, finding, showPath } from '#diagnostic';
import type { CheckedNode } from './check.ts';
import { type FlowDocument, parseFlow } from './document.ts';
import { GRAPH_RULE_PROTO } from './graph-rule-proto.ts';
import { fromFields, fromValue, type Path, toFields, toValue, type Value } from './graph-rule-value.ts';

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

const { root } = protobuf.parse(GRAPH_RULE_PROTO, { keepCase: true });
const graphRule = root.lookupType('fusewire.v1.GraphRule');
/** Each level of JSON is two messages, Value and Struct or ListValue; the library's own limit is less than a document's. */
const DEPTH_MAX = 2 * DOCUMENT_LIMITS.nesting + 4;
protobuf.util.recursionLimit = DEPTH_MAX;
protobuf.Reader.recursionLimit = DEPTH_MAX;

const HINT = 'Encode it by graph_rule.proto.';
const invalid = (where: string, message: string, hint: string): Diagnostic =>
  finding('document-invalid', where, message, hint);

/**
 * @param nodes fills in the ports of the nodes, as far as they are known.
 * @returns findings when nobody could read what would be written: an id twice, too large as Protobuf.
 */
export function writeGraphRule(
  document: FlowDocument,
  nodes?: ReadonlyMap<string, CheckedNode>,
): { bytes: Uint8Array } | { diagnostics: Diagnostic[] } {
  const twice = duplicates(document);
  if (twice.length > 0) return { diagnostics: twice };
  const { format: _, nodes: list, layout, ...rest } = document;
  const message = {
    ...rest,
    nodes: Object.fromEntries(
      list.map(node => {
        const { inputs, outputs } = nodes?.get(node.id)?.manifest ?? {};
        const ports = (side: typeof inputs): object[] => (side ?? []).map(({ name, type }) => ({ name, type }));
        return [
          node.id,
          { ...node, props: toFields(node.props ?? {}), inputs: ports(inputs), outputs: ports(outputs) },
        ];
      }),
    ),
    node_order: list.map(node => node.id),
    ...(layout !== undefined && { layout: toValue(layout) }),
  };
  const bytes = graphRule.encode(graphRule.create(message)).finish();
  if (bytes.length <= DOCUMENT_LIMITS.document_bytes) return { bytes };
  return {
    diagnostics: [{ ...tooLarge(bytes.length), hint: 'Keep it as JSON, or move data out of props and layout.' }],
  };
}

const tooLarge = (bytes: number): Diagnostic =>
  finding(
    'document-too-large',
    '$',
    `as Protobuf the document has ${bytes} bytes; the limit is ${DOCUMENT_LIMITS.document_bytes}`,
    'Split the flow, or move data out of props.',
  );

/** Node ids are the keys of a map: of two nodes with one id, one would be lost. */
function duplicates(document: FlowDocument): Diagnostic[] {
  const seen = new Set<string>();
  return document.nodes.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    const where = `$.nodes[${index}].id`;
    return [finding('duplicate-id', where, `the id "${id}" stands twice`, 'Give each node an id of its own.')];
  });
}

/** Reads and checks as `parseFlow` does; findings name the place in the JSON document. */
export function readGraphRule(bytes: Uint8Array): { document: FlowDocument } | { diagnostics: Diagnostic[] } {
  if (bytes.length > DOCUMENT_LIMITS.document_bytes) return { diagnostics: [tooLarge(bytes.length)] };
  let message: GraphRule;
  const found: Diagnostic[] = [];
  const report = (path: Path, text: string): void => {
    if (found.length <= DOCUMENT_LIMITS.findings) found.push(invalid(showPath(path), text, HINT));
  };
  try {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    const decoded = graphRule.decode(reader);
    unknownFields(decoded, [], report);
    message = graphRule.toObject(decoded, { longs: Number, oneofs: true }) as GraphRule;
  } catch (error) {
    return { diagnostics: [invalid('$', `not a GraphRule: ${(error as Error).message}`, HINT)] };
  }
  const order = message.node_order ?? [];
  const wrong = orderProblem(message.nodes ?? {}, order);
  if (wrong !== null) return { diagnostics: [invalid('$.nodes', wrong, 'List each key of nodes once.')] };
  const document = toDocument(message, order, report);
  return found.length > 0
    ? { diagnostics: atMost(found, DOCUMENT_LIMITS.findings) }
    : parseFlow(JSON.stringify(document));
}

/** A field that is not known could say something that matters: as in JSON, it is an error. */
function unknownFields(message: object, path: Path, report: (path: Path, message: string) => void): void {
  const { $unknowns } = message as { $unknowns?: readonly Uint8Array[] };
  if ($unknowns && $unknowns.length > 0) report(path, 'a field that GraphRule does not have');
  for (const [key, value] of Object.entries(message)) {
    const place = Array.isArray(message) ? Number(key) : key;
    if (typeof value === 'object' && value !== null) unknownFields(value, [...path, place], report);
  }
}

const NAMES_SHOWN = 5;

function orderProblem(nodes: object, order: readonly string[]): string | null {
  const listed = new Set<string>();
  const wrong = order.filter(id => {
    const sound = Object.hasOwn(nodes, id) && !listed.has(id);
    listed.add(id);
    return !sound;
  });
  const all = [...wrong, ...Object.keys(nodes).filter(id => !listed.has(id))];
  if (all.length === 0) return null;
  return `node_order does not list every node once: ${all.slice(0, NAMES_SHOWN).join(', ')}`;
}

function toDocument(
  message: GraphRule,
  order: readonly string[],
  report: (path: Path, message: string) => void,
): object {
  const { nodes, node_order: _, layout, name, wires, ...rest } = message;
  return {
    format: 'fusewire.flow/1',
    name: name ?? '',
    ...rest,
    nodes: order.map((id, index) => {
      const { node_type, wasm_hash, props } = nodes![id]!;
      return {
        id,
        node_type: node_type ?? '',
        ...(wasm_hash && { wasm_hash }),
        ...(props && { props: fromFields(props, ['nodes', index, 'props'], report) }),
      };
    }),
    wires: (wires ?? []).map(wire => ({ source_node: '', source_port: '', target_node: '', target_port: '', ...wire })),
    ...(layout !== undefined && { layout: fromValue(layout, ['layout'], report) }),
  };
}
