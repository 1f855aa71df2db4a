/** Records that went through a flow, and where one stands in them. */

import type { FlowWire } from '$lib/contract.ts';
import { wireKey } from '$lib/model/edit.ts';
import { brief } from '$lib/model/payload.ts';
import { type Step, stepsOf, type TracedRecord, wayTo } from '$lib/model/trace.ts';
import type { Mark, Overlay } from '../editor/editor.svelte.ts';
import type { HopWalk } from './hop-walk.ts';

const STEP_MS = 700;

export class Walk implements HopWalk {
  records = $state.raw<readonly TracedRecord[]>([]);
  record = $state(0);
  step = $state(0);
  playing = $state(false);
  /** Of what ran. */
  #wires = $state.raw<readonly FlowWire[]>([]);
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly steps: readonly Step[] = $derived(
    this.records[this.record] ? stepsOf(this.#wires, this.records[this.record]!) : [],
  );
  readonly truncated = $derived(this.records[this.record]?.truncated ?? false);
  /** What there is to see on the canvas; null: nothing. */
  readonly marks: Pick<Overlay, 'nodes' | 'wires'> | null = $derived(this.#marks());

  /** @param wires of what ran, in document order */
  show(records: readonly TracedRecord[], wires: readonly FlowWire[]): void {
    this.#wires = wires;
    this.records = records;
    this.open(0);
  }

  /** Shows a record: all of its way, until one steps. */
  open(record: number): void {
    this.stop();
    this.record = record;
    this.step = Math.max(this.steps.length - 1, 0);
  }

  go(step: number): void {
    this.step = Math.min(Math.max(step, 0), Math.max(this.steps.length - 1, 0));
  }

  /** From the beginning, when it stands at the end. */
  play(): void {
    if (this.step >= this.steps.length - 1) this.step = 0;
    this.playing = true;
    this.#timer = setInterval(() => {
      if (this.step >= this.steps.length - 1) this.stop();
      else this.go(this.step + 1);
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  #marks(): Pick<Overlay, 'nodes' | 'wires'> | null {
    const { steps } = this;
    const now = steps[this.step];
    if (!now) return null;
    const way = wayTo(steps, this.step);
    const nodes = new Map<string, Mark>([...way.nodes].map(id => [id, { tone: 'done' }]));
    for (const id of way.refused) nodes.set(id, { tone: 'fault' });
    if (way.node !== null)
      nodes.set(way.node, { tone: now.hop.refused ? 'fault' : 'active', text: brief(now.hop.payload) });
    const wires = new Map<string, Mark>([...way.wires].map(wire => [wireKey(wire), { tone: 'done' }]));
    for (const wire of way.along) wires.set(wireKey(wire), { tone: 'active' });
    if (now.hop.refused && now.by) wires.set(wireKey(now.by), { tone: 'fault' });
    return { nodes, wires };
  }
}
