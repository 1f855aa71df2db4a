import { FRAMING, TRACE_ALL } from '#abi';
import { GatewayError } from '#diagnostic';
import { type FlowRunner, isAside } from '#runtime';
import type { SegmentLog } from '#storage';
import { type InputBlock, packBlock } from './blocks.ts';
import type { Spill } from './spill.ts';

/** What becomes of input while the flow takes nothing: it is set aside, or it has stalled. */
export type OverloadPolicy =
  /** It waits in the drivers: nothing is read from their sockets. */
  | 'hold'
  /** It waits on disk, up to a limit; what comes then is dropped and counted. */
  | 'spill'
  /** It is dropped and counted. */
  | 'drop';
export type QuarantinePolicy = OverloadPolicy;

export interface IntakeOptions {
  readonly runner: FlowRunner;
  /** Every block is written here before the flow has it; null: not durable. */
  readonly journal: SegmentLog | null;
  readonly spill: Spill | null;
  readonly policy: OverloadPolicy;
  /** A flow that had no room for so long, and took nothing, has stalled. Infinity: never. */
  readonly stall_ms: number;
  /** Drivers that were held back may go on. */
  readonly onResume: () => void;
  readonly onProblem: (error: GatewayError) => void;
}

/** Of a flow on an ingest that it shares: back-pressure first, then the policy. */
export const STALL_MS = 1_000;
const RETRY_MS = 1_000;
const EMPTY = new Uint8Array();
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** The way into a flow: journal, then ring; while the flow takes nothing, as the policy says. Order is kept. */
export class Intake {
  readonly #options: IntakeOptions;
  #dropped = 0;
  /** `trace` of what comes next, where nothing else is asked for. */
  readonly #sample = { span: 0, tick: 0 };
  #ticks: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  /** Since when it has had no room and has taken nothing; null: it moves. */
  #refused_ms: number | null = null;
  #stalling: NodeJS.Timeout | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Messages dropped while the flow was set aside or had stalled. */
  get dropped(): number {
    return this.#dropped;
  }
  /** It has had no room for `stall_ms`. */
  get stalled(): boolean {
    return this.#refused_ms !== null && performance.now() - this.#refused_ms >= this.#options.stall_ms;
  }

  /**
   * A span of whole frames from a driver. @param trace how many of its first records are traced; TRACE_ALL: all.
   * @returns false: it was not taken, `onResume` says when to try again.
   */
  take(driver: number, framing: number, span: Uint8Array, trace = 0): boolean {
    const { runner, spill, policy } = this.#options;
    const aside = isAside(runner.state);
    const block = { framing, driver, now_us: now_us(), trace: trace || this.#sample.span, span };
    const waiting = spill !== null && !spill.empty;
    if (!aside && !waiting && this.#put(block)) {
      this.#sample.span = 0;
      this.#refused_ms = null;
      return true;
    }
    if (policy === 'hold') return false;
    const idle = aside || this.stalled;
    if (policy === 'spill' && (idle || waiting) && this.#attempt(() => spill!.put(block))) return true;
    if (!idle) return this.#refuse();
    this.#dropped += countMessages(framing, span);
    return true;
  }

  /** Back-pressure; when nothing has moved for `stall_ms`, what is held comes again and is treated as the policy says. */
  #refuse(): false {
    const { stall_ms, onResume } = this.#options;
    if (this.#refused_ms !== null || stall_ms === Number.POSITIVE_INFINITY) return false;
    this.#refused_ms = performance.now();
    clearTimeout(this.#stalling);
    // A timer may be early by a part of a millisecond.
    this.#stalling = setTimeout(onResume, stall_ms + 1);
    return false;
  }

  /** The first record of the next span, or all of them, and the next tick, are traced. */
  sample(all = false): void {
    this.#sample.span = all ? TRACE_ALL : Math.max(1, this.#sample.span);
    this.#sample.tick = 1;
  }

  /** A message for one node, or a record, that comes from inside. @returns false: no room now. */
  inject(framing: number, span: Uint8Array, trace = 0): boolean {
    return this.#put({ framing, driver: 0, now_us: now_us(), trace, span });
  }

  /** The ring has room, or the flow is back: first what waits on disk, then the drivers. */
  resume(): void {
    const { runner, spill, onResume } = this.#options;
    if (!isAside(runner.state) && spill) this.#attempt(() => this.#takeOut(spill));
    onResume();
  }

  /** @returns false: the ring is full again. */
  #takeOut(spill: Spill): boolean {
    for (let block = spill.peek(); block; block = spill.peek()) {
      if (!this.#put(block)) return false;
      this.#refused_ms = null;
      spill.shift();
    }
    return true;
  }

  /** Lets time pass in the flow: a tick in the ring now and then. One that finds no room is left out. */
  startTicks(tick_ms: number): void {
    this.#ticks = setInterval(() => {
      if (this.#options.runner.state !== 'running') return;
      this.inject(FRAMING.tick, EMPTY, this.#sample.tick);
      this.#sample.tick = 0;
    }, tick_ms);
  }

  stopTicks(): void {
    if (this.#ticks) clearInterval(this.#ticks);
    this.#ticks = null;
  }

  stop(): void {
    this.stopTicks();
    if (this.#retry) clearTimeout(this.#retry);
    clearTimeout(this.#stalling);
    this.#retry = null;
  }

  #put(block: InputBlock): boolean {
    const { runner, journal } = this.#options;
    if (!runner.hasRoom(block.span.length)) return false;
    // On disk before in the ring: what the flow has seen can be seen again.
    if (journal && !this.#attempt(() => journal.append(packBlock(block), block.now_us / 1_000) >= 0)) return false;
    if (!runner.write(block.span, block.framing, block.driver, block.now_us, block.trace))
      throw new Error('a ring that has room takes the block');
    return true;
  }

  /** A disk that is full or gone holds the drivers back; it is looked at again after a while. */
  #attempt(work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#options.onProblem(error);
      this.#retry ??= setTimeout(() => {
        this.#retry = null;
        this.resume();
      }, RETRY_MS);
      return false;
    }
  }
}

/** Messages in a span of whole frames. */
function countMessages(framing: number, span: Uint8Array): number {
  if (framing === FRAMING.message) return 1;
  const header = framing === FRAMING.sp_ipc ? 9 : 8;
  const view = new DataView(span.buffer, span.byteOffset, span.length);
  let count = 0;
  for (let at = 0; at + header <= span.length; count += 1) at += header + view.getUint32(at + header - 4);
  return count;
}
