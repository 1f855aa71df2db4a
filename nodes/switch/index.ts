import { Condition, MISMATCH, parseCondition, SHAPE, YES } from "../lib/condition";
import { parseProps } from "../lib/json";
import { cabi_realloc, emit, fail, list, loadNothing, ok } from "../lib/node";
import { scan } from "../lib/tag_update";
export { cabi_realloc };

const OTHERWISE_DROP = -1;
const OTHERWISE_ERROR = -2;
const conditions = new StaticArray<usize>(4);
let count = 0;
let otherwise = OTHERWISE_DROP;

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  let cases = props.get("cases");
  count = 0;
  while (count < 4 && cases.at(count).exists) {
    let parsed = parseCondition(cases.at(count));
    if (parsed == null) return fail("each case of switch needs " + SHAPE);
    unchecked((conditions[count] = changetype<usize>(parsed)));
    count++;
  }
  let other = props.get("otherwise");
  otherwise = OTHERWISE_DROP;
  if (other.is("error")) otherwise = OTHERWISE_ERROR;
  else if (other.is("case1")) otherwise = 0;
  else if (other.is("case2")) otherwise = 1;
  else if (other.is("case3")) otherwise = 2;
  else if (other.is("case4")) otherwise = 3;
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  for (let i = 0; i < count; i++) {
    let result = changetype<Condition>(unchecked(conditions[i])).test();
    if (result == YES) {
      emit(i, ptr, len);
      return ok();
    }
    if (result == MISMATCH) return fail("the value's kind does not compare with a case's value");
  }
  if (otherwise >= 0) emit(otherwise, ptr, len);
  else if (otherwise == OTHERWISE_ERROR) return fail("no case of the switch matches");
  return ok();
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
