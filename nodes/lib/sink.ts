/**
 * What the sinks share: updates are formatted into a batch that leaves by emit(0), which hands it to the gateway's
 * connector, when it holds `batch_count` updates or is `batch_ms` old.
 */
import { Buffer, Reader } from "./buffer";
import { CSV, JSON, PROTOBUF, writeHeader, writeUpdate } from "./format";
import { parseProps } from "./json";
import { emit, fail, list, now, ok } from "./node";
import { isBatch, nextUpdate, openBatch, scan, updateLen, updatePtr } from "./tag_update";

/** A batch leaves before it grows beyond this, whatever its count. */
const BATCH_BYTES_MAX: u32 = 256 * 1024;
const STATE_VERSION: u32 = 1;

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

/** @param perBatch CSV has its header in every batch (messages), not once (files). */
export function configureSink(ptr: usize, len: u32, perBatch: bool): usize {
  let props = parseProps(ptr, len);
  let name = props.get("format");
  format = name.is("protobuf") ? PROTOBUF : name.is("csv") ? CSV : JSON;
  batchCount = <u32>props.get("batch_count").number(1);
  batchAge = <u64>(props.get("batch_ms").number(0) * 1000);
  headerPerBatch = perBatch;
  headerWritten = false;
  count = 0;
  batch.clear();
  return ok();
}

export function handleSink(ptr: usize, len: u32): usize {
  if (!isBatch(ptr, len)) return take(ptr, len) ? ok() : fail("not a TagUpdate");
  openBatch(ptr, len);
  while (true) {
    let more = nextUpdate();
    if (more == 0) return ok();
    if (more < 0 || !take(updatePtr, updateLen)) return fail("not a TagBatch");
  }
}

function take(ptr: usize, len: u32): bool {
  if (!scan(ptr, len)) return false;
  if (count == 0) {
    began = now();
    if (format == CSV && (headerPerBatch || !headerWritten)) {
      writeHeader(batch);
      headerWritten = true;
    }
  }
  writeUpdate(batch, format, ptr, len);
  count++;
  if (count >= batchCount || batch.length >= BATCH_BYTES_MAX) flush();
  return true;
}

export function tickSink(): void {
  if (count > 0 && batchAge > 0 && now() - began >= batchAge) flush();
}

function flush(): void {
  let length = batch.length;
  count = 0;
  batch.length = 0;
  emit(0, batch.ptr, length);
}

export function saveSink(): usize {
  state.clear();
  state.u32le(STATE_VERSION);
  state.u32le(headerWritten ? 1 : 0);
  state.u32le(count);
  state.u64le(began);
  state.bytes(batch.ptr, batch.length);
  return list(state.ptr, state.length);
}

const reader = changetype<Reader>(heap.alloc(offsetof<Reader>()));

export function loadSink(ptr: usize, len: u32): usize {
  reader.open(ptr, len);
  let version = reader.u32le();
  let header = reader.u32le();
  let held = reader.u32le();
  let since = reader.u64le();
  if (reader.failed || version != STATE_VERSION) return fail("the sink's state is damaged or of another version");
  headerWritten = header != 0;
  count = held;
  began = since;
  batch.clear();
  batch.bytes(reader.ptr, <u32>(reader.end - reader.ptr));
  return ok();
}
