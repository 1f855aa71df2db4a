/** A recording that is run again: what page and worker say to each other, and how a step is shown. Plain TypeScript. */

import type { FlowDocument, FlowWire } from '../contract.ts';
import type { FaultRecord, MemoryPiece, StepReport } from '../engine.ts';
import { wireKey } from './edit.ts';
import { brief } from './payload.ts';
import { type Step, wayTo } from './trace.ts';

export type { FaultRecord, MemoryPiece, StepReport };

/** What a recording is, once it was run to its end. */
export interface ReplayFacts {
  readonly flow: string;
  readonly time: string;
  readonly fuser: string;
  /** What the recording says it ended in, and what it ended in here. */
  readonly recorded: FaultRecord | null;
  readonly fault: FaultRecord | null;
  readonly same: boolean;
  readonly steps: number;
  readonly records: { readonly first: number; readonly last: number } | null;
  /** µs. */
  readonly times: { readonly from: number; readonly to: number } | null;
  /** What is in the module, without layout. */
  readonly document: FlowDocument;
  /** In the order of the plan. */
  readonly nodes: readonly { readonly id: string; readonly node_type: string; readonly hash: string }[];
  readonly bytes: {
    readonly file: number;
    readonly module: number;
    readonly checkpoint: number;
    readonly input: number;
  };
  /** sha256 of the module; null: the browser counts none on a page without TLS. */
  readonly hash: string | null;
}

export type LoadStage = 'fetch' | 'unpack' | 'compile' | 'run';

/** What the worker is asked, with what it answers. */
export interface ReplayCalls {
  open: { readonly ask: { readonly file: Blob }; readonly answer: ReplayFacts };
  steps: { readonly ask: { readonly from: number; readonly count: number }; readonly answer: StepReport[] };
  /** The step at which a record runs. */
  find: { readonly ask: { readonly record: number }; readonly answer: number | null };
  memory: {
    readonly ask: { readonly step: number; readonly node: number; readonly at: number; readonly length: number };
    readonly answer: MemoryPiece;
  };
}
export type ReplayCall = keyof ReplayCalls;
export interface Asked<C extends ReplayCall = ReplayCall> {
  readonly id: number;
  readonly call: C;
  readonly ask: ReplayCalls[C]['ask'];
}
export type Answered =
  | { readonly id: number; readonly kind: 'progress'; readonly stage: LoadStage; readonly share: number | null }
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'problem'; readonly message: string };

/** What the name of a recording says: the node that failed; null: it was made on request, or the name is not the gateway's. */
export function faultedIn(name: string): string | null {
  const node = /^\d{4}-\d\d-\d\dT[\d.-]+Z-\d+-(.+)\.rec$/.exec(name)?.[1] ?? null;
  return node === 'request' ? null : node;
}

export interface ReplayMark {
  readonly tone: 'done' | 'active' | 'fault';
  readonly text?: string;
}
export interface ReplayMarks {
  readonly nodes: Map<string, ReplayMark>;
  /** By wireKey. */
  readonly wires: Map<string, ReplayMark>;
}

/** The wire by which the node that failed was given its message: of those on the record's way the last. */
export const faultWire = (steps: readonly Step[], node: string): FlowWire | null =>
  steps.flatMap(step => step.to).findLast(wire => wire.target_node === node) ?? null;

/** @param hop how far the way is shown; the fault is shown with the last. @param reason in the language that is shown */
export function replayMarks(
  steps: readonly Step[],
  hop: number,
  fault: FaultRecord | null,
  reason: string,
): ReplayMarks {
  const nodes = new Map<string, ReplayMark>();
  const wires = new Map<string, ReplayMark>();
  const now = steps[hop];
  if (now) {
    const way = wayTo(steps, hop);
    for (const id of way.nodes) nodes.set(id, { tone: 'done' });
    for (const id of way.refused) nodes.set(id, { tone: 'fault' });
    if (way.node !== null)
      nodes.set(way.node, { tone: now.hop.refused ? 'fault' : 'active', text: brief(now.hop.payload) });
    for (const wire of way.wires) wires.set(wireKey(wire), { tone: 'done' });
    for (const wire of way.along) wires.set(wireKey(wire), { tone: 'active' });
    if (now.hop.refused && now.by) wires.set(wireKey(now.by), { tone: 'fault' });
  }
  if (fault?.node != null && hop >= steps.length - 1) {
    const by = faultWire(steps, fault.node);
    if (by) wires.set(wireKey(by), { tone: 'fault' });
    nodes.set(fault.node, { tone: 'fault', text: reason });
  }
  return { nodes, wires };
}

/** What the module holds, drawn where the draft has its nodes; a node that is not there any more gets a place of its own. */
export const drawnLike = (recorded: FlowDocument, draft: FlowDocument): FlowDocument =>
  draft.layout === undefined ? recorded : { ...recorded, layout: draft.layout };

/** First of the rows that are to be drawn of a long list, and the one behind the last. */
export function rowsShown(rows: number, top: number, height: number, row: number): { first: number; end: number } {
  const beyond = 4;
  const first = Math.max(0, Math.floor(top / row) - beyond);
  return { first: Math.min(first, rows), end: Math.min(rows, Math.ceil((top + height) / row) + beyond) };
}
