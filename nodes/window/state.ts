/** All held messages as bytes: version, tags; for each name, newest, closed, held; for each of these time and message. */
import { Buffer, Reader } from "../lib/buffer";
import { TagTable } from "../lib/tags";
import { bytes, dropFirst, HELD, HELD_OVERHEAD, Held, hold, Series } from "./series";

const VERSION: u32 = 1;
/** Bytes of a tag beside its name. */
const TAG_BYTES: u32 = 24;
/** Messages that a state may hold: the most that props allow, and one that filled a count window. */
const MESSAGES_BYTES_MAX: u32 = 4 * 1024 * 1024;
/** Times with which arithmetic on windows cannot overflow. */
const TIME_MAX: i64 = i64.MAX_VALUE >> 1;

export function saveTags(tags: TagTable, out: Buffer): void {
  let length: u32 = 8;
  for (let i: u32 = 0; i < tags.count; i++) length += TAG_BYTES + changetype<Series>(tags.at(i)).nameLen;
  out.clearFor(length + bytes);
  out.u32le(VERSION);
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
}

const reader = changetype<Reader>(heap.alloc(offsetof<Reader>()));

/** @returns false when the bytes are no state; nothing is held then. */
export function loadTags(tags: TagTable, ptr: usize, len: u32, tagsBytesMax: u32): bool {
  forget(tags);
  reader.open(ptr, len);
  if (reader.u32le() != VERSION) return false;
  let count = reader.u32le();
  for (let i: u32 = 0; i < count && !reader.failed; i++) loadTag(tags, tagsBytesMax);
  if (!reader.failed && reader.ptr == reader.end) return true;
  forget(tags);
  return false;
}

function forget(tags: TagTable): void {
  for (let i: u32 = 0; i < tags.count; i++) {
    let series = changetype<Series>(tags.at(i));
    while (series.first != 0) dropFirst(series);
    series.newest = 0;
    series.closed = i64.MIN_VALUE;
  }
}

function isTime(value: i64): bool {
  return value >= 0 && value <= TIME_MAX;
}

function loadTag(tags: TagTable, tagsBytesMax: u32): void {
  let nameLen = reader.u32le();
  let name = reader.take(nameLen);
  let newest = <i64>reader.u64le();
  let closed = <i64>reader.u64le();
  let held = reader.u32le();
  if (!isTime(newest) || (closed != i64.MIN_VALUE && !isTime(closed))) reader.failed = true;
  // A tag stands in a state once: a second time would put its messages out of order.
  if (reader.failed || isLoaded(tags.find(name, nameLen))) reader.failed = true;
  else fill(tags, name, nameLen, tagsBytesMax, newest, closed, held);
}

function isLoaded(found: usize): bool {
  return found != 0 && changetype<Series>(found).first != 0;
}

function fill(tags: TagTable, name: usize, nameLen: u32, tagsBytesMax: u32, newest: i64, closed: i64, held: u32): void {
  let found = tags.find(name, nameLen);
  if (found == 0) {
    if (!tags.fits(nameLen, offsetof<Series>(), tagsBytesMax)) {
      reader.failed = true;
      return;
    }
    found = tags.add(name, nameLen, offsetof<Series>());
  }
  let series = changetype<Series>(found);
  series.newest = newest;
  series.closed = closed;
  let before: i64 = 0;
  for (let i: u32 = 0; i < held; i++) {
    let time = <i64>reader.u64le();
    let len = reader.u32le();
    let message = reader.take(len);
    // In order and not after the newest: anything else was never saved, and would take long to put in order.
    if (time < before || time > newest || bytes + len + HELD_OVERHEAD > MESSAGES_BYTES_MAX) reader.failed = true;
    if (reader.failed) return;
    before = time;
    hold(series, time, message, len);
  }
}
