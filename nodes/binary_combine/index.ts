import { Buffer, Reader } from "../lib/buffer";
import { numberOf } from "../lib/decimal";
import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, now, ok } from "../lib/node";
import { EQUAL, GREATER, LESS, orderOfNumbers } from "../lib/order";
import { putBool, putDouble, putQuality, putTag, putTimestamp, putUnit } from "../lib/rewrite";
import { bits, isNumber, isNumberKind, kind, KIND_BOOL, KIND_DOUBLE, KIND_NONE, number, numberOfBits, quality, scan, tagLen, tagPtr, timestamp, unitLen, unitPtr } from "../lib/tag_update";
export { cabi_realloc };

const OPS: StaticArray<string> = ["add", "subtract", "multiply", "divide", "min", "max", "mean", "and", "or", "xor", "==", "!=", "<", "<=", ">", ">="];
const FIRST_LOGIC = 7;
const FIRST_COMPARISON = 10;
const STATE_VERSION: u32 = 2;

/** The last value of one input. */
@unmanaged
class Side {
  present: bool = false;
  kind: u32 = 0;
  /** As in the update: comparisons take no rounded value. */
  bits: u64 = 0;
  value: f64 = 0;
  quality: u32 = 0;
  timestamp: u64 = 0;
  /** `now` when it came; 0: an initial value, which does not age. */
  seen: u64 = 0;
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
  timeout = <u64>(numberOf(props.get("timeout_ms"), 0) * 1000);
  name = props.get("tag");
  if (name.exists) name = name.unescaped();
  initial(a, props.get("initial_a"));
  initial(b, props.get("initial_b"));
  return ok();
}

function initial(side: Side, value: Value): void {
  memory.fill(changetype<usize>(side), 0, offsetof<Side>());
  side.present = value.exists;
  side.kind = value.isBool ? KIND_BOOL : KIND_DOUBLE;
  side.bits = value.isBool ? u64(value.isTrue) : reinterpret<u64>(numberOf(value, 0));
  side.value = numberOfBits(side.kind, side.bits);
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (kind != KIND_BOOL && !isNumber()) return fail("binary_combine takes numbers and booleans only");
  let side = port == 0 ? a : b;
  side.present = true;
  side.kind = kind;
  side.bits = bits;
  side.value = number();
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
  return timeout != 0 && side.present && side.seen != 0 && now() > side.seen && now() - side.seen > timeout;
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
    let isBool = a.kind == KIND_BOOL;
    if (isBool != (b.kind == KIND_BOOL)) return fail("a boolean does not compare with a number");
    if (isBool && op > FIRST_COMPARISON + 1) return fail("booleans compare by == and != only");
    truth = holds(isBool ? i32(x != y) : orderOfNumbers(a.kind, a.bits, b.kind, b.bits));
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
  let sum = x + y;
  return isFinite(sum) ? sum / 2 : x / 2 + y / 2;
}

/** What a comparison says to an order; to none, of NaN, only != is true. */
function holds(order: i32): bool {
  switch (op) {
    case 10: return order == EQUAL;
    case 11: return order != EQUAL;
    case 12: return order == LESS;
    case 13: return order == LESS || order == EQUAL;
    case 14: return order == GREATER;
  }
  return order == GREATER || order == EQUAL;
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
  out.u32le(side.present ? side.kind : KIND_NONE);
  out.u64le(side.bits);
  out.u32le(side.quality);
  out.u64le(side.timestamp);
  out.u64le(side.seen);
}

const reader = cleared<Reader>();
const loadedA = cleared<Side>();
const loadedB = cleared<Side>();

/** Takes the whole state, or leaves everything as it was. */
export function load_state(ptr: usize, len: u32): usize {
  reader.open(ptr, len);
  if (reader.u32le() != STATE_VERSION) return fail("binary_combine: unknown version of the state");
  loadSide(loadedA);
  loadSide(loadedB);
  let count = reader.u32le();
  let name = reader.take(count);
  let unitCount = reader.u32le();
  let unit = reader.take(unitCount);
  if (reader.failed || reader.ptr != reader.end) return fail("binary_combine: the state is damaged");
  memory.copy(changetype<usize>(a), changetype<usize>(loadedA), offsetof<Side>());
  memory.copy(changetype<usize>(b), changetype<usize>(loadedB), offsetof<Side>());
  tagOfA.clear();
  tagOfA.bytes(name, count);
  unitOfA.clear();
  unitOfA.bytes(unit, unitCount);
  return ok();
}

function loadSide(side: Side): void {
  side.kind = reader.u32le();
  side.bits = reader.u64le();
  side.quality = reader.u32le();
  side.timestamp = reader.u64le();
  side.seen = reader.u64le();
  side.present = side.kind != KIND_NONE;
  if (side.present && side.kind != KIND_BOOL && !isNumberKind(side.kind)) reader.failed = true;
  side.value = numberOfBits(side.kind, side.bits);
}
