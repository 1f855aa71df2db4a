import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSink, type Sink, type SinkState } from '#connectors';
import { GatewayError } from '#diagnostic';
import type { EgressRecord, FlowArtifact } from '#engine';
import { shutSink } from './shut-sink.ts';
import { fillProps } from './sink-secrets.ts';

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
  /** What a `${…}` in the props of a sink stands for: a secret. Called when the sink is opened, and kept nowhere else. */
  readonly resolve?: ((text: string) => string) | undefined;
  /** File sinks write into `directory` only. */
  readonly confined?: boolean | undefined;
}
export interface OutletEvents {
  readonly onDrain: () => void;
  readonly onProblem: (node: string, error: GatewayError) => void;
  readonly onFailed: (node: string, error: GatewayError, body: Uint8Array, sequence: number) => void;
}

interface Outlet {
  readonly node: string;
  readonly kind: string;
  /** As in the document, without secrets. */
  readonly props: string;
  readonly sink: Sink;
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
  /** Where its outputs wait; null: not on disk. */
  readonly spool: string | null;
  readonly last: Buffer;
  lastBytes: number;
  /** Sequence after the last output that it was given. */
  given: number;
  /** Sinks that this node had before and that deliver first; it takes nothing until then. */
  holds: number;
  /** It could not be opened: for an old version only. */
  readonly shut: boolean;
}

const LAST_OUTPUT_BYTES = 160;
export const OUTLET_LIMITS = {
  /** A sink whose node has other props now keeps the new one waiting for so long, while its other side takes outputs. */
  hold_ms: 5_000,
  /** How often it is looked whether a sink has delivered all. */
  look_ms: 20,
} as const;

