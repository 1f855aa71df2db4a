/** What the gateway sends by itself: the state of everything, one flow in full, what has changed. */
import type { Shapes } from '../api/client.ts';

export type LiveEvent = Shapes['LiveEvent'];
export type Changed = Extract<LiveEvent, { type: 'changed' }>;
export type Connection = 'connecting' | 'online' | 'offline';
const AGAIN_MS = [500, 1_000, 2_000, 5_000];
/** A gateway that says nothing for so long is not there. */
const SILENT_MS = 15_000;
/** Several changes at once are one. */
const SOON_MS = 250;
/** Points of a chart: at one a second, the last ten minutes. */
const POINTS = 600;

/** One point of what the charts show. */
export interface Point {
  readonly at_ms: number;
  readonly rate: number;
  /** null: no output had a timestamp. */
  readonly p50_us: number | null;
  readonly p99_us: number | null;
  readonly ingress: number;
  readonly egress: number;
  readonly faults: number;
}

class Live {
  connection = $state<Connection>('connecting');
  status = $state.raw<Shapes['GatewayStatus'] | null>(null);
  /** The flow that is open. */
  flow = $state.raw<Shapes['FlowLive'] | null>(null);
  /** Of the flow that is open, oldest first. A new array with each point. */
  points = $state.raw<readonly Point[]>([]);
  readonly #listeners = new Set<(event: Changed) => void>();
  readonly #logListeners = new Set<(lines: readonly Shapes['LogLine'][], dropped: number) => void>();
  #source: EventSource | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #open: string | null = null;
  #runs = false;
  #onLost = (): void => undefined;

  start(): void {
    this.#runs = true;
    this.connection = 'connecting';
    this.#connect();
  }

  stop(): void {
    this.#runs = false;
    this.#close();
  }

  /** Called when nothing comes any more: the gateway is away, or no longer knows who listens. */
  whenLost(call: () => void): void {
    this.#onLost = call;
  }

  /** Also this flow in full; null: none. */
  look(flow: string | null): void {
    if (flow === this.#open) return;
    this.#open = flow;
    this.flow = null;
    this.points = [];
    this.#connect();
  }

  /** @returns what ends it */
  onChanged(listener: (event: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls a moment after the last of the events that matter. @returns what ends it */
  onChangedSoon(matters: (event: Changed) => boolean, call: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = this.onChanged(event => {
      if (!matters(event)) return;
      clearTimeout(timer);
      timer = setTimeout(call, SOON_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }

  /** While somebody listens, log lines come too. @returns what ends it */
  onLogs(listener: (lines: readonly Shapes['LogLine'][], dropped: number) => void): () => void {
    this.#logListeners.add(listener);
    if (this.#logListeners.size === 1) this.#connect();
    return () => {
      this.#logListeners.delete(listener);
      if (this.#logListeners.size === 0) this.#connect();
    };
  }

  #connect(): void {
    if (!this.#runs) return;
    this.#close();
    const query = new URLSearchParams();
    if (this.#open !== null) query.set('flow', this.#open);
    if (this.#logListeners.size > 0) query.set('logs', 'true');
    const source = new EventSource(`/api/v1/events?${query}`);
    this.#source = source;
    this.#heard();
    source.onmessage = ({ data }: MessageEvent<string>) => {
      this.#attempt = 0;
      this.connection = 'online';
      this.#heard();
      this.#take(JSON.parse(data) as LiveEvent);
    };
    source.onerror = () => this.#lost();
  }

  #heard(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), SILENT_MS);
  }

  #close(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  #lost(): void {
    this.#close();
    this.connection = 'offline';
    const wait_ms = AGAIN_MS[Math.min(this.#attempt, AGAIN_MS.length - 1)]!;
    this.#attempt += 1;
    this.#again = setTimeout(() => this.#connect(), wait_ms);
    this.#onLost();
  }

  #take(event: LiveEvent): void {
    if (event.type === 'status') this.status = event.status;
    else if (event.type === 'flow') {
      if (event.flow.id !== this.#open) return;
      this.flow = event.flow;
      this.points = [...this.points.slice(1 - POINTS), pointOf(event.flow)];
    } else if (event.type === 'logs') for (const listener of this.#logListeners) listener(event.lines, event.dropped);
    else for (const listener of this.#listeners) listener(event);
  }
}

const pointOf = (flow: Shapes['FlowLive']): Point => ({
  at_ms: Date.now(),
  rate: flow.rate,
  p50_us: flow.latency_us.p50,
  p99_us: flow.latency_us.p99,
  ingress: flow.ingress_fill,
  egress: flow.egress_fill,
  faults: flow.faults,
});

export const live = new Live();
