/**
 * The unfused engine: the same flow with one instance per node, routed in TypeScript. The debug mode, and the other opinion
 * that the fused module is tested against: same records in, same egress and counters out.
 */

import {
  BOARD_MAGIC,
  BOARD_VERSION,
  DIRECT_HEADER_BYTES,
  ENTRY,
  type FlowPlan,
  layoutOf,
  NO_NODE,
  NODE_COUNTERS,
  RING_LIMITS,
  WIRE_COUNTERS,
} from '#abi';
import type { Engine, NodeState } from '#engine';
import { type Block, BlockReader } from './blocks.ts';
import { Board } from './board.ts';
import { Budget } from './budget.ts';
import { EgressWriter } from './egress.ts';
import { boardBytes, NodeHost } from './node-host.ts';
import { Tracer } from './tracer.ts';
import { readTimestamp } from './update.ts';

const encoder = new TextEncoder();

export const unfusedEngine = (plan: FlowPlan, modules: readonly WebAssembly.Module[]): Engine =>
  new UnfusedEngine(plan, modules);

class UnfusedEngine implements Engine {
  readonly ingress: SharedArrayBuffer;
  readonly egress: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
  readonly nodes: readonly NodeState[];
  readonly #plan: FlowPlan;
  readonly #board: Board;
  readonly #budget: Budget;
  readonly #egress: EgressWriter;
  readonly #tracer: Tracer;
  readonly #blocks: BlockReader;
  readonly #nodes: NodeHost[];
  readonly #bytes: Uint8Array;

  constructor(plan: FlowPlan, modules: readonly WebAssembly.Module[]) {
    this.#plan = plan;
    this.ingress = new SharedArrayBuffer(plan.ingress_bytes);
    this.egress = new SharedArrayBuffer(plan.egress_bytes);
    this.board = new SharedArrayBuffer(boardBytes(layoutOf(plan).bytes));
    this.#bytes = new Uint8Array(this.ingress);
    this.#board = new Board(this.board, plan);
    this.#budget = new Budget(plan, this.#board);
    this.#egress = new EgressWriter(plan, this.#board, this.#budget, this.egress);
    this.#tracer = new Tracer(this.#board, this.#egress);
    this.#blocks = new BlockReader(plan, this.#board, this.ingress);
    const around = {
      board: this.#board,
      budget: this.#budget,
      egress: this.#egress,
      route: (node: number, port: number, message: Uint8Array) => this.#route(node, port, message),
      tracer: this.#tracer,
    };
    this.#nodes = plan.nodes.map((node, index) => new NodeHost(index, node, modules[index]!, around));
    this.nodes = this.#nodes.map(node => node.state);
  }

