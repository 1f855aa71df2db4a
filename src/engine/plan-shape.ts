import {
  DOCUMENT_LIMITS,
  type FlowPlan,
  NODE_FUNCTIONS,
  type PlanNode,
  type PlanWire,
  portCount,
  WASM_PAGE_BYTES,
} from '#abi';

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isWhole = (value: unknown, below = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < below;
/** A capacity of a ring. */
const isRing = (value: unknown): boolean =>
  isWhole(value, 2 ** 31) && value >= WASM_PAGE_BYTES && (value & (value - 1)) === 0;

/** Whether what a module says of itself is a plan, with every index within: the module may be of a stranger. */
export function isPlan(value: unknown): value is FlowPlan {
  if (!isObject(value) || !isObject(value['limits'])) return false;
  const { nodes, wires, sources, limits } = value;
  return (
    isText(value['name']) &&
    Array.isArray(nodes) &&
    nodes.length <= DOCUMENT_LIMITS.nodes &&
    nodes.every(isNode) &&
    hasPortsInOrder(nodes) &&
    Array.isArray(wires) &&
    wires.length <= DOCUMENT_LIMITS.wires &&
    wires.every(wire => isWire(wire, nodes)) &&
    Array.isArray(sources) &&
    sources.every(source => isWhole(source, nodes.length)) &&
    Object.values(limits).every(limit => isWhole(limit)) &&
    [value['tick_ms'], value['node_pages_max'], value['memory_bytes_max']].every(one => isWhole(one)) &&
    (value['clock'] === 'arrival' || value['clock'] === 'event') &&
    isRing(value['ingress_bytes']) &&
    isRing(value['egress_bytes'])
  );
}

function isNode(value: unknown): value is PlanNode {
  if (!isObject(value)) return false;
  const { id, node_type, hash, props, inputs, outputs, sink, source, functions, first_port, memory_start } = value;
  return (
    [id, node_type, hash, props].every(isText) &&
    isTexts(inputs) &&
    isTexts(outputs) &&
    [sink, source].every(one => one === null || isText(one)) &&
    Array.isArray(functions) &&
    functions.every(one => NODE_FUNCTIONS.includes(one)) &&
    isWhole(first_port) &&
    isWhole(memory_start, WASM_PAGE_BYTES) &&
    memory_start % 8 === 0
  );
}

function hasPortsInOrder(nodes: readonly PlanNode[]): boolean {
  let port = 0;
  return nodes.every(node => {
    const isNext = node.first_port === port;
    port += portCount(node);
    return isNext;
  });
}

function isWire(value: unknown, nodes: readonly PlanNode[]): value is PlanWire {
  if (!isObject(value)) return false;
  const { source_node, source_port, target_node, target_port } = value;
  return (
    isWhole(source_node, nodes.length) &&
    isWhole(target_node, nodes.length) &&
    isWhole(source_port, portCount(nodes[source_node]!)) &&
    isWhole(target_port, Math.max(1, nodes[target_node]!.inputs.length))
  );
}