/** The sinks of the versions of a flow. A sink that is the same in two versions is one. */
export class Outlets {
  readonly #options: OutletOptions;
  readonly #events: OutletEvents;
  /** By node index of the version. */
  readonly #versions = new Map<FlowArtifact, Map<number, Outlet>>();
  /** Of no version any more, and not delivered yet. */
  readonly #leaving = new Set<Outlet>();
  /** Leaving, and asked for by a version that is being opened: these stay open. */
  readonly #wanted = new Set<Outlet>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: OutletOptions, events: OutletEvents) {
    this.#options = options;
    this.#events = events;
  }

  /**
   * Opens what a version needs and none has opened yet; all or nothing. @param passing it is only there to be replaced: what
   * it puts out to a sink that does not open is reported as failed. @throws GatewayError
   */
  async open(version: FlowArtifact, passing = false): Promise<void> {
    // What is closing has its place on disk, and its file, until then.
    await Promise.all(this.#closing);
    const outlets = new Map<number, Outlet>();
    for (const outlet of this.#all()) {
      if (outlet.shut) continue;
      const index = version.plan.nodes.findIndex(
        ({ id, sink, props }) => id === outlet.node && sink === outlet.kind && props === outlet.props,
      );
      if (index < 0) continue;
      outlets.set(index, outlet);
      this.#wanted.add(outlet);
    }
    const fresh: Outlet[] = [];
    try {
      for (const [index, node] of version.plan.nodes.entries()) {
        if (node.sink === null || outlets.has(index)) continue;
        const outlet = await this.#openOne(node.id, node.sink, node.props, passing);
        fresh.push(outlet);
        outlets.set(index, outlet);
      }
      for (const outlet of outlets.values()) this.#leaving.delete(outlet);
      this.#versions.set(version, outlets);
    } catch (error) {
      await Promise.all(fresh.map(one => one.sink.close()));
      throw error;
    } finally {
      this.#wanted.clear();
    }
  }

  /** What only this version used goes on until all is delivered, then closes. */
  close(version: FlowArtifact): void {
    const mine = new Set(this.#versions.get(version)?.values());
    this.#versions.delete(version);
    for (const outlet of this.#all()) mine.delete(outlet);
    const staying = [...this.#all()];
    for (const outlet of mine) {
      this.#leaving.add(outlet);
      for (const next of staying) if (next.node === outlet.node) void this.#hold(next, outlet);
      void this.#leave(outlet);
    }
  }

  async #leave(outlet: Outlet): Promise<void> {
    // To the disk, where it has one: it may take long.
    void outlet.sink.flush();
    while (this.#leaving.has(outlet) && (isWaiting(outlet) || this.#wanted.has(outlet))) await look();
    // Unless a later version has it again.
    if (!this.#leaving.delete(outlet)) return;
    const closing = outlet.sink.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** What the sink before has goes first, unless its other side is away: then nothing of the flow waits for it. */
  async #hold(next: Outlet, before: Outlet): Promise<void> {
    if (!isWaiting(before)) return;
    next.holds += 1;
    const end = performance.now() + OUTLET_LIMITS.hold_ms;
    while (isWaiting(before) && before.sink.state.online && performance.now() < end) await look();
    next.holds -= 1;
    if (next.holds === 0) this.#events.onDrain();
  }

  /** Closes all: what was not delivered is stored, or was reported. */
  async closeAll(): Promise<void> {
    const all = [...this.#all()];
    this.#leaving.clear();
    this.#versions.clear();
    await Promise.all([...all.map(({ sink }) => sink.close()), ...this.#closing]);
  }

  /** Folders in which outputs of sinks wait that no version has any more. */
  unclaimed(): string[] {
    const { spool } = this.#options;
    if (spool === null || !existsSync(spool)) return [];
    const used = new Set([...this.#all()].map(one => one.spool));
    return readdirSync(spool)
      .flatMap(node => readdirSync(join(spool, node)).map(key => join(spool, node, key)))
      .filter(path => !used.has(path) && readdirSync(path).some(name => name.endsWith('.log')));
  }

  /** The way out of every record: no decoding, one copy into the sink's buffer. @returns false: the sink is full. */
  write(version: FlowArtifact, record: EgressRecord): boolean {
    const outlet = this.#versions.get(version)?.get(record.node);
    // Closed already: what is left in the ring stays there.
    if (!outlet || outlet.holds > 0 || !outlet.sink.write(record.body, record.sequence)) return false;
    outlet.given = record.sequence + 1;
    const length = Math.min(record.body.length, LAST_OUTPUT_BYTES);
    outlet.last.set(record.body.length > length ? record.body.subarray(0, length) : record.body);
    outlet.lastBytes = length;
    return true;
  }

  /** Gives an output to a sink again, by its old number. @returns false: there is no such sink, or it is full. */
  again(node: string, body: Uint8Array, sequence: number): boolean {
    const outlet = [...this.#all()].find(one => one.node === node && !this.#leaving.has(one));
    return outlet?.sink.write(body, sequence) ?? false;
  }

  /** Outputs with smaller numbers than this are acknowledged, stored or reported. @param next number of the next output */
  settled(next: number): number {
    let least = next;
    for (const { sink, given } of this.#all()) if (sink.settled < given) least = Math.min(least, sink.settled);
    return least;
  }

  status(): SinkStatus[] {
    return [...this.#all()].map(({ node, kind, sink, mask, last, lastBytes }) => {
      const { lastError, ...state } = sink.state;
      const text = last.toString('utf8', 0, lastBytes).split('\n')[0]!.trimEnd();
      return { ...state, lastError: lastError && mask(lastError), node, kind, last: text };
    });
  }

  *#all(): Generator<Outlet> {
    yield* new Set([...[...this.#versions.values()].flatMap(outlets => [...outlets.values()]), ...this.#leaving]);
  }

  async #openOne(node: string, kind: string, props: string, passing: boolean): Promise<Outlet> {
    const outlet = { node, kind, props, last: Buffer.alloc(LAST_OUTPUT_BYTES), lastBytes: 0, given: 0, holds: 0 };
    try {
      return { ...outlet, ...(await this.#openSink(node, kind, props)), shut: false };
    } catch (error) {
      if (!passing || !(error instanceof GatewayError)) throw error;
      const sink = shutSink(error, (why, body, sequence) => this.#events.onFailed(node, why, body, sequence));
      return { ...outlet, sink, mask: text => text, spool: null, shut: true };
    }
  }

  async #openSink(node: string, kind: string, props: string): Promise<Pick<Outlet, 'sink' | 'mask' | 'spool'>> {
    const { directory, id_prefix, resolve, confined = false } = this.#options;
    const spool = this.#options.spool && join(this.#options.spool, node, spoolKey(kind, props));
    const { props: filled, mask, maskError } = fillProps(props, resolve);
    const opened = openSink(kind, {
      node,
      id_prefix,
      spool,
      props: filled,
      directory,
      confined,
      events: {
        onDrain: this.#events.onDrain,
        onProblem: error => this.#events.onProblem(node, maskError(error)),
        onFailed: (error, body, sequence) => this.#events.onFailed(node, maskError(error), body, sequence),
      },
    });
    const sink = await opened.catch(error => {
      throw error instanceof GatewayError ? maskError(error) : error;
    });
    return { sink, mask, spool };
  }
}

const isWaiting = ({ sink: { state } }: Outlet): boolean => state.pending + state.spooled > 0;
const look = (): Promise<void> => new Promise(resolve => setTimeout(resolve, OUTLET_LIMITS.look_ms).unref());

/** Other props may mean another place: what waits for one must not go to the other. */
const spoolKey = (kind: string, props: string): string =>
  createHash('sha256').update(kind).update(props).digest('hex').slice(0, 16);
