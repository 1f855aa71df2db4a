import type { FlowLiveDto, FlowStatusDto, GatewayStatusDto, NodeLiveDto } from '#api';
import type { Key } from './keys.ts';

/** What was heard last. */
export interface Picture {
  readonly status: GatewayStatusDto | null;
  readonly live: FlowLiveDto | null;
  readonly connected: boolean;
}
/** What the person at the keys chose. */
export interface TopState {
  /** The flow that one is in; null: the list of all. */
  readonly flow: string | null;
  /** The row that stands out. */
  readonly selected: number;
  /** Index into the sorts of the list that is shown. */
  readonly sort: number;
  readonly filter: string;
  /** Keys go into the filter. */
  readonly typing: boolean;
  readonly paused: boolean;
}
interface Sort<T> {
  /** The column's title. */
  readonly title: string;
  /** Greater goes first; names go by the alphabet. */
  readonly by: ((row: T) => number | string) | null;
}

export const FLOW_SORTS: readonly Sort<FlowStatusDto>[] = [
  { title: 'flow', by: one => one.id },
  { title: 'rec/s', by: one => one.rate },
  { title: 'errors', by: one => one.errors },
  { title: 'dead', by: one => one.dead_letters },
  { title: 'p99 µs', by: one => one.latency_us.p99 ?? -1 },
  { title: 'in %', by: one => one.ingress_fill },
  { title: 'memory', by: one => one.memory_bytes },
];
export const NODE_SORTS: readonly Sort<NodeLiveDto>[] = [
  { title: '', by: null },
  { title: 'in/s', by: one => one.rate },
  { title: 'errors', by: one => one.errors },
  { title: 'cost %', by: one => one.cost_share },
];

export const startState = (flow: string | null): TopState => ({
  flow,
  selected: 0,
  sort: 0,
  filter: '',
  typing: false,
  paused: false,
});

/** Rows in the order and choice in which they are shown. */
export function shownRows<T extends { readonly id: string }>(
  rows: readonly T[],
  sorts: readonly Sort<T>[],
  { sort, filter }: TopState,
): T[] {
  const wanted = filter.toLowerCase();
  const kept = rows.filter(one => one.id.toLowerCase().includes(wanted));
  const by = sorts[sort]?.by;
  if (!by) return kept;
  return kept.sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    return typeof x === 'string' ? x.localeCompare(String(y)) : Number(y) - x;
  });
}

export const shownFlows = (picture: Picture, state: TopState): FlowStatusDto[] =>
  shownRows(picture.status?.flows ?? [], FLOW_SORTS, state);
export const shownNodes = (picture: Picture, state: TopState): NodeLiveDto[] =>
  shownRows(picture.live?.nodes ?? [], NODE_SORTS, state);

/** What a key makes of the state. */
export function press(state: TopState, key: Key, picture: Picture): TopState | 'quit' {
  if (key === 'interrupt') return 'quit';
  if (state.typing) return typed(state, key);
  const count = (state.flow === null ? shownFlows : shownNodes)(picture, state).length;
  const sorts = state.flow === null ? FLOW_SORTS.length : NODE_SORTS.length;
  const move = (by: number): TopState => ({
    ...state,
    selected: Math.max(0, Math.min(count - 1, Math.min(state.selected, count - 1) + by)),
  });
  switch (key) {
    case 'q':
      return 'quit';
    case 's':
      return { ...state, sort: (state.sort + 1) % sorts };
    case 'p':
      return { ...state, paused: !state.paused };
    case '/':
      return { ...state, typing: true };
    case 'up':
    case 'k':
      return move(-1);
    case 'down':
    case 'j':
      return move(1);
    case 'enter':
    case 'right': {
      const flow = state.flow === null ? shownFlows(picture, state)[state.selected] : undefined;
      return flow ? { ...startState(flow.id), paused: state.paused } : state;
    }
    case 'left':
    case 'backspace':
    case 'escape':
      if (state.filter !== '') return { ...state, filter: '', selected: 0 };
      return state.flow === null ? state : { ...startState(null), paused: state.paused };
    default:
      return state;
  }
}

function typed(state: TopState, key: Key): TopState {
  if (key === 'enter') return { ...state, typing: false };
  if (key === 'escape') return { ...state, typing: false, filter: '', selected: 0 };
  if (key === 'backspace') return { ...state, filter: state.filter.slice(0, -1), selected: 0 };
  return key.length === 1 && key >= ' ' ? { ...state, filter: state.filter + key, selected: 0 } : state;
}
