/**
 * Metering: what a function's code costs, and where it is charged.
 *
 * A function is charged at its entry and at every loop head, with the number of its instructions in that region. The fuel
 * is a global; functions with loops keep it in a local and write it back around calls. A leaf (no call, no loop, no bulk
 * operation) charges nothing itself: its cost is known and its callers pay it. Bulk operations pay by length.
 */
import { ByteReader } from './bytes.ts';
import { BULK, hasPrefix, immediatesOf, OP, skipImmediates } from './instructions.ts';
import { importedCount, type WasmModule } from './module.ts';

export interface FunctionMeter {
  /** `none`: callers pay. `entry`: one charge on the global. `local`: fuel in a local. */
  readonly mode: 'none' | 'entry' | 'local';
  readonly entryCost: number;
  /** Cost of one turn of each loop, in the order of the `loop` instructions. */
  readonly loopCosts: readonly number[];
}

interface Survey {
  /** Instructions of region 0 (entry) and of each loop, without calls. */
  readonly regions: number[];
  /** Direct callees, with the region of the call. */
  readonly calls: { readonly callee: number; readonly region: number }[];
  charges: boolean;
}

const FREE = new Set<number>([OP.block, OP.loop, OP.end, OP.else, OP.nop]);

export const isBulkByLength = (op: number, sub: number): boolean =>
  op === OP.prefix_bulk &&
  (sub === BULK.memory_init ||
    sub === BULK.memory_copy ||
    sub === BULK.memory_fill ||
    sub === BULK.table_init ||
    sub === BULK.table_copy ||
    sub === BULK.table_grow ||
    sub === BULK.table_fill);

/** Meters every function defined in `module`. `callCost`: flat cost of a call that is not to a leaf. */
export function meterModule(module: WasmModule, callCost: number): FunctionMeter[] {
  const imported = importedCount(module, 'func');
  const surveys = module.bodies.map(body => survey(module, body.code, body.end));
  const leafCost = surveys.map(one => (isLeaf(one) ? one.regions[0]! : null));
  return surveys.map(one => {
    const costs = [...one.regions];
    for (const { callee, region } of one.calls) {
      const leaf = callee >= imported ? leafCost[callee - imported] : null;
      costs[region] = costs[region]! + (leaf ?? callCost);
    }
    const [entryCost, ...loopCosts] = costs as [number, ...number[]];
    const mode = isLeaf(one) ? 'none' : loopCosts.length > 0 || one.charges ? 'local' : 'entry';
    return { mode, entryCost: Math.max(1, entryCost), loopCosts: loopCosts.map(cost => Math.max(1, cost)) };
  });
}

const isLeaf = (one: Survey): boolean => one.regions.length === 1 && one.calls.length === 0 && !one.charges;

function survey(module: WasmModule, start: number, end: number): Survey {
  const reader = new ByteReader(module.bytes, start, end);
  const result: Survey = { regions: [0], calls: [], charges: false };
  const blocks: number[] = [];
  let region = 0;
  while (!reader.done) {
    const op = reader.u8();
    const sub = hasPrefix(op) ? reader.u32() : 0;
    if (!FREE.has(op)) result.regions[region]! += 1;
    if (op === OP.call || op === OP.return_call) {
      result.calls.push({ callee: reader.u32(), region });
      continue;
    }
    if (op === OP.call_indirect || op === OP.return_call_indirect) result.calls.push({ callee: -1, region });
    if (op === OP.memory_grow || isBulkByLength(op, sub)) result.charges = true;
    skipImmediates(reader, immediatesOf(op, sub) ?? reader.fail('unknown opcode'));
    if (op === OP.block || op === OP.if) blocks.push(region);
    else if (op === OP.loop) {
      blocks.push(region);
      region = result.regions.push(0) - 1;
    } else if (op === OP.end && blocks.length > 0) region = blocks.pop()!;
  }
  return result;
}

/** Calls `visit` with the callee of every call in a body's code, null for an indirect one. */
export function forEachCall(reader: ByteReader, visit: (callee: number | null) => void): void {
  while (!reader.done) {
    const op = reader.u8();
    const sub = hasPrefix(op) ? reader.u32() : 0;
    if (op === OP.call || op === OP.return_call) {
      visit(reader.u32());
      continue;
    }
    if (op === OP.call_indirect || op === OP.return_call_indirect) visit(null);
    skipImmediates(reader, immediatesOf(op, sub) ?? reader.fail('unknown opcode'));
  }
}
