import {
  BOARD_U64,
  EGRESS_KIND,
  exportName,
  type FlowPlan,
  FUEL,
  layoutOf,
  NODE_COUNTERS,
  type NodeCall,
  type NodeFunction,
  PORT_COUNTERS,
  portCount,
  postName,
  RING_LIMITS,
  WIRE_COUNTERS,
} from '#abi';
import { copyMessage, copyRare, isNear } from './copy.ts';
import { inputsOf } from './record.ts';
import { traceEmit, traceRefusal } from './trace.ts';
import {
  access,
  bare,
  charge,
  count,
  currentWord,
  EGRESS,
  enter,
  fault,
  INGRESS,
  loadWord,
  memoryOf,
  type Place,
  storeWord,
} from './wat.ts';

/** What the glue must know of a node's module. */
export interface NodeShape {
  /** Which functions it exports. */
  readonly functions: ReadonlySet<NodeFunction>;
  /** Which of them have a `cabi_post_`. */
  readonly posts: ReadonlySet<NodeFunction>;
  readonly initialize: boolean;
  readonly start: boolean;
  /** Whether cabi_realloc or cabi_post could reach `emit`, where it is not allowed. */
  readonly guardEmit: boolean;
}

/** Calls of a node's exports, imported from the module `node/<index>`. */
export function nodeImports(index: number, shape: NodeShape): string {
  const from = `node/${index}`;
  const signatures: Record<NodeFunction, string> = {
    configure: '(param i32 i32) (result i32)',
    handle: '(param i32 i32 i32) (result i32)',
    tick: '',
    'save-state': '(result i32)',
    'load-state': '(param i32 i32) (result i32)',
  };
  const lines = [
    `(import "${from}" "memory" (memory $m${index} 0))`,
    `(import "${from}" "cabi_realloc" (func $realloc_${index} (param i32 i32 i32 i32) (result i32)))`,
  ];
  for (const fn of shape.functions) {
    lines.push(`(import "${from}" "${exportName(fn)}" (func $${fn}_${index} ${signatures[fn]}))`);
  }
  for (const fn of shape.posts) {
    lines.push(
      `(import "${from}" "${postName(fn)}" (func $post_${fn}_${index} ${fn === 'tick' ? '' : '(param i32)'}))`,
    );
  }
  if (shape.initialize) lines.push(`(import "${from}" "_initialize" (func $initialize_${index}))`);
  if (shape.start) lines.push(`(import "${from}" "fusewire:start" (func $start_${index}))`);
  return lines.join('\n');
}

/** Everything between nodes: for each node its `emit`, `log`; for each wire and source a direct call. */
export function wireFunctions(plan: FlowPlan, shapes: readonly NodeShape[]): string {
  const parts: string[] = [];
  plan.wires.forEach((wire, index) => {
    const after = count(
      layoutOf(plan).wires + index * WIRE_COUNTERS.bytes,
      '(i64.sub (local.get $before) (global.get $fuel))',
    );
    // A node without tick emits from handle alone: what stood on the board is known.
    const caller = shapes[wire.source_node]!.functions.has('tick') ? null : currentWord(wire.source_node, 'handle');
    parts.push(
      delivery(`wire_${index}`, memoryOf(wire.source_node), wire.target_node, wire.target_port, shapes, caller, after),
    );
    parts.push(refusal(`wire_${index}`, memoryOf(wire.source_node), wire.target_node, wire.target_port, plan));
  });
  for (const node of plan.sources) {
    parts.push(
      delivery(
        `source_${node}`,
        INGRESS,
        node,
        0,
        shapes,
        0,
        count(entryFuel(plan, node), '(i64.sub (local.get $before) (global.get $fuel))'),
      ),
    );
    parts.push(refusal(`source_${node}`, INGRESS, node, 0, plan));
  }
  plan.nodes.forEach((node, index) => {
    const after = count(entryFuel(plan, index), '(i64.sub (local.get $before) (global.get $fuel))');
    for (const port of inputsOf(node)) {
      parts.push(delivery(`direct_${index}_${port}`, INGRESS, index, port, shapes, 0, after, true));
      parts.push(refusal(`direct_${index}_${port}`, INGRESS, index, port, plan));
    }
    parts.push(emitFunction(plan, index, shapes[index]!), logFunction(index));
  });
  return parts.join('\n');
}

