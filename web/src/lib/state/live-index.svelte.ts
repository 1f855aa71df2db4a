/** The open flow's live figures by name: made once for each event, so that a card or a wire finds its own at once. */
import type { Shapes } from '../api/client.ts';
import { wireKey } from '../model/edit.ts';
import { live } from './live.svelte.ts';

export type NodeLive = Shapes['NodeLive'];
export type SinkLive = Shapes['SinkLive'];
export type WireLive = Shapes['WireLive'];
export type LastMessage = NodeLive['last'][number];

class LiveIndex {
  /** By id. */
  readonly nodes: ReadonlyMap<string, NodeLive> = $derived(new Map(live.flow?.nodes.map(one => [one.id, one])));
  /** By wireKey. */
  readonly wires: ReadonlyMap<string, WireLive> = $derived(new Map(live.flow?.wires.map(one => [wireKey(one), one])));
  /** By id of their node. */
  readonly sinks: ReadonlyMap<string, SinkLive> = $derived(new Map(live.flow?.sinks.map(one => [one.node, one])));

  /** The node that the open flow is set aside for. */
  readonly failing: string | null = $derived(live.flow?.failing_node ?? null);

  /** What has left by this port last, while somebody looks. */
  last(node: string, port: string): LastMessage | null {
    return this.nodes.get(node)?.last.find(one => one.port === port) ?? null;
  }
}

export const liveIndex = new LiveIndex();
