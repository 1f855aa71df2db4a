/**
 * Windows per tag, by event time. Messages wait in a list per tag, in order of timestamp (ties by arrival), and leave as one
 * TagBatch when their window closes: by a later message of the tag, or by tick when the gateway's time has passed its end.
 */
import { Buffer } from "../lib/buffer";
import { numberOf } from "../lib/decimal";
import { parseProps } from "../lib/json";
import { cabi_realloc, emit, fail, list, now, ok, releaseLarge } from "../lib/node";
import { scan, tagLen, tagPtr, timestamp } from "../lib/tag_update";
import { TagTable } from "../lib/tags";
import { bytes, dropFirst, HELD, HELD_OVERHEAD, Held, hold, messages, Series } from "./series";
import { loadTags, saveTags } from "./state";
export { cabi_realloc };

const OUT = 0;
const LATE = 1;
const TUMBLING = 0;
const HOPPING = 1;
const SLIDING = 2;
const SESSION = 3;
const COUNT = 4;
/** Room for tags, however long their names; the messages, a batch or state of them and a long message fit beside it. */
const TAGS_BYTES_MAX: u32 = 2 * 1024 * 1024;
/** What one message or tick sends at most, so that windows of thousands of tags do not outgrow a record: the rest leaves next time. */
const WINDOWS_PER_CALL: u32 = 1000;
const BYTES_PER_CALL: u32 = 256 * 1024;
function cleared<T>(): T {
  let ptr = heap.alloc(offsetof<T>());
  memory.fill(ptr, 0, offsetof<T>());
  return changetype<T>(ptr);
}
const tags = cleared<TagTable>();
const out = cleared<Buffer>();
let kind = TUMBLING;
let size: i64 = 0;
let hop: i64 = 0;
let gap: i64 = 0;
let count: u32 = 0;
let lateness: i64 = 0;
let tagsMax: u32 = 0;
let messagesMax: u32 = 0;
let bytesMax: u32 = 0;
let sentWindows: u32 = 0;
let sentBytes: u32 = 0;

export function configure(ptr: usize, len: u32): usize {
  let props = parseProps(ptr, len);
  let name = props.get("kind");
  kind = name.is("hopping") ? HOPPING : name.is("sliding") ? SLIDING : name.is("session") ? SESSION : name.is("count") ? COUNT : TUMBLING;
  size = <i64>(numberOf(props.get("size_ms"), 0) * 1000);
  hop = kind == HOPPING ? <i64>(numberOf(props.get("hop_ms"), 0) * 1000) : size;
  gap = <i64>(numberOf(props.get("gap_ms"), 0) * 1000);
  count = <u32>numberOf(props.get("count"), 0);
  lateness = <i64>(numberOf(props.get("lateness_ms"), 0) * 1000);
  tagsMax = <u32>numberOf(props.get("max_tags"), 10000);
  messagesMax = <u32>numberOf(props.get("max_messages"), 50000);
  bytesMax = <u32>numberOf(props.get("max_bytes"), 3145728);
  if (kind <= SLIDING && size <= 0) return fail("this window needs size_ms");
  if (kind == HOPPING && (hop <= 0 || hop > size)) return fail("a hopping window needs hop_ms, at most size_ms");
  if (kind == SESSION && gap <= 0) return fail("a session window needs gap_ms");
  if (kind == COUNT && count == 0) return fail("a count window needs count");
  if (kind == COUNT && count > messagesMax) return fail("a count window needs max_messages of at least count");
  return ok();
}

