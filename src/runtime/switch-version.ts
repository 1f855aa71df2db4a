import { BOARD_U64 } from '#abi';
import { checkpointLong } from '#engine';
import { carryInput } from './carry-over.ts';
import type { FlowThread } from './flow-thread.ts';
import { lastCheckpoint } from './kept.ts';
import type { Predecessor } from './protocol.ts';
import { type NodeFate, statePlan } from './state-plan.ts';

export interface SwapReport {
  readonly nodes: readonly NodeFate[];
  /** Those of them that begin empty though their state was to be migrated: `save-state` failed. */
  readonly lost: readonly NodeFate[];
  /** Between the last run of the old version and the first of the new one. */
  readonly pause_us: number;
  /** Number of the last record of the old version. */
  readonly record: number;
  /** The old version as it was then. */
  readonly before: Predecessor;
}

/**
 * Lets a loaded and configured version go on where a parked one stands: state, cursor, and what the ring holds.
 * @param ended_us when the old one ended its last run. @param halted the new one runs no record yet. @throws GatewayError: the old one can go on.
 */
export async function switchVersion(
  old: FlowThread,
  fresh: FlowThread,
  ended_us: number,
  older: Predecessor | null,
  halted: boolean,
): Promise<SwapReport> {
  const { plan } = old.artifact;
  const planned = statePlan(plan, fresh.artifact.plan);
  const migrated = planned.filter(one => one.fate === 'migrated').map(one => one.node);
  const indexes = migrated.map(id => plan.nodes.findIndex(node => node.id === id));
  const saved = migrated.length === 0 ? [] : await old.save(indexes);
  const states: Record<string, Uint8Array> = {};
  const failed = new Map<string, string>();
  saved.forEach((state, i) => {
    if ('bytes' in state) states[migrated[i]!] = state.bytes;
    else failed.set(migrated[i]!, state.reason);
  });
  const nodes = planned.map((one): NodeFate => {
    const reason = failed.get(one.node);
    return reason === undefined ? one : { ...one, fate: 'new', reason };
  });
  const checkpoint = lastCheckpoint(old.kept!)!;
  carryInput(old.buffers!, fresh.buffers!);
  const before = { plan, checkpoint, states, older };
  const begun_us = await fresh.go(
    { kind: 'take-over', from: before },
    checkpointLong(checkpoint, BOARD_U64.egress_records),
    halted,
  );
  return {
    nodes,
    lost: nodes.filter(one => failed.has(one.node)),
    pause_us: Math.max(0, begun_us - ended_us),
    record: checkpointLong(checkpoint, BOARD_U64.record),
    before,
  };
}
