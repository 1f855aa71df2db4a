import { RECORD_LIMITS } from '#abi';

/** One attack: a hostile node, how the flow around it is written, and what makes it strike. What contains it is not said here. */
export interface Attack {
  readonly name: string;
  /** Type of the hostile node; its file is `<type>.wasm`. */
  readonly node: string;
  /** One line for people. */
  readonly does: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, number>>;
  /** Strikes when the state is saved or loaded; no record is sent. */
  readonly state?: 'save' | 'load';
  /** Its driver sends as fast as it is taken: harm that breaks no limit shows only under load. */
  readonly full_speed?: boolean;
}

/** Fuel is raised so far that time runs out first. */
const RAISED = { fuel: RECORD_LIMITS.fuel.max };
const trap = (name: string, state?: 'save' | 'load'): Attack => ({
  name: `trap-${name.replace('_', '-')}`,
  node: 'trap',
  does: `traps in ${name}`,
  props: { in: name },
  ...(state && { state }),
});
const lie = (about: string, does: string, state?: 'save'): Attack => ({
  name: `lying-${about}`,
  node: 'liar',
  does,
  props: { about },
  ...(state && { state }),
});
const attack = (node: string, does: string, more: Partial<Attack> = {}): Attack => ({
  name: node.replaceAll('_', '-'),
  node,
  does,
  ...more,
});

/** In the order in which they run: what may leave a gateway busy comes last. */
export const ATTACKS: readonly Attack[] = [
  attack('endless_loop', 'loops without end'),
  attack('endless_recursion', 'calls itself without end'),
  attack('endless_tail_calls', 'tail calls itself without end: no stack, no loop'),
  attack('bulk_memory', 'burns time with memory.fill, without a loop'),
  attack('memory_bomb', 'takes memory until it is refused'),
  attack('memory_bomb_no_maximum', 'asks for memory without end; declares no maximum'),
  attack('table_bomb', 'takes room for tables until it is refused'),
  attack('table_hoard', 'has 16 tables of 100,000 entries at the start'),
  trap('handle'),
  trap('tick'),
  trap('configure'),
  trap('save_state', 'save'),
  trap('load_state', 'load'),
  trap('cabi_realloc'),
  lie('buffer', 'gives a buffer outside of its memory'),
  lie('message', 'emits from outside of its memory'),
  lie('length', 'emits more than its memory has'),
  lie('port', 'emits on a port that is not there'),
  lie('error', 'returns an error whose text is outside of its memory'),
  lie('result', 'returns a result outside of its memory'),
  lie('state', 'saves a state of 100 MB, most of it outside of its memory', 'save'),
  attack('emit_flood', 'emits without end'),
  attack('emit_drizzle', 'makes 1,000 messages of each: just within the limits', { full_speed: true }),
  attack('log_flood', 'logs without end'),
  attack('log_drizzle', 'logs 60,000 bytes for each record: just within the limit', { full_speed: true }),
  attack('giant_messages', 'emits messages of 1 MiB'),
  attack('slow_poison', 'is correct, and a thousand times too slow', { full_speed: true }),
  attack('big_state', 'wants to keep a state of 100 MB'),
  attack('endless_configure', 'never returns from configure'),
  attack('endless_loop', 'loops without end, with the most fuel that a flow can have', {
    name: 'endless-loop-raised',
    limits: RAISED,
  }),
  attack('endless_tail_calls', 'tail calls itself without end, with the most fuel that a flow can have', {
    name: 'endless-tail-calls-raised',
    limits: RAISED,
  }),
  attack('slow_to_fuse', 'takes minutes to be fused'),
  attack('slow_to_compile', 'is fused in seconds, takes minutes to become machine code'),
];
