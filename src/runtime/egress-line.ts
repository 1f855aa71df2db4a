import type { EgressReader, FlowArtifact } from '#engine';
import type { FlowThread } from './flow-thread.ts';
import type { RunnerEvents } from './runner-options.ts';

/** Egress of a flow through all its versions: what an old one had put out comes before what the new one puts out. */
export class EgressLine {
  readonly #events: RunnerEvents;
  /** Versions that were replaced and whose egress was not all taken yet, oldest first. */
  readonly #old: { readonly reader: EgressReader; readonly version: FlowArtifact }[] = [];

  constructor(events: RunnerEvents) {
    this.#events = events;
  }

  /** Another version runs in its place. */
  replaced({ reader, artifact }: FlowThread): void {
    this.#old.push({ reader: reader!, version: artifact });
  }

  pump({ reader, artifact }: FlowThread): void {
    for (let old = this.#old[0]; old; old = this.#old[0]) {
      const { reader: rest, version } = old;
      rest.drain(record => this.#events.onEgress(record, version));
      if (rest.fill > 0) return;
      this.#old.shift();
      this.#events.onDrained?.(version);
    }
    reader?.drain(record => this.#events.onEgress(record, artifact));
  }

  /** Number of the egress record that comes next. */
  sequence({ reader }: FlowThread): number {
    return (this.#old[0]?.reader ?? reader)?.sequence ?? 0;
  }
}
