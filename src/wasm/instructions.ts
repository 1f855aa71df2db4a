import type { ByteReader } from './bytes.ts';

/** Opcodes that the linker or the meter treats in a way of its own. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  br_table: 0x0e,
  return: 0x0f,
  call: 0x10,
  call_indirect: 0x11,
  return_call: 0x12,
  return_call_indirect: 0x13,
  select: 0x1b,
  select_t: 0x1c,
  local_get: 0x20,
  local_set: 0x21,
  local_tee: 0x22,
  global_get: 0x23,
  global_set: 0x24,
  table_get: 0x25,
  table_set: 0x26,
  memory_size: 0x3f,
  memory_grow: 0x40,
  i32_const: 0x41,
  i64_const: 0x42,
  f32_const: 0x43,
  f64_const: 0x44,
  i32_ne: 0x47,
  i32_ge_u: 0x4f,
  i64_lt_s: 0x53,
  i32_add: 0x6a,
  i32_sub: 0x6b,
  i64_sub: 0x7d,
  i64_mul: 0x7e,
  i64_shr_u: 0x88,
  i64_extend_i32_u: 0xad,
  ref_null: 0xd0,
  ref_is_null: 0xd1,
  ref_func: 0xd2,
  prefix_bulk: 0xfc,
  prefix_simd: 0xfd,
  prefix_atomic: 0xfe,
} as const;

/** Sub-opcodes behind 0xfc. */
export const BULK = {
  memory_init: 8,
  data_drop: 9,
  memory_copy: 10,
  memory_fill: 11,
  table_init: 12,
  elem_drop: 13,
  table_copy: 14,
  table_grow: 15,
  table_size: 16,
  table_fill: 17,
} as const;

/**
 * What follows an opcode, as far as an index in it must change when modules are joined. Letters, one per immediate:
 * `f` function, `t` type, `T` table, `g` global, `m` memory, `a` memarg, `d` data segment, `e` element segment,
 * `b` block type, `L` LEB number kept as it is, `V` vector of LEB numbers, `N` vector and one more, `1` one byte,
 * `4` `8` `S` that many (16) raw bytes, `h` heap type.
 */
export type Immediates = string;

const PLAIN = new Map<number, Immediates>([
  [OP.block, 'b'],
  [OP.loop, 'b'],
  [OP.if, 'b'],
  [OP.br, 'L'],
  [OP.br_if, 'L'],
  [OP.br_table, 'N'],
  [OP.call, 'f'],
  [OP.call_indirect, 'tT'],
  [OP.return_call, 'f'],
  [OP.return_call_indirect, 'tT'],
  [OP.select_t, 'V'],
  [OP.local_get, 'L'],
  [OP.local_set, 'L'],
  [OP.local_tee, 'L'],
  [OP.global_get, 'g'],
  [OP.global_set, 'g'],
  [OP.table_get, 'T'],
  [OP.table_set, 'T'],
  [OP.memory_size, 'm'],
  [OP.memory_grow, 'm'],
  [OP.i32_const, 'L'],
  [OP.i64_const, 'L'],
  [OP.f32_const, '4'],
  [OP.f64_const, '8'],
  [OP.ref_null, 'h'],
  [OP.ref_is_null, ''],
  [OP.ref_func, 'f'],
]);
for (const op of [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b]) PLAIN.set(op, '');
for (let op = 0x28; op <= 0x3e; op += 1) PLAIN.set(op, 'a');
for (let op = 0x45; op <= 0xc4; op += 1) PLAIN.set(op, '');

const BULK_IMMEDIATES: readonly Immediates[] = [
  ...Array<string>(8).fill(''),
  'dm',
  'd',
  'mm',
  'm',
  'eT',
  'e',
  'TT',
  'T',
  'T',
  'T',
];

function simdImmediates(sub: number): Immediates | null {
  if (sub <= 11 || sub === 0x5c || sub === 0x5d) return 'a';
  if (sub === 12 || sub === 13) return 'S';
  if (sub >= 0x15 && sub <= 0x22) return '1';
  if (sub >= 0x54 && sub <= 0x5b) return 'a1';
  return sub <= 0xff ? '' : null;
}

function atomicImmediates(sub: number): Immediates | null {
  if (sub === 3) return '1';
  return sub <= 2 || (sub >= 0x10 && sub <= 0x4e) ? 'a' : null;
}

/** Immediates of an opcode, or null when it belongs to no feature known here. `sub` counts behind a prefix only. */
export function immediatesOf(op: number, sub: number): Immediates | null {
  if (op === OP.prefix_bulk) return BULK_IMMEDIATES[sub] ?? null;
  if (op === OP.prefix_simd) return simdImmediates(sub);
  if (op === OP.prefix_atomic) return atomicImmediates(sub);
  return PLAIN.get(op) ?? null;
}

export const hasPrefix = (op: number): boolean =>
  op === OP.prefix_bulk || op === OP.prefix_simd || op === OP.prefix_atomic;

/** Moves the reader behind the immediates. */
export function skipImmediates(reader: ByteReader, immediates: Immediates): void {
  for (const kind of immediates) {
    switch (kind) {
      case 'b':
      case 'h':
        reader.s33();
        break;
      case 'a': {
        const flags = reader.u32();
        if (flags & 0x40) reader.u32();
        reader.skipLeb();
        break;
      }
      case 'V':
      case 'N': {
        const count = reader.u32() + (kind === 'N' ? 1 : 0);
        for (let i = 0; i < count; i += 1) reader.skipLeb();
        break;
      }
      case '1':
        reader.skip(1);
        break;
      case '4':
        reader.skip(4);
        break;
      case '8':
        reader.skip(8);
        break;
      case 'S':
        reader.skip(16);
        break;
      default:
        reader.skipLeb();
    }
  }
}
