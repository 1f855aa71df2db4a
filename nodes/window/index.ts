/**
 * Windows per tag, by event time. Messages wait in a list per tag, in order of timestamp (ties by arrival), and leave as one
 * TagBatch when their window closes: by a later message of the tag, or by tick when the gateway's time has passed its end.
 */
import { Buffer, Reader } from "../lib/buffer";
import { parseProps } from "../lib/json";
import { cabi_realloc, emit, fail, list, now, ok } from "../lib/node";
import { scan, tagLen, tagPtr, timestamp } from "../lib/tag_update";
import { TagTable } from "../lib/tags";
import { bytes, dropFirst, HELD, Held, hold, messages, Series } from "./series";
export { cabi_realloc };

const OUT = 0;
const LATE = 1;
const TUMBLING = 0;
const HOPPING = 1;
const SLIDING = 2;
const SESSION = 3;
const COUNT = 4;
const STATE_VERSION: u32 = 1;
function cleared<T>(): T {
  let ptr = heap.alloc(offsetof<T>());
  memory.fill(ptr, 0, offsetof<T>());
  return changetype<T>(ptr);
}
const tags = cleared<TagTable>();
const out = cleared<Buffer>();
const reader = cleared<Reader>();
let kind = TUMBLING;
let size: i64 = 0;
let hop: i64 = 0;
let gap: i64 = 0;
let count: u32 = 0;
let lateness: i64 = 0;
let tagsMax: u32 = 0;
let messagesMax: u32 = 0;
let bytesMax: u32 = 0;

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  let name = props.get("kind");
  kind = name.is("hopping") ? HOPPING : name.is("sliding") ? SLIDING : name.is("session") ? SESSION : name.is("count") ? COUNT : TUMBLING;
  size = <i64>(props.get("size_ms").number(0) * 1000);
  hop = kind == HOPPING ? <i64>(props.get("hop_ms").number(0) * 1000) : size;
  gap = <i64>(props.get("gap_ms").number(0) * 1000);
  count = <u32>props.get("count").number(0);
  lateness = <i64>(props.get("lateness_ms").number(0) * 1000);
  tagsMax = <u32>props.get("max_tags").number(10000);
  messagesMax = <u32>props.get("max_messages").number(50000);
  bytesMax = <u32>props.get("max_bytes").number(4194304);
  if (kind <= SLIDING && size <= 0) return fail("this window needs size_ms");
  if (kind == HOPPING && (hop <= 0 || hop > size)) return fail("a hopping window needs hop_ms, at most size_ms");
  if (kind == SESSION && gap <= 0) return fail("a session window needs gap_ms");
  if (kind == COUNT && count == 0) return fail("a count window needs count");
  return ok();
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (timestamp > <u64>i64.MAX_VALUE >> 1) return fail("the timestamp is too far in the future");
  let found = tags.find(tagPtr, tagLen);
  if (found == 0) {
    if (tags.count >= tagsMax) return fail("window: more tags than max_tags");
    found = tags.add(tagPtr, tagLen, offsetof<Series>());
    changetype<Series>(found).closed = i64.MIN_VALUE;
  }
  let series = changetype<Series>(found);
  let time = <i64>timestamp;
  if (isLate(series, time)) {
    emit(LATE, ptr, len);
    return ok();
  }
  if (messages >= messagesMax) return fail("window: more messages held than max_messages");
  if (bytes + len > bytesMax) return fail("window: more bytes held than max_bytes");
  hold(series, time, ptr, len);
  if (time > series.newest) series.newest = time;
  if (kind == COUNT) {
    if (series.held >= count) flush(series, series.held);
  } else if (kind == SLIDING) slide(series);
  else close(series, series.newest - lateness);
  return ok();
}

/** Whether every window that could hold the time has closed, or would have closed had anything been in it. */
function isLate(series: Series, time: i64): bool {
  if (kind == COUNT) return false;
  let passed = series.newest - lateness;
  if (kind == SLIDING) return time < passed;
  if (kind == SESSION) return time < series.closed || (time + gap <= passed && !joins(series, time));
  return lastEnd(time) <= max(series.closed, passed);
}

/** Whether a held message is near enough to be of the same session. */
function joins(series: Series, time: i64): bool {
  for (let at = series.first; at != 0; at = changetype<Held>(at).next) if (abs(changetype<Held>(at).time - time) <= gap) return true;
  return false;
}

/** End of the last window that holds a time. */
function lastEnd(time: i64): i64 {
  return (time / hop) * hop + size;
}

