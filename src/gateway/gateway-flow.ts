import { EGRESS_KIND, LOG_LEVELS, type LogLevel } from '#abi';
import { listenPull, openSink, type PullListener, type Sink, type SinkState } from '#connectors';
import type { GatewayError } from '#diagnostic';
import {
  describeFault,
  type EgressRecord,
  type FaultRecord,
  type FlowArtifact,
  FlowRunner,
  type FlowStats,
  type RunnerOptions,
} from '#runtime';
import { LatencyHistogram } from './latency.ts';
import type { LoadedFlow } from './load-flow.ts';
import { RateLimit } from './rate-limit.ts';

export interface GatewayFlowOptions extends RunnerOptions {
  /** `tcp://HOST:PORT` or `ipc://PATH`, several at once. */
  readonly listen: readonly string[];
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly message_bytes_max?: number;
}
export interface GatewayFlowEvents {
  /** One line for people; already limited in rate. */
  readonly onLog: (level: LogLevel, text: string) => void;
  readonly onFault?: (fault: FaultRecord) => void;
  readonly onDown?: (error: GatewayError) => void;
}
export interface SinkStatus extends SinkState {
  readonly node: string;
  readonly kind: string;
  /** Beginning of the last output, as text. */
  readonly last: string;
}

const LAST_OUTPUT_BYTES = 160;
const PAYLOAD_SAMPLE_BYTES = 32;
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** One flow in service: drivers on one side, sinks on the other, back-pressure all the way from a slow sink to the sockets. */
export class GatewayFlow {
  readonly latency = new LatencyHistogram();
  readonly #flow: LoadedFlow;
  readonly #artifact: FlowArtifact;
  readonly #options: GatewayFlowOptions;
  readonly #events: GatewayFlowEvents;
  readonly #runner: FlowRunner;
  readonly #sinks = new Map<number, { sink: Sink; kind: string; last: Buffer; lastBytes: number }>();
  readonly #problems = new RateLimit(1_000);
  #listeners: PullListener[] = [];
  #lastDeadLetter = '';

  constructor(flow: LoadedFlow, artifact: FlowArtifact, options: GatewayFlowOptions, events: GatewayFlowEvents) {
    this.#flow = flow;
    this.#artifact = artifact;
    this.#options = options;
    this.#events = events;
    this.#runner = new FlowRunner(
      artifact,
      {
        onEgress: record => this.#egress(record),
        onRoom: () => this.#listeners.forEach(one => one.resume()),
        onFault: fault => {
          this.#log('error', 'fault', describeFault(fault));
          events.onFault?.(fault);
        },
        onDown: error => events.onDown?.(error),
      },
      options,
    );
  }

  /** Opens the sinks, loads the flow, then listens. Leaves nothing open when it fails. @throws GatewayError */
  async start(): Promise<void> {
    try {
      await this.#bringUp();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #bringUp(): Promise<void> {
    await this.#openSinks();
    await this.#runner.start();
    const handlers = {
      onFrames: (driver: number, framing: number, span: Uint8Array) =>
        this.#runner.write(span, framing, driver, now_us()),
      onProblem: (error: GatewayError) => this.#log('warn', error.code, error.message),
    };
    const options =
      this.#options.message_bytes_max === undefined ? {} : { message_bytes_max: this.#options.message_bytes_max };
    for (const url of this.#options.listen) this.#listeners.push(await listenPull(url, handlers, options));
  }

  /** Addresses it is bound to. */
  get addresses(): string[] {
    return this.#listeners.map(one => one.url);
  }

  get connections(): number {
    return this.#listeners.reduce((sum, one) => sum + one.connections.length, 0);
  }

  get lastDeadLetter(): string {
    return this.#lastDeadLetter;
  }

  stats(): FlowStats {
    return this.#runner.stats();
  }

  sinks(): SinkStatus[] {
    return [...this.#sinks].map(([node, { sink, kind, last, lastBytes }]) => ({
      ...sink.state,
      node: this.#artifact.plan.nodes[node]!.id,
      kind,
      last: last.toString('utf8', 0, lastBytes).split('\n')[0]!.trimEnd(),
    }));
  }

  /** Stops taking records in, handles those in hand, writes out what the sinks hold. */
  async stop(): Promise<void> {
    await Promise.all(this.#listeners.map(one => one.close()));
    this.#listeners = [];
    await this.#runner.drain();
    await this.flush();
    await Promise.all([...this.#sinks.values()].map(({ sink }) => sink.close()));
  }

  /** Waits until the sinks have taken everything that the flow has put out. */
  async flush(): Promise<void> {
    do {
      this.#runner.pump();
      await Promise.all([...this.#sinks.values()].map(({ sink }) => sink.flush()));
    } while (this.#runner.stats().egress_fill > 0);
  }

  async #openSinks(): Promise<void> {
    for (const [index, node] of this.#artifact.plan.nodes.entries()) {
      if (node.sink === null) continue;
      const sink = await openSink(node.sink, {
        node: node.id,
        id_prefix: this.#artifact.plan.name,
        spool: null,
        props: this.#flow.document.nodes.find(one => one.id === node.id)?.props ?? {},
        directory: this.#options.directory,
        events: {
          onDrain: () => this.#runner.pump(),
          onProblem: error => this.#log('warn', `sink ${node.id}`, `${node.id}: ${error.message}`),
          onFailed: error => this.#log('error', `sink ${node.id}`, `${node.id}: ${error.message}`),
        },
      });
      this.#sinks.set(index, { sink, kind: node.sink, last: Buffer.alloc(LAST_OUTPUT_BYTES), lastBytes: 0 });
    }
  }

  /** The way out of every record: no decoding, one copy into the sink's buffer. */
  #egress(record: EgressRecord): boolean {
    if (record.kind !== EGRESS_KIND.output) {
      this.#note(record);
      return true;
    }
    const entry = this.#sinks.get(record.node)!;
    if (!entry.sink.write(record.body, record.sequence)) return false;
    const length = Math.min(record.body.length, LAST_OUTPUT_BYTES);
    entry.last.set(record.body.length > length ? record.body.subarray(0, length) : record.body);
    entry.lastBytes = length;
    if (record.timestamp_us > 0) this.latency.add(now_us() - record.timestamp_us);
    return true;
  }

  #note(record: EgressRecord): void {
    const node = this.#artifact.plan.nodes[record.node]?.id ?? 'flow';
    const text = (): string => Buffer.from(record.body).toString('utf8');
    if (record.kind === EGRESS_KIND.log)
      this.#log(LOG_LEVELS[record.detail] ?? 'info', `log ${node}`, `${node}: ${text()}`);
    else if (record.kind === EGRESS_KIND.malformed) {
      const sample = Buffer.from(record.body.subarray(0, PAYLOAD_SAMPLE_BYTES)).toString('hex');
      this.#log('warn', 'malformed', `malformed message, first bytes ${sample || '(empty)'}`);
    } else if (record.kind === EGRESS_KIND.dead_letter) {
      const length = new DataView(record.body.buffer, record.body.byteOffset).getUint32(0, true);
      this.#lastDeadLetter = `${node}: ${Buffer.from(record.body.subarray(4, 4 + length)).toString('utf8')}`;
      this.#log('warn', `dead ${node}`, `dead letter at ${this.#lastDeadLetter}`);
    }
  }

  /** The same kind of line at most once a second; what was left out is counted in the next one. */
  #log(level: LogLevel, key: string, text: string): void {
    const left = this.#problems.take(key);
    if (left === null) return;
    this.#events.onLog(level, left > 0 ? `${text} (and ${left} more like it)` : text);
  }
}
