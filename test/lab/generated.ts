/** Hostile nodes that are too large to be written down. */
import { ByteWriter } from '#wasm';

const I32 = 0x7f;
const SECTION = { type: 1, function: 3, memory: 5, export: 7, code: 10 } as const;
const OP = { loop: 0x03, if: 0x04, end: 0x0b, br_if: 0x0d, call: 0x10, get: 0x20, set: 0x21 } as const;
const BLOCK_EMPTY = 0x40;

interface Shape {
  readonly functions: number;
  /** Locals of each function, all of them in use from its beginning to its end. */
  readonly locals: number;
  readonly blocks: number;
  /** Calls of each function: what is called once, Binaryen puts into its caller, however large. */
  readonly calls: number;
}

/**
 * One short loop after another, each changing a few of hundreds of locals. Every local that is alive may be different behind
 * each loop: what the optimising compiler keeps is loops × locals, and the time it takes grows faster than that. Binaryen
 * does not mind: seconds to fuse, minutes in the gateway. Ten times as many locals would take ten gigabytes, too.
 */
const SLOW_TO_COMPILE: Shape = { functions: 9, locals: 400, blocks: 20_000, calls: 2 };
/** Calls between which thousands of locals live, in functions that become one: Binaryen’s passes over locals take minutes. */
const SLOW_TO_FUSE: Shape = { functions: 2, locals: 4_900, blocks: 30_000, calls: 1 };

export const GENERATED: Readonly<Record<string, () => Uint8Array>> = {
  slow_to_compile: () => moduleOf(SLOW_TO_COMPILE, loopBlock),
  slow_to_fuse: () => moduleOf(SLOW_TO_FUSE, callBlock),
};

type WriteBlock = (code: ByteWriter, block: number, locals: number) => void;

function loopBlock(code: ByteWriter, block: number, locals: number): void {
  code.u8(OP.loop, BLOCK_EMPTY);
  for (let i = 0; i < 8; i += 1) {
    code.u8(OP.get).u32((block * 7 + i + 1) % locals);
    code.u8(OP.get).u32((block * 13 + i) % locals);
    code.u8(0x6a, OP.set).u32((block * 8 + i) % locals);
  }
  code.u8(OP.get).u32(block % locals);
  code.u8(OP.br_if, 0, OP.end);
}

function callBlock(code: ByteWriter, block: number, locals: number): void {
  code.u8(OP.get).u32((block * 7) % locals);
  code.u8(OP.call, 0, OP.set).u32(block % locals);
}

/** Locals are read from memory, changed block by block, and written back. */
function heavyFunction({ locals, blocks }: Shape, writeBlock: WriteBlock): ByteWriter {
  const code = new ByteWriter(1 << 20).u32(1).u32(locals).u8(I32);
  for (let i = 0; i < locals; i += 1) {
    code.u8(0x41, 0, 0x28, 2).u32(4 * i);
    code.u8(OP.set).u32(i);
  }
  for (let block = 0; block < blocks; block += 1) writeBlock(code, block, locals);
  for (let i = 0; i < locals; i += 1) {
    code.u8(0x41, 0, OP.get).u32(i);
    code.u8(0x36, 2).u32(4 * i);
  }
  return code.u8(OP.end);
}

/** Function 0 is the identity behind a loop, so that nobody inlines it; then the heavy ones, cabi_realloc and handle. */
function moduleOf(shape: Shape, writeBlock: WriteBlock): Uint8Array {
  const heavy = heavyFunction(shape, writeBlock);
  const numbers = Array.from({ length: shape.functions }, (_, i) => i + 1);
  const realloc = shape.functions + 1;
  const types = new ByteWriter().u32(4);
  types.u8(0x60, 1, I32, 1, I32, 0x60, 0, 0, 0x60, 4, I32, I32, I32, I32, 1, I32, 0x60, 3, I32, I32, I32, 1, I32);
  const functions = new ByteWriter().u32(shape.functions + 3).u8(0, ...numbers.map(() => 1), 2, 3);
  const exports = new ByteWriter().u32(3).name('memory').u8(2, 0).name('cabi_realloc').u8(0).u32(realloc);
  exports
    .name('fusewire:node/node@1.0.0#handle')
    .u8(0)
    .u32(realloc + 1);
  const code = new ByteWriter(1 << 24).u32(shape.functions + 3);
  const identity = [0, OP.loop, BLOCK_EMPTY, OP.get, 0, 0x69, OP.br_if, 0, OP.end, OP.get, 0, OP.end];
  code.sized(new ByteWriter().u8(...identity));
  for (const _ of numbers) code.sized(heavy);
  // The inbox lies behind what the heavy functions use.
  code.sized(new ByteWriter().u8(0, 0x41).signed(65_536).u8(OP.end));
  // The heavy functions are there to be compiled, not to run: no message is empty.
  const handle = new ByteWriter().u8(0, OP.get, 2, 0x45, OP.if, BLOCK_EMPTY);
  for (let call = 0; call < shape.calls; call += 1) for (const number of numbers) handle.u8(OP.call).u32(number);
  code.sized(handle.u8(OP.end, 0x41, 16, OP.end));
  const out = new ByteWriter(1 << 24).u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  out.u8(SECTION.type).sized(types).u8(SECTION.function).sized(functions);
  out.u8(SECTION.memory).sized(new ByteWriter().u8(1, 1, 17, 32));
  return out.u8(SECTION.export).sized(exports).u8(SECTION.code).sized(code).finish();
}
