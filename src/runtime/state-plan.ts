/** What becomes of each node's state when one version of a flow takes over from another. Known before anything happens. */
import type { FlowPlan, PlanNode } from '#abi';

export type StateFate =
  /** Same module and props: memory, globals and tables are carried over as they are. */
  | 'kept'
  /** Another version or other props: `save-state` of the old, `load-state` of the new. */
  | 'migrated'
  /** Begins empty. */
  | 'new'
  /** Was in the old version only. */
  | 'dropped';

export interface NodeFate {
  readonly node: string;
  readonly node_type: string;
  readonly fate: StateFate;
  /** For people. */
  readonly reason: string;
}

/** In the order of the new version's nodes; dropped ones last. */
export function statePlan(old: FlowPlan, fresh: FlowPlan): NodeFate[] {
  const before = new Map(old.nodes.map(node => [node.id, node]));
  const after = new Set(fresh.nodes.map(node => node.id));
  const fates = fresh.nodes.map(node => ({
    node: node.id,
    node_type: node.node_type,
    ...fateOf(before.get(node.id), node),
  }));
  const dropped = old.nodes
    .filter(node => !after.has(node.id))
    .map(node => ({
      node: node.id,
      node_type: node.node_type,
      fate: 'dropped' as const,
      reason: 'it is not in the new version',
    }));
  return [...fates, ...dropped];
}

function fateOf(old: PlanNode | undefined, fresh: PlanNode): { fate: StateFate; reason: string } {
  if (!old) return { fate: 'new', reason: 'it was not in the old version' };
  if (old.node_type !== fresh.node_type) return { fate: 'new', reason: `it was a ${old.node_type}` };
  if (old.hash === fresh.hash && old.props === fresh.props) return { fate: 'kept', reason: 'same module, same props' };
  const what = old.hash === fresh.hash ? 'other props' : 'another version of the module';
  if (!old.functions.includes('save-state'))
    return { fate: 'new', reason: `${what}, and the old one has no save-state` };
  if (!fresh.functions.includes('load-state'))
    return { fate: 'new', reason: `${what}, and the new one has no load-state` };
  return { fate: 'migrated', reason: what };
}
