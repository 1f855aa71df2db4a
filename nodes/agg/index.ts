/** One number from many: over the updates of a batch, or running per tag. */
import { Buffer, Reader } from "../lib/buffer";
import { numberOf } from "../lib/decimal";
import { parseProps, Value } from "../lib/json";
import { cabi_realloc, emit, fail, list, ok, releaseLarge } from "../lib/node";
import { putDouble, putQuality, putTag, putTimestamp, putUnit } from "../lib/rewrite";
import { isBatch, isNumber, nextUpdate, number, openBatch, quality, scan, tagLen, tagPtr, timestamp, unitLen, unitPtr, updateLen, updatePtr } from "../lib/tag_update";
import { TagState, TagTable } from "../lib/tags";
export { cabi_realloc };

const NAMES: StaticArray<string> = ["count", "sum", "mean", "min", "max", "first", "last", "stddev", "stddev_sample", "range", "median", "p95"];
const COUNT = 0;
const FIRST_QUANTILE = 10;
const STATE_VERSION: u32 = 1;
/** Room for tags, however long their names; the state to save and a long batch fit beside it. */
const TAGS_BYTES_MAX: u32 = 5 * 1024 * 1024;

/** Welford's running moments, and the rest of what a function may ask for. */
@unmanaged
class Series extends TagState {
  count: u64 = 0;
  sum: f64 = 0;
  mean: f64 = 0;
  squares: f64 = 0;
  low: f64 = 0;
  high: f64 = 0;
  first: f64 = 0;
  last: f64 = 0;
  worst: u32 = 0;
  latest: u64 = 0;
}

function cleared<T>(): T {
  let ptr = heap.alloc(offsetof<T>());
  memory.fill(ptr, 0, offsetof<T>());
  return changetype<T>(ptr);
}
const tags = cleared<TagTable>();
const batch = cleared<Series>();
const values = cleared<Buffer>();
const unit = cleared<Buffer>();
const name = cleared<Buffer>();
const out = cleared<Buffer>();
const reader = cleared<Reader>();
let fn = 0;
let running = false;
let tagsMax: u32 = 0;
let tag: Value = changetype<Value>(0);
let suffix: Value = changetype<Value>(0);

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  fn = -1;
  for (let i = 0; i < NAMES.length; i++) if (props.get("function").is(unchecked(NAMES[i]))) fn = i;
  if (fn < 0) return fail("agg needs a function");
  running = props.get("mode").is("running");
  if (running && fn >= FIRST_QUANTILE) return fail("median and p95 need all values: put a window before agg");
  tagsMax = <u32>numberOf(props.get("max_tags"), 10000);
  tag = props.get("tag");
  if (tag.exists) tag = tag.unescaped();
  suffix = props.get("suffix");
  if (suffix.exists) suffix = suffix.unescaped();
  return ok();
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (running) return handleRunning(ptr, len);
  reset(batch);
  values.clear();
  if (!isBatch(ptr, len)) {
    if (!scan(ptr, len)) return fail("neither a TagUpdate nor a TagBatch");
    if (!take(batch)) return fail("agg takes numbers only, except for count");
    return send(batch);
  }
  openBatch(ptr, len);
  while (true) {
    let more = nextUpdate();
    if (more == 0) break;
    if (more < 0 || !scan(updatePtr, updateLen)) return fail("the TagBatch is malformed");
    if (!take(batch)) return fail("agg takes numbers only, except for count");
  }
  return batch.count == 0 ? ok() : send(batch);
}

/** Messages without a batch: one result a message, over all that the tag has sent. */
function handleRunning(ptr: usize, len: u32): usize {
  if (isBatch(ptr, len)) return fail("a running agg takes single updates");
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  let found = tags.find(tagPtr, tagLen);
  if (found == 0) {
    if (tags.count >= tagsMax) return fail("agg: more tags than max_tags");
    if (!tags.fits(tagLen, offsetof<Series>(), TAGS_BYTES_MAX)) return fail("agg: no room for more tags");
    found = tags.add(tagPtr, tagLen, offsetof<Series>());
  }
  let series = changetype<Series>(found);
  return take(series) ? send(series) : fail("agg takes numbers only, except for count");
}

function reset(series: Series): void {
  let head = offsetof<TagState>();
  memory.fill(changetype<usize>(series) + head, 0, offsetof<Series>() - head);
}

/** Adds the scanned update. */
function take(series: Series): bool {
  if (!isNumber() && fn != COUNT) return false;
  let value = number();
  series.count++;
  series.sum += value;
  let delta = value - series.mean;
  series.mean += delta / <f64>series.count;
  series.squares += delta * (value - series.mean);
  if (series.count == 1) {
    series.low = value;
    series.high = value;
    series.first = value;
  } else {
    series.low = min(series.low, value);
    series.high = max(series.high, value);
  }
  series.last = value;
  series.worst = max(series.worst, quality);
  series.latest = max(series.latest, timestamp);
  if (fn >= FIRST_QUANTILE) values.f64le(value);
  name.clear();
  name.bytes(tagPtr, tagLen);
  unit.clear();
  unit.bytes(unitPtr, unitLen);
  return true;
}

