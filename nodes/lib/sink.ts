/**
 * What the sinks share: updates are formatted into a batch that leaves by emit(0), which hands it to the gateway's
 * connector, when it holds `batch_count` updates or is `batch_ms` old.
 */
import { Buffer, Reader } from "./buffer";
import { numberOf } from "./decimal";
import { CSV, JSON, PROTOBUF, writeHeader, writeUpdate } from "./format";
import { parseProps } from "./json";
import { emit, fail, list, now, ok } from "./node";
import { isBatch, nextUpdate, openBatch, scan, updateLen, updatePtr } from "./tag_update";

/** A batch leaves when it has grown beyond this, whatever its count. */
const BATCH_BYTES_MAX: u32 = 256 * 1024;
/** One update, formatted: with a batch before it, it stays within what a record may write. */
const UPDATE_BYTES_MAX: u32 = 700 * 1024;
const STATE_VERSION: u32 = 2;

const batch = changetype<Buffer>(heap.alloc(offsetof<Buffer>()));
const state = changetype<Buffer>(heap.alloc(offsetof<Buffer>()));
memory.fill(changetype<usize>(batch), 0, offsetof<Buffer>());
memory.fill(changetype<usize>(state), 0, offsetof<Buffer>());
let format = JSON;
let batchCount: u32 = 1;
let batchAge: u64 = 0;
let count: u32 = 0;
let began: u64 = 0;
let headerPerBatch = false;
let headerWritten = false;
/** The batch came from a state of another format: it leaves before anything is added. */
let foreign = false;

/** @param perBatch CSV has its header in every batch (messages), not once (files). */
export function configureSink(ptr: usize, len: u32, perBatch: bool): usize {
  let props = parseProps(ptr, len);
  let name = props.get("format");
  format = name.is("protobuf") ? PROTOBUF : name.is("csv") ? CSV : JSON;
  batchCount = <u32>numberOf(props.get("batch_count"), 1);
  batchAge = <u64>(numberOf(props.get("batch_ms"), 0) * 1000);
  headerPerBatch = perBatch;
  headerWritten = false;
  foreign = false;
  count = 0;
  batch.clear();
  return ok();
}

export function handleSink(ptr: usize, len: u32): usize {
  if (!isBatch(ptr, len)) {
    if (!scan(ptr, len)) return fail("not a TagUpdate");
    return take(ptr, len) ? ok() : fail("the update is too long to be written");
  }
  openBatch(ptr, len);
  let long = false;
  while (true) {
    let more = nextUpdate();
    if (more == 0) return long ? fail("an update of the batch is too long to be written") : ok();
    if (more < 0 || !scan(updatePtr, updateLen)) return fail("not a TagBatch");
    if (!take(updatePtr, updateLen)) long = true;
  }
}

/** Adds the scanned update. @returns false when it is too long; nothing is added then. */
function take(ptr: usize, len: u32): bool {
  if (foreign) flush();
  let length = batch.length;
  let header = count == 0 && format == CSV && (headerPerBatch || !headerWritten);
  if (header) writeHeader(batch);
  writeUpdate(batch, format, ptr, len);
  if (batch.length - length > UPDATE_BYTES_MAX) {
    batch.length = length;
    return false;
  }
  if (header) headerWritten = true;
  if (count == 0) began = now();
  count++;
  if (count >= batchCount || batch.length >= BATCH_BYTES_MAX) flush();
  return true;
}

export function tickSink(): void {
  if (count > 0 && (foreign || (batchAge > 0 && now() >= began && now() - began >= batchAge))) flush();
}

function flush(): void {
  let length = batch.length;
  count = 0;
  batch.length = 0;
  foreign = false;
  emit(0, batch.ptr, length);
}

export function saveSink(): usize {
  state.clear();
  state.u32le(STATE_VERSION);
  state.u32le(<u32>format | (headerWritten ? 256 : 0) | (foreign ? 512 : 0));
  state.u32le(count);
  state.u64le(began);
  state.bytes(batch.ptr, batch.length);
  return list(state.ptr, state.length);
}

const reader = changetype<Reader>(heap.alloc(offsetof<Reader>()));

/** Takes the whole state, or leaves everything as it was. */
export function loadSink(ptr: usize, len: u32): usize {
  reader.open(ptr, len);
  let version = reader.u32le();
  let flags = reader.u32le();
  let held = reader.u32le();
  let since = reader.u64le();
  let length = <u32>(reader.end - reader.ptr);
  let sound = !reader.failed && version == STATE_VERSION && flags < 1024 && (flags & 255) <= <u32>CSV;
  // What is held has bytes, and no more than a batch can have.
  if (!sound || (held == 0) != (length == 0) || length > BATCH_BYTES_MAX || held > length)
    return fail("the sink's state is damaged or of another version");
  let same = <i32>(flags & 255) == format;
  headerWritten = same && (flags & 256) != 0;
  foreign = held > 0 && (!same || (flags & 512) != 0);
  count = held;
  began = since;
  batch.clear();
  batch.bytes(reader.ptr, length);
  return ok();
}
