import { ByteReader, ByteWriter } from './bytes.ts';
import { BULK, hasPrefix, type Immediates, immediatesOf, OP, skipImmediates } from './instructions.ts';
import { hideGrownPage, hidePage, shiftedOffset, shiftOperands, takesBareAddress } from './memory-start.ts';
import { type FunctionMeter, isBulkByLength } from './meter.ts';
import type { Body, FuncType, WasmModule } from './module.ts';

/** Old index → new index, for each index space of one module. */
export interface IndexMaps {
  readonly func: readonly number[];
  readonly type: readonly number[];
  readonly table: readonly number[];
  readonly memory: readonly number[];
  readonly global: readonly number[];
  readonly data: number;
  readonly element: number;
}

/** Where fuel lives in the joined module, and what memory.grow costs. */
export interface FuelTarget {
  readonly global: number;
  /** Function that marks the fault and traps. */
  readonly exhausted: number;
  readonly bytes_shift: number;
  readonly grow: number;
  readonly grow_page: number;
  /** Index of the type `[] -> results`, for a body that must be wrapped in a block. */
  readonly blockType: (results: readonly number[]) => number;
}

const I32 = 0x7f;
const I64 = 0x7e;

/** Writes one function body with new indexes and, when metered, its fuel charges and the start of its memory. */
export function rewriteBody(
  module: WasmModule,
  body: Body,
  type: FuncType,
  maps: IndexMaps,
  metering: { meter: FunctionMeter; fuel: FuelTarget; memory_start: number } | null,
): ByteWriter {
  const writer = new ByteWriter((body.end - body.start) * 2 + 64);
  const charged = metering?.meter.mode === 'none' ? null : metering;
  const firstFree = type.params.length + body.locals.reduce((sum, run) => sum + run.count, 0);
  const local = charged?.meter.mode === 'local';
  writer.u32(body.locals.length + (local ? 2 : 0));
  for (const run of body.locals) writer.u32(run.count).u8(run.type);
  if (local) writer.u32(1).u8(I64).u32(3).u8(I32);
  const start = metering?.memory_start ?? 0;
  const rewriter = new BodyRewriter(writer, maps, charged?.fuel ?? null, firstFree, local === true, start);
  rewriter.open(charged?.meter ?? null, type.results);
  rewriter.copy(new ByteReader(module.bytes, body.code, body.end), charged?.meter.loopCosts ?? []);
  rewriter.close();
  return writer;
}

class BodyRewriter {
  readonly #out: ByteWriter;
  readonly #maps: IndexMaps;
  readonly #fuel: FuelTarget | null;
  readonly #fuelLocal: number;
  /** The first of three. */
  readonly #temporaries: number;
  readonly #local: boolean;
  readonly #start: number;

  constructor(
    out: ByteWriter,
    maps: IndexMaps,
    fuel: FuelTarget | null,
    firstFree: number,
    local: boolean,
    start: number,
  ) {
    this.#out = out;
    this.#maps = maps;
    this.#fuel = fuel;
    this.#fuelLocal = firstFree;
    this.#temporaries = firstFree + 1;
    this.#local = local;
    this.#start = start;
  }

