import type { LogLevel } from '#abi';
import type { FlowArtifact } from './engine.ts';
import type { FaultRecord } from './fault.ts';
import { type Payload, payloadOf } from './payload.ts';
import type { ReplayStep } from './replay.ts';
import { readTold } from './told.ts';
import { type Trace, TraceCollector, type TracedHop, tracedRecord } from './traces.ts';

/** What a step did, for people. Plain data. */
export interface StepReport {
  readonly what: ReplayStep['what'];
  readonly record: number;
  readonly now_us: number;
  /** Of the driver; 0: there is none. */
  readonly timestamp_us: number;
  /** What came in and what each node emitted; with the event clock those of the ticks before the record come first. */
  readonly hops: readonly TracedHop[];
  /** There were more hops. */
  readonly truncated: boolean;
  /** What sinks gave to their connectors. */
  readonly outputs: readonly { readonly node: string; readonly payload: Payload }[];
  readonly logs: readonly { readonly node: string; readonly level: LogLevel; readonly text: string }[];
  /** The first bytes of what is no message. */
  readonly malformed: Payload | null;
  readonly fault: FaultRecord | null;
}

/** @param step of a replay that is traced. @throws Error when its egress is not that of such a flow */
export function describeStep({ what, record, now_us, egress, fault }: ReplayStep, artifact: FlowArtifact): StepReport {
  const traces: Trace[] = [];
  const outputs: { node: string; payload: Payload }[] = [];
  const logs: { node: string; level: LogLevel; text: string }[] = [];
  let malformed: Payload | null = null;
  const collector = new TraceCollector(trace => traces.push(trace));
  for (const one of egress) {
    collector.take(one, artifact);
    const told = readTold(one, artifact.plan);
    if (told?.kind === 'output') outputs.push({ node: told.node, payload: payloadOf(told.body) });
    if (told?.kind === 'log') logs.push({ node: told.node, level: told.level, text: told.text });
    if (told?.kind === 'malformed') malformed = payloadOf(told.body);
  }
  const cut = collector.cut();
  if (cut) traces.push(cut);
  return {
    what,
    record,
    now_us,
    timestamp_us: traces.at(-1)?.timestamp_us ?? 0,
    hops: traces.flatMap(trace => tracedRecord(trace).hops),
    truncated: traces.some(trace => trace.truncated > 0),
    outputs,
    logs,
    malformed,
    fault,
  };
}