function result(series: Series): f64 {
  let count = <f64>series.count;
  switch (fn) {
    case 0: return count;
    case 1: return series.sum;
    case 2: return isFinite(series.mean) ? series.mean : series.sum / count;
    case 3: return series.low;
    case 4: return series.high;
    case 5: return series.first;
    case 6: return series.last;
    case 7: return Math.sqrt(series.squares / count);
    case 8: return series.count < 2 ? NaN : Math.sqrt(series.squares / (count - 1));
    case 9: return series.high - series.low;
    case 10: return quantile(0.5);
  }
  return quantile(0.95);
}

/** Linear between the two nearest ranks. NaN has no rank: with one of them there is no quantile. */
function quantile(q: f64): f64 {
  let length = <i32>(values.length >> 3);
  for (let i = 0; i < length; i++) if (valueAt(i) != valueAt(i)) return NaN;
  sort(length);
  let rank = q * <f64>(length - 1);
  let below = <i32>Math.floor(rank);
  let low = valueAt(below);
  let share = rank - <f64>below;
  if (share == 0 || low == valueAt(below + 1)) return low;
  let high = valueAt(below + 1);
  let between = high - low;
  // Finite values can be further apart than any number is great.
  return isFinite(between) ? low + between * share : low * (1 - share) + high * share;
}

function valueAt(i: i32): f64 {
  return load<f64>(values.ptr + (<usize>i << 3));
}
function setValue(i: i32, value: f64): void {
  store<f64>(values.ptr + (<usize>i << 3), value);
}

/** Heap sort: no recursion, no bad case. */
function sort(length: i32): void {
  for (let i = length / 2 - 1; i >= 0; i--) sift(i, length);
  for (let end = length - 1; end > 0; end--) {
    let top = valueAt(0);
    setValue(0, valueAt(end));
    setValue(end, top);
    sift(0, end);
  }
}

function sift(root: i32, length: i32): void {
  let value = valueAt(root);
  while (true) {
    let child = 2 * root + 1;
    if (child >= length) break;
    if (child + 1 < length && valueAt(child) < valueAt(child + 1)) child++;
    if (valueAt(child) <= value) break;
    setValue(root, valueAt(child));
    root = child;
  }
  setValue(root, value);
}

function send(series: Series): usize {
  out.clear();
  if (suffix.exists) {
    let base = tag.exists ? tag.len : name.length;
    out.byte(0x0a);
    out.varint(base + suffix.len);
    out.bytes(tag.exists ? tag.ptr : name.ptr, base);
    out.bytes(suffix.ptr, suffix.len);
  } else if (tag.exists) putTag(out, tag.ptr, tag.len);
  else putTag(out, name.ptr, name.length);
  putTimestamp(out, series.latest);
  putQuality(out, series.worst);
  if (fn != COUNT) putUnit(out, unit.ptr, unit.length);
  putDouble(out, result(series));
  emit(0, out.ptr, out.length);
  return ok();
}

export function save_state(): usize {
  let head = offsetof<TagState>();
  let size = <u32>(offsetof<Series>() - head);
  let length: u32 = 8;
  for (let i: u32 = 0; i < tags.count; i++) length += 4 + changetype<Series>(tags.at(i)).nameLen + size;
  out.clearFor(length);
  out.u32le(STATE_VERSION);
  out.u32le(tags.count);
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    out.u32le(series.nameLen);
    out.bytes(series.namePtr, series.nameLen);
    out.bytes(changetype<usize>(series) + head, size);
  }
  return list(out.ptr, out.length);
}

function forget(): void {
  for (let i: u32 = 0; i < tags.count; i++) reset(changetype<Series>(tags.at(i)));
}

export function load_state(ptr: usize, len: u32): usize {
  forget();
  reader.open(ptr, len);
  if (reader.u32le() != STATE_VERSION) return fail("agg: unknown version of the state");
  let count = reader.u32le();
  let head = offsetof<TagState>();
  let size = <u32>(offsetof<Series>() - head);
  for (let i: u32 = 0; i < count && !reader.failed; i++) {
    let nameLen = reader.u32le();
    let namePtr = reader.take(nameLen);
    let state = reader.take(size);
    if (reader.failed) break;
    let found = tags.find(namePtr, nameLen);
    if (found == 0) {
      if (!tags.fits(nameLen, offsetof<Series>(), TAGS_BYTES_MAX)) reader.failed = true;
      else found = tags.add(namePtr, nameLen, offsetof<Series>());
    }
    if (found != 0) memory.copy(found + head, state, size);
  }
  let whole = !reader.failed && reader.ptr == reader.end;
  releaseLarge();
  if (whole) return ok();
  forget();
  return fail("agg: the state is damaged");
}