  /** Charges the entry. A body with fuel in a local is wrapped in a block, so that every way out passes `close`. */
  open(meter: FunctionMeter | null, results: readonly number[]): void {
    if (!meter || !this.#fuel) return;
    if (!this.#local) {
      this.#out.u8(OP.global_get).u32(this.#fuel.global).u8(OP.i64_const).signed(meter.entryCost).u8(OP.i64_sub);
      this.#out.u8(OP.global_set).u32(this.#fuel.global).u8(OP.global_get).u32(this.#fuel.global);
      this.#trapIfNegative();
      return;
    }
    this.#out.u8(OP.block);
    if (results.length === 0) this.#out.u8(0x40);
    else if (results.length === 1) this.#out.u8(results[0]!);
    else this.#out.signed(this.#fuel.blockType(results));
    this.#reload();
    this.#charge(meter.entryCost);
  }

  close(): void {
    if (!this.#local) return;
    this.#writeBack();
    this.#out.u8(OP.end);
  }

  copy(reader: ByteReader, loopCosts: readonly number[]): void {
    let depth = 0;
    let loops = 0;
    while (!reader.done) {
      const at = reader.pos;
      const op = reader.u8();
      const sub = hasPrefix(op) ? reader.u32() : 0;
      const immediates = immediatesOf(op, sub) ?? reader.fail('unknown opcode');
      if (this.#local) this.#before(op, sub);
      if (this.#start > 0 && takesBareAddress(op, sub)) shiftOperands(this.#out, sub, this.#start, this.#temporaries);
      if (this.#local && op === OP.return) this.#out.u8(OP.br).u32(depth);
      else if (immediates === '' || immediates === 'L') {
        skipImmediates(reader, immediates);
        this.#out.raw(reader.bytes.subarray(at, reader.pos));
      } else {
        this.#out.u8(op);
        if (hasPrefix(op)) this.#out.u32(sub);
        this.#immediates(reader, immediates);
      }
      if (this.#start > 0 && op === OP.memory_size) hidePage(this.#out);
      if (this.#start > 0 && op === OP.memory_grow) hideGrownPage(this.#out, this.#temporaries);
      if (op === OP.block || op === OP.if || op === OP.loop) depth += 1;
      else if (op === OP.end) depth -= 1;
      if (!this.#local) continue;
      if (op === OP.loop) this.#charge(loopCosts[loops++]!);
      else if (op === OP.call || op === OP.call_indirect) this.#reload();
    }
  }

  #before(op: number, sub: number): void {
    if (op === OP.call || op === OP.call_indirect || op === OP.return_call || op === OP.return_call_indirect) {
      this.#writeBack();
    } else if (op === OP.memory_grow) {
      this.#chargeLength(w => w.u8(OP.i64_const).signed(this.#fuel!.grow_page).u8(OP.i64_mul), this.#fuel!.grow);
    } else if (isBulkByLength(op, sub)) {
      const shift = sub === BULK.table_init || sub >= BULK.table_copy ? 0 : this.#fuel!.bytes_shift;
      this.#chargeLength(w => w.u8(OP.i64_const).signed(shift).u8(OP.i64_shr_u), 0);
    }
  }

  #writeBack(): void {
    this.#out.u8(OP.local_get).u32(this.#fuelLocal).u8(OP.global_set).u32(this.#fuel!.global);
  }

  #reload(): void {
    this.#out.u8(OP.global_get).u32(this.#fuel!.global).u8(OP.local_set).u32(this.#fuelLocal);
  }

  #charge(cost: number): void {
    this.#out.u8(OP.local_get).u32(this.#fuelLocal).u8(OP.i64_const).signed(cost).u8(OP.i64_sub);
    this.#out.u8(OP.local_tee).u32(this.#fuelLocal);
    this.#trapIfNegative();
  }

  /** The length on top of the stack stays there. */
  #chargeLength(scale: (out: ByteWriter) => void, flat: number): void {
    this.#out.u8(OP.local_tee).u32(this.#temporaries).u8(OP.local_get).u32(this.#fuelLocal);
    this.#out.u8(OP.local_get).u32(this.#temporaries).u8(OP.i64_extend_i32_u);
    scale(this.#out);
    this.#out.u8(OP.i64_sub).u8(OP.i64_const).signed(flat).u8(OP.i64_sub).u8(OP.local_tee).u32(this.#fuelLocal);
    this.#trapIfNegative();
  }

  #trapIfNegative(): void {
    this.#out.u8(OP.i64_const, 0, OP.i64_lt_s, OP.if, 0x40, OP.call).u32(this.#fuel!.exhausted);
    this.#out.u8(OP.unreachable, OP.end);
  }

  #immediates(reader: ByteReader, immediates: Immediates): void {
    const maps = this.#maps;
    for (const kind of immediates) {
      switch (kind) {
        case 'f':
          this.#out.u32(maps.func[reader.u32()]!);
          break;
        case 't':
          this.#out.u32(maps.type[reader.u32()]!);
          break;
        case 'T':
          this.#out.u32(maps.table[reader.u32()]!);
          break;
        case 'g':
          this.#out.u32(maps.global[reader.u32()]!);
          break;
        case 'm':
          this.#out.u32(maps.memory[reader.u32()]!);
          break;
        case 'd':
          this.#out.u32(maps.data + reader.u32());
          break;
        case 'e':
          this.#out.u32(maps.element + reader.u32());
          break;
        case 'b': {
          const block = reader.s33();
          this.#out.signed(block < 0 ? block : maps.type[block]!);
          break;
        }
        case 'a':
          this.#memarg(reader);
          break;
        default: {
          const at = reader.pos;
          skipImmediates(reader, kind);
          this.#out.raw(reader.bytes.subarray(at, reader.pos));
        }
      }
    }
  }

  #memarg(reader: ByteReader): void {
    const flags = reader.u32();
    const memory = this.#maps.memory[flags & 0x40 ? reader.u32() : 0]!;
    if (memory === 0) this.#out.u32(flags & 0x3f);
    else this.#out.u32(flags | 0x40).u32(memory);
    this.#out.u32(shiftedOffset(reader.u32(), this.#start));
  }
}
