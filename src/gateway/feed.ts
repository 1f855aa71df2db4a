import { type FlowPlan, isPattern } from '#abi';
import type { GatewayError } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { Ingest, type Subscription } from '#ingest';

export interface FeedOptions {
  /** Shared with other flows; null: an ingest of the flow's own. */
  readonly ingest: Ingest | null;
  /** Of the flow, among those of one ingest. */
  readonly id: string;
  readonly message_bytes_max: number | undefined;
  readonly take: Subscription['take'];
  readonly onProblem: (error: GatewayError) => void;
  readonly onMalformed: (sample: Uint8Array) => void;
}

/** How a flow gets its updates: its place at an ingest, with the patterns of the versions that may be running. */
export class Feed {
  readonly ingest: Ingest;
  /** The ingest is this flow's alone. */
  readonly own: boolean;
  readonly #options: FeedOptions;
  #running: FlowArtifact | null = null;
  /** Versions that may take over at any moment. */
  readonly #coming = new Set<FlowArtifact>();
  #open = false;

  constructor(options: FeedOptions) {
    const { ingest, message_bytes_max, onProblem, onMalformed } = options;
    this.#options = options;
    this.own = ingest === null;
    this.ingest =
      ingest ?? new Ingest({ onProblem, onMalformed }, message_bytes_max === undefined ? {} : { message_bytes_max });
  }

  /** Begins, with what this version wants. @param listen addresses of an own ingest. @throws GatewayError */
  async open(running: FlowArtifact, listen: readonly string[]): Promise<void> {
    this.#open = true;
    this.runs(running);
    for (const url of this.own ? listen : []) await this.ingest.listen(url);
  }

  /** A version is about to take over: what it wants comes as well from here on. */
  comes(version: FlowArtifact): void {
    this.#coming.add(version);
    this.#subscribe();
  }

  /** It did not. */
  failed(version: FlowArtifact): void {
    this.#coming.delete(version);
    this.#subscribe();
  }

  /** It runs. */
  runs(version: FlowArtifact): void {
    this.#running = version;
    this.#coming.delete(version);
    this.#subscribe();
  }

  /** There is room again. */
  resume(): void {
    this.ingest.resume(this.#options.id);
  }

  /** Nothing comes any more; an own ingest ends. */
  async close(): Promise<void> {
    this.#open = false;
    this.ingest.unsubscribe(this.#options.id);
    if (this.own) await this.ingest.close();
  }

  #subscribe(): void {
    if (!this.#open) return;
    const versions = [...this.#coming, ...(this.#running ? [this.#running] : [])];
    const all = versions.map(({ plan }) => patternsOf(plan));
    const patterns = all.some(one => one === null) ? null : [...new Set(all.flatMap(one => one!))];
    this.ingest.subscribe({ id: this.#options.id, patterns, take: this.#options.take });
  }
}

/**
 * What the sources of a flow want: the prop `tags` of each. A source that has none, or one that is no list of patterns,
 * sees every tag and chooses by itself. @returns null: every tag.
 */
export function patternsOf(plan: FlowPlan): string[] | null {
  const patterns = new Set<string>();
  for (const source of plan.nodes.filter(node => node.source === 'tag')) {
    const { tags } = JSON.parse(source.props) as { tags?: unknown };
    if (!Array.isArray(tags) || !tags.every(one => typeof one === 'string' && isPattern(one))) return null;
    for (const one of tags as string[]) patterns.add(one);
  }
  return [...patterns];
}
