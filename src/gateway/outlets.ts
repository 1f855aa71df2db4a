import { openSink, type Sink, type SinkState } from '#connectors';
import type { GatewayError } from '#diagnostic';
import type { EgressRecord, FlowArtifact } from '#runtime';

export interface SinkStatus extends SinkState {
  readonly node: string;
  readonly kind: string;
  /** Beginning of the last output, as text. */
  readonly last: string;
}

export interface OutletOptions {
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  /** Begins the ids of outputs. */
  readonly id_prefix: string;
  /** Folder in which each sink has one for what waits; null: nothing waits on disk. */
  readonly spool: string | null;
}
export interface OutletEvents {
  readonly onDrain: () => void;
  readonly onProblem: (node: string, error: GatewayError) => void;
  readonly onFailed: (node: string, error: GatewayError, body: Uint8Array, sequence: number) => void;
}

interface Outlet {
  readonly node: string;
  readonly kind: string;
  readonly props: string;
  readonly sink: Sink;
  readonly last: Buffer;
  lastBytes: number;
  /** Sequence after the last output that it was given. */
  given: number;
}

const LAST_OUTPUT_BYTES = 160;

/** The sinks of the versions of a flow. A sink that is the same in two versions is one. */
export class Outlets {
  readonly #options: OutletOptions;
  readonly #events: OutletEvents;
  /** By node index of the version. */
  readonly #versions = new Map<FlowArtifact, Map<number, Outlet>>();

  constructor(options: OutletOptions, events: OutletEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Opens what a version needs and none has opened yet; all or nothing. @throws GatewayError */
  async open(version: FlowArtifact): Promise<void> {
    const known = [...this.#all()];
    const outlets = new Map<number, Outlet>();
    const fresh: Outlet[] = [];
    try {
      for (const [index, node] of version.plan.nodes.entries()) {
        if (node.sink === null) continue;
        const same = known.find(one => one.node === node.id && one.kind === node.sink && one.props === node.props);
        const outlet = same ?? (await this.#openOne(node.id, node.sink, node.props));
        if (!same) fresh.push(outlet);
        outlets.set(index, outlet);
      }
    } catch (error) {
      await Promise.all(fresh.map(one => one.sink.close()));
      throw error;
    }
    this.#versions.set(version, outlets);
  }

  /** Closes what only this version used, after it was delivered or stored. */
  async close(version: FlowArtifact): Promise<void> {
    const mine = new Set(this.#versions.get(version)?.values());
    this.#versions.delete(version);
    for (const outlet of this.#all()) mine.delete(outlet);
    await Promise.all([...mine].map(({ sink }) => sink.close()));
  }

  async closeAll(): Promise<void> {
    for (const version of [...this.#versions.keys()]) await this.close(version);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#all()].map(({ sink }) => sink.flush()));
  }

  /** The way out of every record: no decoding, one copy into the sink's buffer. @returns false: the sink is full. */
  write(version: FlowArtifact, record: EgressRecord): boolean {
    const outlet = this.#versions.get(version)!.get(record.node)!;
    if (!outlet.sink.write(record.body, record.sequence)) return false;
    outlet.given = record.sequence + 1;
    const length = Math.min(record.body.length, LAST_OUTPUT_BYTES);
    outlet.last.set(record.body.length > length ? record.body.subarray(0, length) : record.body);
    outlet.lastBytes = length;
    return true;
  }

  /** Gives an output to a sink again. @returns false: there is no such sink, or it is full. */
  again(node: string, body: Uint8Array): boolean {
    const outlet = [...this.#all()].find(one => one.node === node);
    return outlet?.sink.write(body, Math.max(0, outlet.given - 1)) ?? false;
  }

  /** Outputs with smaller numbers than this are acknowledged, stored or reported. @param next number of the next output */
  settled(next: number): number {
    let least = next;
    for (const { sink, given } of this.#all()) if (sink.settled < given) least = Math.min(least, sink.settled);
    return least;
  }

  status(): SinkStatus[] {
    return [...this.#all()].map(({ node, kind, sink, last, lastBytes }) => ({
      ...sink.state,
      node,
      kind,
      last: last.toString('utf8', 0, lastBytes).split('\n')[0]!.trimEnd(),
    }));
  }

  *#all(): Generator<Outlet> {
    const seen = new Set<Outlet>();
    for (const outlets of this.#versions.values())
      for (const outlet of outlets.values())
        if (!seen.has(outlet)) {
          seen.add(outlet);
          yield outlet;
        }
  }

  async #openOne(node: string, kind: string, props: string): Promise<Outlet> {
    const { directory, id_prefix, spool } = this.#options;
    const sink = await openSink(kind, {
      node,
      id_prefix,
      spool: spool && `${spool}/${node}`,
      props: JSON.parse(props) as Record<string, unknown>,
      directory,
      events: {
        onDrain: this.#events.onDrain,
        onProblem: error => this.#events.onProblem(node, error),
        onFailed: (error, body, sequence) => this.#events.onFailed(node, error, body, sequence),
      },
    });
    return { node, kind, props, sink, last: Buffer.alloc(LAST_OUTPUT_BYTES), lastBytes: 0, given: 0 };
  }
}