export function handle(port: u32, ptr: usize, len: u32): usize {
  if (!scan(ptr, len)) return fail("not a TagUpdate");
  if (timestamp > <u64>i64.MAX_VALUE >> 1) return fail("the timestamp is too far in the future");
  let found = tags.find(tagPtr, tagLen);
  if (found == 0) {
    if (tags.count >= tagsMax) return fail("window: more tags than max_tags");
    if (!tags.fits(tagLen, offsetof<Series>(), TAGS_BYTES_MAX)) return fail("window: no room for more tags");
    found = tags.add(tagPtr, tagLen, offsetof<Series>());
    changetype<Series>(found).closed = i64.MIN_VALUE;
  }
  sentWindows = 0;
  sentBytes = 0;
  let series = changetype<Series>(found);
  let time = <i64>timestamp;
  if (isLate(series, time)) {
    emit(LATE, ptr, len);
    return ok();
  }
  if (isFull(len) && !makeRoom(series, time, len)) {
    return fail(messages >= messagesMax ? "window: more messages held than max_messages" : "window: more bytes held than max_bytes");
  }
  hold(series, time, ptr, len);
  if (time > series.newest) series.newest = time;
  if (kind == COUNT) {
    if (series.held >= count) flush(series, series.held);
  } else if (kind == SLIDING) slide(series);
  else close(series, series.newest - lateness);
  return ok();
}

function isFull(len: u32): bool {
  return messages >= messagesMax || bytes + len + HELD_OVERHEAD > bytesMax;
}

/** Lets go of what the message would close anyway. A message that fills a count window needs no room for long. */
function makeRoom(series: Series, time: i64, len: u32): bool {
  let newest = max(series.newest, time);
  if (kind == COUNT) return series.held + 1 >= count;
  if (kind == SLIDING) dropUntil(series, newest - size);
  else close(series, newest - lateness);
  return !isFull(len);
}

/** Whether every window that could hold the time has closed, or would have closed had anything been in it. */
function isLate(series: Series, time: i64): bool {
  if (kind == COUNT) return false;
  let passed = series.newest - lateness;
  if (kind == SLIDING) return time < passed || time <= series.newest - size;
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
    let end = firstEnd(changetype<Held>(series.first).time);
    // Not closed + hop: the state may come from windows of another size.
    if (series.closed != i64.MIN_VALUE) end = max(end, firstEnd(series.closed));
    if (end > until || isSpent()) return;
    series.closed = end;
    send(series, end);
    while (series.first != 0 && changetype<Held>(series.first).time < end - size + hop) dropFirst(series);
  }
}

/** Whether this call has sent its share. */
function isSpent(): bool {
  return sentWindows >= WINDOWS_PER_CALL || sentBytes >= BYTES_PER_CALL;
}

function closeSessions(series: Series, until: i64): void {
  while (series.first != 0) {
    let last = changetype<Held>(series.first);
    let members: u32 = 1;
    while (last.next != 0 && changetype<Held>(last.next).time - last.time <= gap) {
      last = changetype<Held>(last.next);
      members++;
    }
    if (last.time + gap > until || isSpent()) return;
    series.closed = last.time + gap;
    flush(series, members);
  }
}

/** A sliding window leaves with every message: all that is younger than its size. */
function slide(series: Series): void {
  dropUntil(series, series.newest - size);
  send(series, i64.MAX_VALUE);
}

function dropUntil(series: Series, time: i64): void {
  while (series.first != 0 && changetype<Held>(series.first).time <= time) dropFirst(series);
}

/** Sends all held messages before `end` as one batch. */
function send(series: Series, end: i64): void {
  out.clearFor(series.bytes);
  for (let at = series.first; at != 0 && changetype<Held>(at).time < end; at = changetype<Held>(at).next) put(changetype<Held>(at));
  emitBatch();
}

function flush(series: Series, members: u32): void {
  out.clearFor(series.bytes);
  for (let i: u32 = 0; i < members; i++) {
    put(changetype<Held>(series.first));
    dropFirst(series);
  }
  emitBatch();
}

function emitBatch(): void {
  sentWindows++;
  sentBytes += out.length;
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
  sentWindows = 0;
  sentBytes = 0;
  let until = <i64>now() - lateness;
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    if (kind != SLIDING) close(series, until);
    else dropUntil(series, until - size);
  }
}

export function save_state(): usize {
  saveTags(tags, out);
  return list(out.ptr, out.length);
}

export function load_state(ptr: usize, len: u32): usize {
  let taken = loadTags(tags, ptr, len, TAGS_BYTES_MAX);
  releaseLarge();
  return taken ? ok() : fail("window: the state is damaged or of another version");
}
