import { Buffer, Reader } from "../lib/buffer";
import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, now, ok } from "../lib/node";
import { putBool, putDouble, putQuality, putTag, putTimestamp, putUnit } from "../lib/rewrite";
import { isNumber, kind, KIND_BOOL, number, quality, scan, tagLen, tagPtr, timestamp, unitLen, unitPtr } from "../lib/tag_update";
export { cabi_realloc };

const OPS: StaticArray<string> = ["add", "subtract", "multiply", "divide", "min", "max", "mean", "and", "or", "xor", "==", "!=", "<", "<=", ">", ">="];
const FIRST_LOGIC = 7;
const FIRST_COMPARISON = 10;
const STATE_VERSION: u32 = 1;

/** The last value of one input. */
@unmanaged
class Side {
  present: bool = false;
  value: f64 = 0;
  quality: u32 = 0;
  timestamp: u64 = 0;
  /** `now` when it came; 0: an initial value, which does not age. */
  seen: u64 = 0;
  bool: bool = false;
}

function cleared<T>(): T {
  let ptr = heap.alloc(offsetof<T>());
  memory.fill(ptr, 0, offsetof<T>());
  return changetype<T>(ptr);
}
const a = cleared<Side>();
const b = cleared<Side>();
const tagOfA = cleared<Buffer>();
const unitOfA = cleared<Buffer>();
const out = cleared<Buffer>();
let op = 0;
let any = false;
let timeout: u64 = 0;
let name: Value = changetype<Value>(0);

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  op = -1;
  for (let i = 0; i < OPS.length; i++) if (props.get("op").is(unchecked(OPS[i]))) op = i;
  if (op < 0) return fail("binary_combine needs an op");
  any = props.get("join").is("any");
  timeout = <u64>(props.get("timeout_ms").number(0) * 1000);
  name = props.get("tag");
  if (name.exists) name = name.unescaped();
  initial(a, props.get("initial_a"));
  initial(b, props.get("initial_b"));
  return ok();
}

function initial(side: Side, value: Value): void {
  side.present = value.exists;
  side.value = value.isBool ? (value.isTrue ? 1 : 0) : value.number(0);
  side.bool = value.isBool;
  side.quality = 0;
  side.timestamp = 0;
  side.seen = 0;
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (kind != KIND_BOOL && !isNumber()) return fail("binary_combine takes numbers and booleans only");
  let side = port == 0 ? a : b;
  side.present = true;
  side.value = number();
  side.bool = kind == KIND_BOOL;
  side.quality = quality;
  side.timestamp = timestamp;
  side.seen = now();
  if (port == 0) {
    tagOfA.clear();
    tagOfA.bytes(tagPtr, tagLen);
    unitOfA.clear();
    unitOfA.bytes(unitPtr, unitLen);
  }
  let other = port == 0 ? b : a;
  if (stale(other)) other.present = false;
  if (other.present) return combine();
  return any ? alone(side) : ok();
}

function stale(side: Side): bool {
  return timeout != 0 && side.present && side.seen != 0 && now() - side.seen > timeout;
}

/** `any`: with the other side missing, an arithmetic op gives the one value; logic and comparison wait. */
function alone(side: Side): usize {
  if (op >= FIRST_LOGIC) return ok();
  return send(side.value, side.quality, side.timestamp);
}

function combine(): usize {
  let worst = max(a.quality, b.quality);
  let later = max(a.timestamp, b.timestamp);
  let x = a.value;
  let y = b.value;
  if (op < FIRST_LOGIC) {
    if (op == 3 && y == 0) return fail("division by zero");
    return send(arithmetic(x, y), worst, later);
  }
  let truth: bool;
  if (op < FIRST_COMPARISON) {
    let p = x != 0;
    let q = y != 0;
    truth = op == 7 ? p && q : op == 8 ? p || q : p != q;
  } else {
    if (a.bool != b.bool) return fail("a boolean does not compare with a number");
    if (a.bool && op > FIRST_COMPARISON + 1) return fail("booleans compare by == and != only");
    truth = compare(x, y);
  }
  start(worst, later);
  putBool(out, truth);
  emit(0, out.ptr, out.length);
  return ok();
}

function arithmetic(x: f64, y: f64): f64 {
  switch (op) {
    case 0: return x + y;
    case 1: return x - y;
    case 2: return x * y;
    case 3: return x / y;
    case 4: return min(x, y);
    case 5: return max(x, y);
  }
  return x / 2 + y / 2;
}

function compare(x: f64, y: f64): bool {
  switch (op) {
    case 10: return x == y;
    case 11: return x != y;
    case 12: return x < y;
    case 13: return x <= y;
    case 14: return x > y;
  }
  return x >= y;
}

function send(value: f64, worst: u32, later: u64): usize {
  start(worst, later);
  putDouble(out, value);
  emit(0, out.ptr, out.length);
  return ok();
}

function start(worst: u32, later: u64): void {
  out.clear();
  if (name.exists) putTag(out, name.ptr, name.len);
  else if (tagOfA.length > 0) putTag(out, tagOfA.ptr, tagOfA.length);
  else putTag(out, tagPtr, tagLen);
  putTimestamp(out, later);
  putQuality(out, worst);
  putUnit(out, unitOfA.ptr, unitOfA.length);
}

export function save_state(): usize {
  out.clear();
  out.u32le(STATE_VERSION);
  saveSide(a);
  saveSide(b);
  out.u32le(tagOfA.length);
  out.bytes(tagOfA.ptr, tagOfA.length);
  out.u32le(unitOfA.length);
  out.bytes(unitOfA.ptr, unitOfA.length);
  return list(out.ptr, out.length);
}

function saveSide(side: Side): void {
  out.u32le((side.present ? 1 : 0) | (side.bool ? 2 : 0));
  out.f64le(side.value);
  out.u32le(side.quality);
  out.u64le(side.timestamp);
  out.u64le(side.seen);
}

const reader = cleared<Reader>();

export function load_state(ptr: usize, len: u32): usize {
  reader.open(ptr, len);
  if (reader.u32le() != STATE_VERSION) return fail("binary_combine: unknown version of the state");
  loadSide(a);
  loadSide(b);
  let count = reader.u32le();
  let bytes = reader.take(count);
  let unitCount = reader.failed ? 0 : reader.u32le();
  let unitBytes = reader.take(unitCount);
  if (reader.failed || reader.ptr != reader.end) {
    a.present = false;
    b.present = false;
    return fail("binary_combine: the state is damaged");
  }
  tagOfA.clear();
  tagOfA.bytes(bytes, count);
  unitOfA.clear();
  unitOfA.bytes(unitBytes, unitCount);
  return ok();
}

function loadSide(side: Side): void {
  let flags = reader.u32le();
  side.present = (flags & 1) != 0;
  side.bool = (flags & 2) != 0;
  side.value = reader.f64le();
  side.quality = reader.u32le();
  side.timestamp = reader.u64le();
  side.seen = reader.u64le();
}