/** Byte offset of a node's `entry_fuel` counter. */
export const entryFuel = (plan: FlowPlan, node: number): number =>
  layoutOf(plan).nodes + node * NODE_COUNTERS.bytes + NODE_COUNTERS.entry_fuel;

/** Hands [ptr, ptr + len) of memory `from` to a node: asks it for a buffer, copies, calls `handle`, looks at the result. */
function delivery(
  name: string,
  from: Place,
  node: number,
  port: number,
  shapes: readonly NodeShape[],
  caller: number | null,
  after: string,
  rare = false,
): string {
  const post = shapes[node]!.posts.has('handle');
  const target = memoryOf(node);
  return `
(func $${name} (param $ptr i32) (param $len i32) (param $near i32)
  (local $buffer i32) (local $result i32) (local $caller i32) (local $before i64)
  (local.set $before (global.get $fuel))
  (local.set $caller ${caller === null ? loadWord('current') : `(i32.const ${caller})`})
  ${enter(node, 'cabi_realloc')}
  (local.set $buffer (call $realloc_${node} (i32.const 0) (i32.const 0) (i32.const 1) (local.get $len)))
  ${rare ? copyRare(from, target, '$buffer') : copyMessage(from, target, '$buffer')}
  ${enter(node, 'handle')}
  (local.set $result (call $handle_${node} (i32.const ${port}) (local.get $buffer) (local.get $len)))
  (if (i32.and (local.get $result) (i32.const 3)) (then ${fault('result_pointer')}))
  (if (${access('i32.load8_u', target)} (local.get $result)) (then
    (call $refused_${name} (local.get $ptr) (local.get $len) (local.get $result))))
  ${post ? `${enter(node, 'cabi_post')} (call $post_handle_${node} (local.get $result))` : ''}
  ${storeWord('current', '(local.get $caller)')}
  ${after})`;
}

/** `handle` returned an error: the message becomes a dead letter. Rare, so never inlined by its size. */
function refusal(name: string, from: Place, node: number, port: number, plan: FlowPlan): string {
  const tag = EGRESS_KIND.dead_letter | (port << 8) | (node << 16);
  const target = memoryOf(node);
  return `
(func $refused_${name} (param $ptr i32) (param $len i32) (param $result i32)
  (local $reason i32) (local $reason_len i32) (local $to i32)
  (local.set $reason (${access('i32.load', target, 4)} (local.get $result)))
  (local.set $reason_len (${access('i32.load', target, 8)} (local.get $result)))
  (call $check_range (local.get $reason) (local.get $reason_len) ${target.pages} (i32.const 11))
  ${count(layoutOf(plan).nodes + node * NODE_COUNTERS.bytes + NODE_COUNTERS.errors)}
  ${count(BOARD_U64.dead_letters)}
  ${traceRefusal(node, port)}
  (if (i32.gt_u (local.get $reason_len) (i32.const ${plan.limits.egress_bytes})) (then ${fault('egress_limit')}))
  (local.set $to (call $egress_begin (i32.const ${tag})
    (i32.add (i32.const 4) (i32.add (local.get $reason_len) (local.get $len)))))
  (i32.store $egress (local.get $to) (local.get $reason_len))
  (local.set $to (i32.add (local.get $to) (i32.const 4)))
  (memory.copy $egress $m${node} (local.get $to) ${bare(target, '(local.get $reason)')} (local.get $reason_len))
  (memory.copy $egress $${from.name} (i32.add (local.get $to) (local.get $reason_len)) ${bare(from, '(local.get $ptr)')} (local.get $len)))`;
}

