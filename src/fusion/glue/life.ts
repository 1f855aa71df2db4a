import {
  BOARD,
  BOARD_MAGIC,
  BOARD_U64,
  BOARD_VERSION,
  EGRESS_KIND,
  ENTRY,
  FAULT_REASONS,
  type FlowPlan,
  layoutOf,
} from '#abi';
import { traceFrom } from './trace.ts';
import { access, bare, count, fault, loadLong, memoryOf, storeLong, storeWord } from './wat.ts';
import { calling, entryFuel, type NodeShape } from './wires.ts';

const encoder = new TextEncoder();
export const utf8Length = (text: string): number => encoder.encode(text).length;

/** Text as the body of a WebAssembly string literal. */
export const watString = (text: string): string =>
  [...encoder.encode(text)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join('');

/** The calls that are not records: configure, tick, save, load. Each has the budgets of one record. */
export function lifeFunctions(plan: FlowPlan, shapes: readonly NodeShape[]): string {
  const layout = layoutOf(plan);
  return `
(func $emits_over
  (if (global.get $emit_open) (then ${fault('emit_limit')}))
  ${fault('emit_context')})

;; Traps with $reason unless [ptr, ptr + len) lies within $pages pages.
(func $check_range (param $ptr i32) (param $len i32) (param $pages i32) (param $reason i32)
  (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $ptr)) (i64.extend_i32_u (local.get $len)))
      (i64.shl (i64.extend_i32_u (local.get $pages)) (i64.const 16))) (then
    (call $fault (local.get $reason)) (unreachable))))

(func (export "now") (result i64) (global.get $now))

;; Takes the time from the board: instead of configure, after memories, globals and board were restored.
(func (export "resume") (global.set $now ${loadLong('now')}))

;; 1: nothing is published, for records that were published the last time.
(func (export "mute") (param $on i32) (global.set $muted (local.get $on)))

(func (export "configure") (param $now i64) (result i32)
  (i32.store $board offset=${BOARD.magic} (i32.const 0) (i32.const ${BOARD_MAGIC}))
  (i32.store $board offset=${BOARD.version} (i32.const 0) (i32.const ${BOARD_VERSION}))
  (i32.store $board offset=${BOARD.node_count} (i32.const 0) (i32.const ${plan.nodes.length}))
  (i32.store $board offset=${BOARD.port_count} (i32.const 0) (i32.const ${(layout.wires - layout.ports) / 8}))
  (i32.store $board offset=${BOARD.wire_count} (i32.const 0) (i32.const ${plan.wires.length}))
  (call $start_time (local.get $now))
  (call $refill (i32.const 0))
  ${storeLong('timestamp', '(i64.const 0)')}
  ${plan.nodes.map((_, index) => `(if (call $configure_node_${index}) (then (call $publish) (return (i32.const ${index + 1}))))`).join('\n  ')}
  ${storeWord('current', '(i32.const 0)')}
  (call $publish)
  (i32.const 0))
${plan.nodes.map((_, index) => configureNode(plan, index, shapes[index]!)).join('')}

(func $tick (export "tick") (param $now i64)
  (local $before i64)
  (call $start_time (local.get $now))
  (call $refill (i32.const ${plan.limits.emits}))
  ${storeLong('timestamp', '(i64.const 0)')}
  ${count(BOARD_U64.ticks)}
  ${storeWord('entry', `(i32.const ${ENTRY.tick})`)}
  (if (i64.eq ${loadLong('ticks')} ${loadLong('poison_tick')}) (then
    (call $skip (i32.const ${ENTRY.tick}) (i32.const 0) (i32.const 0))
    (return)))
  ${traceFrom(ENTRY.tick, '(i32.const 0)', '(i32.const 0)')}
  ${plan.nodes.map((_, index) => tickNode(plan, index, shapes[index]!)).join('')}
  ${storeWord('current', '(i32.const 0)')}
  (call $publish))

;; Room for $len bytes in a node's memory, for the host to write to.
(func (export "alloc") (param $node i32) (param $len i32) (result i32)
  (call $refill (i32.const 0))
  ${byNode(plan, index => calling(index, 'cabi_realloc', `(return (call $realloc_${index} (i32.const 0) (i32.const 0) (i32.const 1) (local.get $len)))`))}
  (unreachable))

;; Pointer to {ptr, len} of the state in the node's memory; 0: the node has no save-state.
(func (export "save") (param $node i32) (result i32)
  (local $at i32)
  (call $refill (i32.const 0))
  ${byNode(plan, index => (shapes[index]!.functions.has('save-state') ? calling(index, 'save-state', `(local.set $at (call $save-state_${index})) ${storeWord('current', '(i32.const 0)')} (return (local.get $at))`) : '(return (i32.const 0))'))}
  (unreachable))

(func (export "save_done") (param $node i32) (param $at i32)
  (call $refill (i32.const 0))
  ${byNode(plan, index => (shapes[index]!.posts.has('save-state') ? calling(index, 'cabi_post', `(call $post_save-state_${index} (local.get $at)) ${storeWord('current', '(i32.const 0)')}`) : ''))})

;; 0: taken; 1: the node refused it (the text is published as configure_error) or has no load-state.
(func (export "load") (param $node i32) (param $ptr i32) (param $len i32) (result i32)
  (local $result i32)
  (call $refill (i32.const 0))
  ${byNode(plan, index =>
    shapes[index]!.functions.has('load-state')
      ? calling(
          index,
          'load-state',
          `(local.set $result (call $load-state_${index} (local.get $ptr) (local.get $len)))
    (return ${check(index, shapes[index]!, 'load-state')})`,
        )
      : '(return (i32.const 1))',
  )}
  (unreachable))
${plan.nodes.map((_, index) => resultCheck(index)).join('')}`;
}

const byNode = (plan: FlowPlan, text: (index: number) => string): string =>
  plan.nodes
    .map((_, index) => `(if (i32.eq (local.get $node) (i32.const ${index})) (then ${text(index)}))`)
    .join('\n  ');

/** Expression: 1 when the result says error, after publishing its text; calls cabi_post. */
const check = (index: number, shape: NodeShape, fn: 'configure' | 'load-state'): string => `
  (block (result i32)
    (call $checked_${index} (local.get $result))
    ${shape.posts.has(fn) ? calling(index, 'cabi_post', `(call $post_${fn}_${index} (local.get $result))`) : ''}
    ${storeWord('current', '(i32.const 0)')}
    (call $publish))`;

const resultCheck = (index: number): string => {
  const memory = memoryOf(index);
  return `
(func $checked_${index} (param $result i32) (result i32)
  (local $text i32) (local $len i32) (local $to i32)
  (if (i32.and (local.get $result) (i32.const 3)) (then ${fault('result_pointer')}))
  (if (i32.eqz (${access('i32.load8_u', memory)} (local.get $result))) (then (return (i32.const 0))))
  (local.set $text (${access('i32.load', memory, 4)} (local.get $result)))
  (local.set $len (${access('i32.load', memory, 8)} (local.get $result)))
  (call $check_range (local.get $text) (local.get $len) ${memory.pages} (i32.const 11))
  (local.set $to (call $egress_begin (i32.const ${EGRESS_KIND.configure_error | (index << 16)}) (local.get $len)))
  (memory.copy $egress $m${index} (local.get $to) ${bare(memory, '(local.get $text)')} (local.get $len))
  (i32.const 1))`;
};

function configureNode(plan: FlowPlan, index: number, shape: NodeShape): string {
  const bytes = utf8Length(plan.nodes[index]!.props);
  return `
(func $configure_node_${index} (result i32)
  (local $ptr i32) (local $result i32)
  (global.set $fuel (i64.const ${plan.limits.fuel}))
  ${shape.start ? calling(index, 'start', `(call $start_${index})`) : ''}
  ${shape.initialize ? calling(index, '_initialize', `(call $initialize_${index})`) : ''}
  ${
    shape.functions.has('configure')
      ? `${calling(
          index,
          'cabi_realloc',
          `(local.set $ptr (call $realloc_${index} (i32.const 0) (i32.const 0) (i32.const 1) (i32.const ${bytes})))
  (call $check_range (local.get $ptr) (i32.const ${bytes}) ${memoryOf(index).pages} (i32.const ${FAULT_REASONS.indexOf('buffer_range')}))
  (memory.init $m${index} $props_${index} ${bare(memoryOf(index), '(local.get $ptr)')} (i32.const 0) (i32.const ${bytes}))`,
        )}
  ${calling(index, 'configure', `(local.set $result (call $configure_${index} (local.get $ptr) (i32.const ${bytes})))`)}
  ${check(index, shape, 'configure')}`
      : '(i32.const 0)'
  })`;
}

const tickNode = (plan: FlowPlan, index: number, shape: NodeShape): string =>
  shape.functions.has('tick')
    ? `
  (local.set $before (global.get $fuel))
  ${calling(index, 'tick', `(call $tick_${index})`)}
  ${shape.posts.has('tick') ? calling(index, 'cabi_post', `(call $post_tick_${index})`) : ''}
  ${count(entryFuel(plan, index), '(i64.sub (local.get $before) (global.get $fuel))')}`
    : '';
