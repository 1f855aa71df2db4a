import { Buffer } from "../lib/buffer";
import { numberOf } from "../lib/decimal";
import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, loadNothing, ok } from "../lib/node";
import { copyWithout, DROP_TAG, DROP_UNIT, DROP_VALUE, putDouble, putTag, putUnit } from "../lib/rewrite";
import { isNumber, number, scan } from "../lib/tag_update";
export { cabi_realloc };

let factor: f64 = 1;
let offset: f64 = 0;
let rounding: f64 = 0;
let low: f64 = -Infinity;
let high: f64 = Infinity;
let tag: Value = changetype<Value>(0);
let unit: Value = changetype<Value>(0);
let drop: u32 = DROP_VALUE;
const out: Buffer = changetype<Buffer>(heap.alloc(offsetof<Buffer>()));

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  memory.fill(changetype<usize>(out), 0, offsetof<Buffer>());
  factor = numberOf(props.get("factor"), 1);
  offset = numberOf(props.get("offset"), 0);
  rounding = props.get("round").exists ? 1 : 0;
  for (let i = numberOf(props.get("round"), 0); i > 0; i--) rounding *= 10;
  low = numberOf(props.get("min"), -Infinity);
  high = numberOf(props.get("max"), Infinity);
  if (low > high) return fail("scale: min is greater than max");
  drop = DROP_VALUE;
  tag = props.get("tag");
  if (tag.exists) {
    tag = tag.unescaped();
    drop |= DROP_TAG;
  }
  unit = props.get("unit");
  if (unit.exists) {
    unit = unit.unescaped();
    drop |= DROP_UNIT;
  }
  return ok();
}
export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (!isNumber()) return fail("scale takes numbers only");
  let value = number() * factor + offset;
  if (rounding != 0) value = roundTo(value);
  value = value < low ? low : value > high ? high : value;
  out.clear();
  if ((drop & DROP_TAG) != 0) putTag(out, tag.ptr, tag.len);
  copyWithout(out, ptr, len, drop);
  if ((drop & DROP_UNIT) != 0) putUnit(out, unit.ptr, unit.len);
  putDouble(out, value);
  emit(0, out.ptr, out.length);
  return ok();
}

/** A number whose digits do not reach that far stays as it is: its multiple would only be rounded, or overflow. */
function roundTo(value: f64): f64 {
  let multiple = value * rounding;
  return abs(multiple) < 4503599627370496 ? nearest(multiple) / rounding : value;
}
export function save_state(): usize {
  return list(0, 0);
}
export function load_state(ptr: usize, len: u32): usize {
  return loadNothing(len);
}
