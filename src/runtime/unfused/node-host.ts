import {
  exportName,
  FLOW_IMPORT_MODULE,
  FUEL,
  MEMORY_START_PAGES,
  NODE_CALLS,
  NODE_COUNTERS,
  type NodeCall,
  type NodeFunction,
  type PlanNode,
  portCount,
  postName,
  RING_LIMITS,
  WASM_PAGE_BYTES,
} from '#abi';
import { type NodeState, nodeState, savedState, stateOutside } from '#engine';
import type { Board } from './board.ts';
import type { Budget } from './budget.ts';
import type { EgressWriter } from './egress.ts';
import type { Tracer } from './tracer.ts';

type Call = (...args: number[]) => number;

/** What a node's instance needs from the flow around it. */
export interface Surroundings {
  readonly board: Board;
  readonly budget: Budget;
  readonly egress: EgressWriter;
  /** Sends bytes of `from` on by the wires of an output port. */
  readonly route: (node: number, port: number, message: Uint8Array) => void;
  readonly tracer: Tracer;
}

/** One node in an instance of its own: the canonical ABI by hand. */
export class NodeHost {
  readonly index: number;
  readonly state: NodeState;
  readonly #node: PlanNode;
  readonly #around: Surroundings;
  readonly #exports: Record<string, unknown>;
  readonly #memory: WebAssembly.Memory;
  readonly #realloc: Call;

