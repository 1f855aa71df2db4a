import { Condition, MISMATCH, parseCondition, SHAPE } from "../lib/condition";
import { parseProps } from "../lib/json";
import { cabi_realloc, emit, fail, list, loadNothing, ok } from "../lib/node";
import { scan } from "../lib/tag_update";
export { cabi_realloc };

let condition: Condition = changetype<Condition>(0);

export function configure(ptr: usize, len: u32): usize {
  let parsed = parseCondition(parseProps(ptr, len));
  if (parsed == null) return fail("filter needs " + SHAPE);
  condition = parsed;
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  let result = condition.test();
  if (result == MISMATCH) return fail("the value's kind does not compare with the filter's value");
  emit(1 - result, ptr, len);
  return ok();
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