function emitFunction(plan: FlowPlan, index: number, shape: NodeShape): string {
  const node = plan.nodes[index]!;
  const ports = portCount(node);
  const body = (port: number): string => {
    const counter = count(layoutOf(plan).ports + (node.first_port + port) * PORT_COUNTERS.bytes);
    if (node.sink !== null) {
      return `${counter}
      (local.set $to (call $egress_begin (i32.const ${EGRESS_KIND.output | (index << 16)}) (local.get $len)))
      ${copyMessage(memoryOf(index), EGRESS, '$to')}`;
    }
    const calls = plan.wires
      .map((wire, at) => ({ wire, at }))
      .filter(({ wire }) => wire.source_node === index && wire.source_port === port)
      .map(({ at }) => `(call $wire_${at} (local.get $ptr) (local.get $len) (local.get $near))`);
    return [counter, ...calls].join('\n      ');
  };
  // One branch a port, tried in order: after inlining the port is a constant and the others vanish.
  const branches = Array.from(
    { length: ports },
    (_, port) => `
  (if (i32.eq (local.get $port) (i32.const ${port})) (then
      ${body(port)}
      (return)))`,
  );
  return `
(func $emit_${index} (export "emit/${index}") (param $port i32) (param $ptr i32) (param $len i32)
  (local $to i32) (local $near i32)
  ${charge(FUEL.emit, FUEL.bytes_shift)}
  ${shape.guardEmit ? `(if (i32.ge_u (i32.sub (i32.and ${loadWord('current')} (i32.const 0xffff)) (i32.const 4)) (i32.const 2)) (then ${fault('emit_context')}))` : ''}
  (global.set $emits (i32.sub (global.get $emits) (i32.const 1)))
  (local.set $near ${isNear(memoryOf(index))})
  (if (i32.or (i32.lt_s (global.get $emits) (i32.const 0)) (i32.eqz (local.get $near))) (then
    (call $odd_${index} (local.get $port) (local.get $ptr) (local.get $len))))
  (if (i32.ge_u (local.get $port) (i32.const ${ports})) (then ${fault('emit_port')}))
  ${branches.join('')}
  (unreachable))
${oddEmit(index, ports)}`;
}

/** An emit that is out of the ordinary: far, one too many, or of a record that is traced. Never inlined, see `ODD`. */
const oddEmit = (index: number, ports: number): string => `
(func $odd_${index} (param $port i32) (param $ptr i32) (param $len i32)
  (if (i32.lt_s (global.get $emits) (i32.const 0)) (then
    (if (i32.eqz (global.get $traced)) (then (call $emits_over) (unreachable)))
    (global.set $emits (i32.const 0))
    (global.set $emits_left (i32.sub (global.get $emits_left) (i32.const 1)))
    (if (i32.lt_s (global.get $emits_left) (i32.const 0)) (then (call $emits_over) (unreachable)))))
  (if (i32.ge_u (local.get $port) (i32.const ${ports})) (then ${fault('emit_port')}))
  (if (i64.gt_u
      (i64.add (i64.extend_i32_u (local.get $ptr)) (i64.extend_i32_u (local.get $len)))
      (i64.shl (i64.extend_i32_u ${memoryOf(index).pages}) (i64.const 16))) (then ${fault('emit_range')}))
  (if (i32.gt_u (local.get $len) (i32.const ${RING_LIMITS.message_bytes})) (then ${fault('message_limit')}))
  ${traceEmit(index)})`;

const logFunction = (index: number): string => `
(func $log_${index} (export "log/${index}") (param $level i32) (param $ptr i32) (param $len i32)
  (local $to i32)
  ${charge(FUEL.log, FUEL.bytes_shift)}
  (if (i32.gt_u (local.get $level) (i32.const 3)) (then ${fault('log_level')}))
  (call $check_range (local.get $ptr) (local.get $len) ${memoryOf(index).pages} (i32.const 7))
  (if (i32.gt_u (local.get $len) (global.get $log_left)) (then ${fault('log_limit')}))
  (global.set $log_left (i32.sub (global.get $log_left) (local.get $len)))
  (local.set $to (call $egress_begin
    (i32.or (i32.const ${EGRESS_KIND.log | (index << 16)}) (i32.shl (local.get $level) (i32.const 8))) (local.get $len)))
  (memory.copy $egress $m${index} (local.get $to) ${bare(memoryOf(index), '(local.get $ptr)')} (local.get $len)))`;

/** Pairs of memories between which messages are copied. */
export function copyPairs(plan: FlowPlan): [Place, Place][] {
  const pairs = new Map<string, [Place, Place]>();
  const add = (from: Place, to: Place): void => void pairs.set(`${from.name}>${to.name}`, [from, to]);
  plan.nodes.forEach((_, node) => {
    add(INGRESS, memoryOf(node));
  });
  for (const wire of plan.wires) add(memoryOf(wire.source_node), memoryOf(wire.target_node));
  plan.nodes.forEach((node, index) => {
    if (node.sink !== null) add(memoryOf(index), EGRESS);
  });
  return [...pairs.values()];
}

/** Calls one export of a node outside of records, as the board shall name it. */
export const calling = (node: number, call: NodeCall, text: string): string => `
  ${storeWord('current', `(i32.const ${currentWord(node, call)})`)}
  ${text}`;
