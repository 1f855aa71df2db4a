/** Branch hints: which arm of an `if` runs now and then only. Engines keep such code out of the way of the rest. */
import { ByteReader, ByteWriter } from './bytes.ts';
import { hasPrefix, immediatesOf, OP, skipImmediates } from './instructions.ts';
import { type Body, customSection, importedCount } from './module.ts';
import { functionNames } from './names.ts';
import { parseModule } from './parse.ts';

const SECTION = 'metadata.code.branch_hint';
const CODE_SECTION = 10;
const HEADER_BYTES = 8;

/** An `if` whose condition rarely (0) or nearly always (1) holds; `offset` from the beginning of the function's body. */
interface Hint {
  readonly offset: number;
  readonly likely: 0 | 1;
}
interface Open {
  /** −1: no `if`. */
  readonly at: number;
  arm: 0 | 1;
  readonly rare: [boolean, boolean];
}

/**
 * The module with a hint for each `if` of which one arm, and not the other, traps or calls what is rare.
 * @param isRare by name of the function, as the `name` section has it
 */
export function withBranchHints(bytes: Uint8Array, isRare: (name: string) => boolean): Uint8Array {
  const module = parseModule(bytes);
  const rare = new Set<number>();
  for (const [index, name] of functionNames(customSection(module, 'name'))) if (isRare(name)) rare.add(index);
  const imported = importedCount(module, 'func');
  const hinted = module.bodies
    .map((body, index) => ({ index: imported + index, hints: hintsOf(bytes, body, rare) }))
    .filter(({ hints }) => hints.length > 0);
  const section = new ByteWriter().name(SECTION).u32(hinted.length);
  for (const { index, hints } of hinted) {
    section.u32(index).u32(hints.length);
    for (const { offset, likely } of hints) section.u32(offset).u32(1).u8(likely);
  }
  const at = codeSection(bytes);
  const out = new ByteWriter(bytes.length + section.length + 16).raw(bytes.subarray(0, at));
  return out.u8(0).sized(section).raw(bytes.subarray(at)).finish();
}

function hintsOf(bytes: Uint8Array, { start, code, end }: Body, rare: ReadonlySet<number>): Hint[] {
  const reader = new ByteReader(bytes, code, end);
  const hints: Hint[] = [];
  const open: Open[] = [];
  while (!reader.done) {
    const at = reader.pos;
    const op = reader.u8();
    const sub = hasPrefix(op) ? reader.u32() : 0;
    const top = open.at(-1);
    if (op === OP.call) {
      if (rare.has(reader.u32()) && top) top.rare[top.arm] = true;
      continue;
    }
    if (op === OP.unreachable && top) top.rare[top.arm] = true;
    else if (op === OP.if) open.push({ at, arm: 0, rare: [false, false] });
    else if (op === OP.block || op === OP.loop) open.push({ at: -1, arm: 0, rare: [false, false] });
    else if (op === OP.else) top!.arm = 1;
    else if (op === OP.end) {
      const ended = open.pop();
      if (ended && ended.at >= 0 && ended.rare[0] !== ended.rare[1])
        hints.push({ offset: ended.at - start, likely: ended.rare[0] ? 0 : 1 });
    }
    skipImmediates(reader, immediatesOf(op, sub) ?? reader.fail('unknown opcode'));
  }
  return hints.sort((a, b) => a.offset - b.offset);
}

/** Hints must stand before the code. */
function codeSection(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes, HEADER_BYTES);
  while (!reader.done) {
    const at = reader.pos;
    const id = reader.u8();
    if (id === CODE_SECTION) return at;
    reader.skip(reader.u32());
  }
  return bytes.length;
}