/** End of the first window that holds a time. */
function firstEnd(time: i64): i64 {
  let start = time - size;
  let floor = start >= 0 ? start / hop : -((hop - 1 - start) / hop);
  return (floor + 1) * hop + size;
}

/** Closes every window of the tag that ends by `until`. */
function close(series: Series, until: i64): void {
  if (kind == SESSION) return closeSessions(series, until);
  while (series.first != 0) {
    let end = max(firstEnd(changetype<Held>(series.first).time), series.closed + (series.closed == i64.MIN_VALUE ? 0 : hop));
    if (end > until) return;
    series.closed = end;
    send(series, end);
    while (series.first != 0 && changetype<Held>(series.first).time < end - size + hop) dropFirst(series);
  }
}

function closeSessions(series: Series, until: i64): void {
  while (series.first != 0) {
    let last = changetype<Held>(series.first);
    let members: u32 = 1;
    while (last.next != 0 && changetype<Held>(last.next).time - last.time <= gap) {
      last = changetype<Held>(last.next);
      members++;
    }
    if (last.time + gap > until) return;
    series.closed = last.time + gap;
    flush(series, members);
  }
}

/** A sliding window leaves with every message: all that is younger than its size. */
function slide(series: Series): void {
  while (series.first != 0 && changetype<Held>(series.first).time <= series.newest - size) dropFirst(series);
  send(series, i64.MAX_VALUE);
}

/** Sends all held messages before `end` as one batch. */
function send(series: Series, end: i64): void {
  out.clear();
  for (let at = series.first; at != 0 && changetype<Held>(at).time < end; at = changetype<Held>(at).next) put(changetype<Held>(at));
  emit(OUT, out.ptr, out.length);
}

function flush(series: Series, members: u32): void {
  out.clear();
  for (let i: u32 = 0; i < members; i++) {
    put(changetype<Held>(series.first));
    dropFirst(series);
  }
  emit(OUT, out.ptr, out.length);
}

function put(held: Held): void {
  out.byte(0xfa);
  out.byte(0x01);
  out.varint(held.len);
  out.bytes(changetype<usize>(held) + HELD, held.len);
}

export function tick(): void {
  if (kind == COUNT) return;
  let until = <i64>now() - lateness;
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    if (kind != SLIDING) close(series, until);
    else while (series.first != 0 && changetype<Held>(series.first).time <= until - size) dropFirst(series);
  }
}

export function save_state(): usize {
  out.clear();
  out.u32le(STATE_VERSION);
  out.u32le(tags.count);
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    out.u32le(series.nameLen);
    out.bytes(series.namePtr, series.nameLen);
    out.u64le(<u64>series.newest);
    out.u64le(<u64>series.closed);
    out.u32le(series.held);
    for (let at = series.first; at != 0; at = changetype<Held>(at).next) {
      let held = changetype<Held>(at);
      out.u64le(<u64>held.time);
      out.u32le(held.len);
      out.bytes(at + HELD, held.len);
    }
  }
  return list(out.ptr, out.length);
}

export function load_state(ptr: usize, len: u32): usize {
  forget();
  reader.open(ptr, len);
  if (reader.u32le() != STATE_VERSION) return fail("window: unknown version of the state");
  let series: u32 = reader.u32le();
  for (let i: u32 = 0; i < series && !reader.failed; i++) loadSeries();
  if (!reader.failed && reader.ptr == reader.end) return ok();
  forget();
  return fail("window: the state is damaged");
}

function forget(): void {
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    while (series.first != 0) dropFirst(series);
    series.newest = 0;
    series.closed = i64.MIN_VALUE;
  }
}

/** Times that arithmetic on windows cannot overflow. */
function isTime(value: i64): bool {
  return value >= 0 && value <= i64.MAX_VALUE >> 1;
}

function loadSeries(): void {
  let nameLen = reader.u32le();
  let name = reader.take(nameLen);
  let newest = <i64>reader.u64le();
  let closed = <i64>reader.u64le();
  let held = reader.u32le();
  if (!isTime(newest) || (closed != i64.MIN_VALUE && !isTime(closed))) reader.failed = true;
  if (reader.failed) return;
  let found = tags.find(name, nameLen);
  if (found == 0) found = tags.add(name, nameLen, offsetof<Series>());
  let series = changetype<Series>(found);
  series.newest = newest;
  series.closed = closed;
  for (let i: u32 = 0; i < held; i++) {
    let time = <i64>reader.u64le();
    let len = reader.u32le();
    let message = reader.take(len);
    if (!isTime(time)) reader.failed = true;
    if (reader.failed) return;
    hold(series, time, message, len);
  }
}