  configure(now: bigint): number {
    this.#board.set('magic', BOARD_MAGIC);
    this.#board.set('version', BOARD_VERSION);
    this.#board.set('node_count', this.#plan.nodes.length);
    this.#board.set('port_count', (this.#board.layout.wires - this.#board.layout.ports) / 8);
    this.#board.set('wire_count', this.#plan.wires.length);
    this.#time(now);
    this.#refill(0);
    this.#board.setLong('timestamp', 0n);
    for (const node of this.#nodes) {
      this.#budget.fuel.value = BigInt(this.#plan.limits.fuel);
      node.plain('fusewire:start', 'start');
      node.plain('_initialize', '_initialize');
      if (!node.has('configure')) continue;
      const text = node.checked('configure', encoder.encode(this.#plan.nodes[node.index]!.props));
      if (text === null) continue;
      this.#egress.put('configure_error', 0, node.index, [text]);
      this.#board.set('current', 0);
      this.#egress.publish();
      return node.index + 1;
    }
    this.#board.set('current', 0);
    this.#egress.publish();
    return 0;
  }

  run(max: number): number {
    this.#board.set('egress_full', 0);
    let done = 0;
    while (done < max) {
      if (!this.#egress.hasRoom) {
        this.#board.set('egress_full', 1);
        break;
      }
      const step = this.#blocks.next();
      if (step === 'empty') break;
      if (step === 'moved') continue;
      if (this.#step(step)) done += 1;
    }
    return done;
  }

  /** @returns false when a tick ran in its place and the message stays. */
  #step(step: Block): boolean {
    if (this.#plan.clock === 'arrival' && step.now > this.#budget.now) this.#setNow(step.now);
    if (step.kind === 'tick' || step.kind === 'direct') {
      if (step.kind === 'direct') this.#direct(step.start, step.end);
      else if (this.#plan.clock === 'arrival') this.tick(step.now);
      this.#board.set('trace_left', 0);
      return true;
    }
    if (step.kind === 'skip') {
      step.advance();
      return true;
    }
    const timestamp = step.kind === 'update' ? readTimestamp(this.#bytes, step.start, step.end) : null;
    if (timestamp === null) {
      step.advance();
      this.#malformed(step.start, step.end);
      return true;
    }
    if (this.#plan.clock === 'event' && this.#eventTick(timestamp)) return false;
    step.advance();
    this.#record(this.#bytes.subarray(step.start, step.end), timestamp);
    return true;
  }

  #record(message: Uint8Array, timestamp: bigint): void {
    this.#board.count('records');
    this.#board.count('record');
    this.#board.setLong('timestamp', timestamp);
    this.#board.set('entry', ENTRY.record);
    this.#refill(this.#plan.limits.emits);
    const poisoned = this.#board.long('record') === this.#board.long('poison_record');
    if (poisoned) this.#skip(ENTRY.record, message);
    else this.#tracer.begin(ENTRY.record, message);
    this.#tracer.less();
    if (poisoned) return;
    for (const source of this.#plan.sources) {
      const base = this.#board.layout.nodes + source * NODE_COUNTERS.bytes;
      this.#board.add(base + NODE_COUNTERS.source_records, 1n);
      const before = this.#budget.fuel.value;
      this.#nodes[source]!.handle(0, message);
      this.#board.add(base + NODE_COUNTERS.entry_fuel, before - this.#budget.fuel.value);
    }
    this.#budget.open = false;
    this.#board.set('current', 0);
    this.#tracer.end();
    this.#egress.publish();
  }

  #direct(start: number, end: number): void {
    if (end - start < DIRECT_HEADER_BYTES) return this.#malformed(start, end);
    const place = new DataView(this.ingress, start, DIRECT_HEADER_BYTES);
    const index = place.getUint16(0, true);
    const port = place.getUint16(2, true);
    this.#board.count('record');
    this.#board.setLong('timestamp', 0n);
    this.#board.set('entry', ENTRY.direct);
    this.#refill(this.#plan.limits.emits);
    if (this.#board.long('record') === this.#board.long('poison_record'))
      return this.#skip(ENTRY.direct, this.#bytes.subarray(start, end));
    this.#tracer.begin(ENTRY.direct, this.#bytes.subarray(start, end));
    const node = this.#plan.nodes[index];
    if (node && port < (node.source === null ? node.inputs.length : 1)) {
      const before = this.#budget.fuel.value;
      this.#nodes[index]!.handle(port, this.#bytes.subarray(start + DIRECT_HEADER_BYTES, end));
      const base = this.#board.layout.nodes + index * NODE_COUNTERS.bytes;
      this.#board.add(base + NODE_COUNTERS.entry_fuel, before - this.#budget.fuel.value);
    }
    this.#budget.open = false;
    this.#board.set('current', 0);
    this.#tracer.end();
    this.#egress.publish();
  }

  tick(now: bigint): void {
    this.#time(now);
    this.#refill(this.#plan.limits.emits);
    this.#board.setLong('timestamp', 0n);
    this.#board.count('ticks');
    this.#board.set('entry', ENTRY.tick);
    if (this.#board.long('ticks') === this.#board.long('poison_tick')) return this.#skip(ENTRY.tick, new Uint8Array());
    this.#tracer.begin(ENTRY.tick, new Uint8Array());
    for (const node of this.#nodes) {
      const before = this.#budget.fuel.value;
      node.tick();
      this.#board.add(
        this.#board.layout.nodes + node.index * NODE_COUNTERS.bytes + NODE_COUNTERS.entry_fuel,
        before - this.#budget.fuel.value,
      );
    }
    this.#board.set('current', 0);
    this.#tracer.end();
    this.#egress.publish();
  }

  resume(): void {
    this.#budget.now = this.#board.long('now');
  }

  mute(on: boolean): void {
    this.#egress.muted = on;
  }

  /** What faulted the last time is not run again: it leaves as a fault letter, and from here on the flow is heard again. */
  #skip(entry: number, message: Uint8Array): void {
    this.#egress.muted = false;
    this.#egress.put('fault', entry, NO_NODE, [message]);
    this.#egress.publish();
  }

  save(node: number): Uint8Array | null {
    this.#refill(0);
    const state = this.#nodes[node]!.save();
    this.#board.set('current', 0);
    return state;
  }

  load(node: number, state: Uint8Array): boolean {
    this.#refill(0);
    const host = this.#nodes[node]!;
    if (!host.has('load-state')) return false;
    const text = host.checked('load-state', state);
    if (text !== null) this.#egress.put('configure_error', 0, node, [text]);
    this.#board.set('current', 0);
    this.#egress.publish();
    return text === null;
  }

  #route(node: number, port: number, message: Uint8Array): void {
    this.#plan.wires.forEach((wire, index) => {
      if (wire.source_node !== node || wire.source_port !== port) return;
      const before = this.#budget.fuel.value;
      this.#nodes[wire.target_node]!.handle(wire.target_port, message);
      this.#board.add(this.#board.layout.wires + index * WIRE_COUNTERS.bytes, before - this.#budget.fuel.value);
    });
  }

  #malformed(start: number, end: number): void {
    this.#board.count('malformed');
    const last = this.#board.long('malformed_sampled_at');
    if (last !== 0n && this.#budget.now - last < BigInt(RING_LIMITS.malformed_sample_us)) return;
    this.#board.setLong('malformed_sampled_at', this.#budget.now);
    this.#refill(0);
    this.#board.setLong('timestamp', 0n);
    const sample = this.#bytes.subarray(start, Math.min(end, start + RING_LIMITS.malformed_sample_bytes));
    this.#egress.put('malformed', 0, NO_NODE, [sample]);
    this.#egress.publish();
  }

  /** Runs one tick that falls before the record, if there is one. */
  #eventTick(timestamp: bigint): boolean {
    const tick_us = BigInt(this.#plan.tick_ms * 1_000);
    const time = timestamp > this.#budget.now ? timestamp : this.#budget.now;
    let next = this.#board.long('next_tick');
    if (next === 0n) next = (time / tick_us + 1n) * tick_us;
    else if (next + tick_us * BigInt(RING_LIMITS.catch_up_ticks) < time) {
      next = (time / tick_us - BigInt(RING_LIMITS.catch_up_ticks - 1)) * tick_us;
    }
    if (next > time) {
      this.#board.setLong('next_tick', next);
      this.#setNow(time);
      return false;
    }
    this.#board.setLong('next_tick', next + tick_us);
    this.tick(next);
    return true;
  }

  #refill(emits: number): void {
    this.#budget.refill(emits);
    this.#tracer.reset();
    this.#egress.reset();
  }

  #time(now: bigint): void {
    const last = this.#board.long('now');
    this.#setNow(now > last ? now : last);
  }

  #setNow(now: bigint): void {
    this.#budget.now = now;
    this.#board.setLong('now', now);
  }
}
