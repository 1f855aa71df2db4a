/** Rows of the table of flows: what a flow is, and what it does now. Plain TypeScript. */
import type { Shapes } from '../../lib/api/client.ts';
import { naturalKey, type Order, sorted } from '../../lib/model/sorting.ts';

export interface FlowRow {
  readonly flow: Shapes['Flow'];
  /** null: the gateway has not said yet. */
  readonly now: Shapes['FlowStatus'] | null;
  readonly state: Shapes['Flow']['state'];
  readonly problem: string | null;
}
export const COLUMNS = ['name', 'state', 'rate', 'errors', 'letters', 'p99', 'version'] as const;
export type Column = (typeof COLUMNS)[number];
/** What runs first, what is wrong before that. */
const STATES = ['down', 'quarantined', 'starting', 'running', 'paused', 'stopped'];
const KEYS: Record<Column, (row: FlowRow) => string | number> = {
  name: ({ flow }) => naturalKey(flow.name),
  state: ({ state }) => STATES.indexOf(state),
  rate: ({ now }) => now?.rate ?? 0,
  errors: ({ now }) => (now ? now.faults + now.errors : 0),
  letters: ({ now }) => now?.dead_letters ?? 0,
  p99: ({ now }) => now?.latency_us.p99 ?? 0,
  version: ({ flow }) => flow.deployed_version ?? 0,
};

export function rowsOf(flows: readonly Shapes['Flow'][], statuses: readonly Shapes['FlowStatus'][]): FlowRow[] {
  const known = new Map(statuses.map(one => [one.id, one]));
  return flows.map(flow => {
    const now = known.get(flow.id) ?? null;
    return { flow, now, state: now?.state ?? flow.state, problem: now ? now.problem : flow.problem };
  });
}

/** Every word is somewhere in what is shown of it. */
export function matching(rows: readonly FlowRow[], wanted: string): FlowRow[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ flow, state, problem }) => {
    const text = `${flow.name} ${flow.id} ${state} ${problem ?? ''}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
}

/** Equal ones by name. */
export const inOrder = (rows: readonly FlowRow[], order: Order<Column>): FlowRow[] =>
  sorted(sorted(rows, { by: 'name', way: 'up' }, KEYS), order, KEYS);