  constructor(index: number, node: PlanNode, module: WebAssembly.Module, around: Surroundings) {
    this.index = index;
    this.#node = node;
    this.#around = around;
    this.#exports = new WebAssembly.Instance(module, {
      [FLOW_IMPORT_MODULE]: {
        emit: (port: number, ptr: number, len: number) => this.#emit(port >>> 0, ptr >>> 0, len >>> 0),
        log: (level: number, ptr: number, len: number) => this.#log(level >>> 0, ptr >>> 0, len >>> 0),
        now: () => around.budget.now,
      },
      'fusewire:fuel': { fuel: around.budget.fuel, exhausted: () => around.budget.fault('fuel') },
    }).exports;
    this.#memory = this.#exports['memory'] as WebAssembly.Memory;
    this.#realloc = this.#exports['cabi_realloc'] as Call;
    this.state = nodeState(this.#exports as WebAssembly.Exports, node.id, 'memory');
  }

  has(fn: NodeFunction): boolean {
    return exportName(fn) in this.#exports;
  }

  enter(call: NodeCall): void {
    this.#around.board.set('current', (this.index << 16) | NODE_CALLS.indexOf(call));
  }

  /** Calls an export without arguments, if there is one. */
  plain(name: string, call: NodeCall): void {
    const fn = this.#exports[name] as Call | undefined;
    if (!fn) return;
    this.enter(call);
    fn();
  }

  /** Hands a message over. @returns nothing: an error becomes a dead letter. */
  handle(port: number, message: Uint8Array): void {
    const { board, tracer } = this.#around;
    const caller = board.get('current');
    this.enter('cabi_realloc');
    const ptr = this.give(message);
    this.enter('handle');
    const at = (this.#exports[exportName('handle')] as Call)(port, ptr, message.length) >>> 0;
    const reason = this.#errorText(at);
    if (reason !== null) {
      board.add(board.layout.nodes + this.index * NODE_COUNTERS.bytes + NODE_COUNTERS.errors, 1n);
      board.count('dead_letters');
      tracer.refused(this.index, port, reason);
      const length = new Uint8Array(Uint32Array.of(reason.length).buffer);
      this.#around.egress.put('dead_letter', port, this.index, [length, reason, message]);
    }
    this.#post('handle', at);
    board.set('current', caller);
  }

  /** Asks the node for a buffer and copies bytes in. */
  give(bytes: Uint8Array): number {
    const ptr = this.#realloc(0, 0, 1, bytes.length) >>> 0;
    if (ptr + bytes.length > this.#memoryBytes) this.#around.budget.fault('buffer_range');
    if (bytes.length > 0) new Uint8Array(this.#memory.buffer).set(bytes, this.#node.memory_start + ptr);
    return ptr;
  }

  /** configure or load-state. @returns the node's error text, or null. */
  checked(fn: 'configure' | 'load-state', bytes: Uint8Array): Uint8Array | null {
    this.enter('cabi_realloc');
    const ptr = this.give(bytes);
    this.enter(fn);
    const at = (this.#exports[exportName(fn)] as Call)(ptr, bytes.length) >>> 0;
    const text = this.#errorText(at)?.slice() ?? null;
    this.#post(fn, at);
    return text;
  }

  save(): Uint8Array | null {
    if (!this.has('save-state')) return null;
    this.enter('save-state');
    const at = (this.#exports[exportName('save-state')] as Call)() >>> 0;
    const state = savedState(this.#node, this.#memory.buffer, at);
    if (!state) throw stateOutside(this.#around.board.words.buffer as SharedArrayBuffer, this.index);
    this.#post('save-state', at);
    return state;
  }

  tick(): void {
    if (!this.has('tick')) return;
    this.plain(exportName('tick'), 'tick');
    this.plain(postName('tick'), 'cabi_post');
  }

  #post(fn: NodeFunction, at: number): void {
    const post = this.#exports[postName(fn)] as Call | undefined;
    if (!post) return;
    this.enter('cabi_post');
    post(at);
  }

  #bytes(ptr: number, len: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#node.memory_start + ptr, len);
  }

  /** From the node's address 0 on. */
  get #view(): DataView {
    return new DataView(this.#memory.buffer, this.#node.memory_start);
  }

  /** As the node sees it. */
  get #memoryBytes(): number {
    return this.#memory.buffer.byteLength - MEMORY_START_PAGES * WASM_PAGE_BYTES;
  }

  #errorText(at: number): Uint8Array | null {
    const { budget } = this.#around;
    if (at & 3) budget.fault('result_pointer');
    const view = this.#view;
    if (view.getUint8(at) === 0) return null;
    const ptr = view.getUint32(at + 4, true);
    const len = view.getUint32(at + 8, true);
    if (ptr + len > this.#memoryBytes) budget.fault('result_pointer');
    return this.#bytes(ptr, len);
  }

  #emit(port: number, ptr: number, len: number): void {
    const { board, budget, egress } = this.#around;
    budget.charge(FUEL.emit, len);
    const call = NODE_CALLS[board.get('current') & 0xffff];
    if (call !== 'handle' && call !== 'tick') budget.fault('emit_context');
    budget.emits -= 1;
    if (budget.emits < 0) budget.fault(budget.open ? 'emit_limit' : 'emit_context');
    if (port >= portCount(this.#node)) budget.fault('emit_port');
    if (ptr + len > this.#memoryBytes) budget.fault('emit_range');
    if (len > RING_LIMITS.message_bytes) budget.fault('message_limit');
    board.add(board.layout.ports + (this.#node.first_port + port) * 8, 1n);
    const message = this.#bytes(ptr, len);
    this.#around.tracer.emitted(this.index, port, message);
    if (this.#node.sink !== null) egress.put('output', 0, this.index, [message]);
    else this.#around.route(this.index, port, message);
  }

  #log(level: number, ptr: number, len: number): void {
    const { budget, egress } = this.#around;
    budget.charge(FUEL.log, len);
    if (level > 3) budget.fault('log_level');
    if (ptr + len > this.#memoryBytes) budget.fault('log_range');
    if (len > budget.log) budget.fault('log_limit');
    budget.log -= len;
    egress.put('log', level, this.index, [this.#bytes(ptr, len)]);
  }
}

/** Board memory of a plan, in whole pages as the fused module has it. */
export const boardBytes = (bytes: number): number => Math.ceil(bytes / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
