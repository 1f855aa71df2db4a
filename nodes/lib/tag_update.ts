/**
 * TagUpdate read in place. `scan` walks the fields once; positions are absolute, values are read when asked for. Reads may
 * touch up to 8 bytes behind the message: buffers have slack there.
 */

export const KIND_NONE: u32 = 0;
export const KIND_BOOL: u32 = 10;
export const KIND_INT32: u32 = 11;
export const KIND_UINT32: u32 = 12;
export const KIND_FLOAT: u32 = 13;
export const KIND_DOUBLE: u32 = 14;
export const KIND_STRING: u32 = 15;
export const KIND_BYTES: u32 = 16;
export const KIND_INT64: u32 = 17;
export const KIND_UINT64: u32 = 18;

/** What `scan` found. One update at a time. */
export let tagPtr: usize = 0;
export let tagLen: u32 = 0;
export let timestamp: u64 = 0;
export let quality: u32 = 0;
export let unitPtr: usize = 0;
export let unitLen: u32 = 0;
export let seq: u64 = 0;
/** Field number of the value, 10–18; 0: none. */
export let kind: u32 = 0;
/** Varint and fixed values, raw bits. */
export let bits: u64 = 0;
/** String and bytes values. */
export let dataPtr: usize = 0;
export let dataLen: u32 = 0;

let at: usize = 0;
let broken: bool = false;

/** Reads the varint at `at`. One load for up to eight bytes: the first clear high bit ends it. */
// @ts-ignore: decorator
@inline function varint(end: usize): u64 {
  let word = load<u64>(at);
  if ((word & 0x80) == 0) {
    at++;
    return word & 0x7f;
  }
  let stop = ~word & 0x8080808080808080;
  if (stop == 0) return longVarint(end);
  let shift = ctz(stop);
  at += <usize>(shift >> 3) + 1;
  word &= 0x7f7f7f7f7f7f7f7f & (<u64>-1 >> (63 - shift));
  word = (word & 0x007f007f007f007f) | ((word & 0x7f007f007f007f00) >> 1);
  word = (word & 0x00003fff00003fff) | ((word & 0x3fff00003fff0000) >> 2);
  return (word & 0x000000000fffffff) | ((word & 0x0fffffff00000000) >> 4);
}

function longVarint(end: usize): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= end) break;
    let byte = load<u8>(at++);
    value |= <u64>(byte & 127) << shift;
    if (byte < 128) return value;
  }
  broken = true;
  return 0;
}

/** Walks one TagUpdate. @returns false when it is malformed or has no tag. */
export function scan(ptr: usize, len: u32): bool {
  let end = ptr + len;
  at = ptr;
  broken = false;
  tagLen = 0;
  timestamp = 0;
  quality = 0;
  unitLen = 0;
  seq = 0;
  kind = KIND_NONE;
  while (at < end) {
    let key = varint(end);
    let field = <u32>(key >> 3);
    let wire = <u32>key & 7;
    if (wire == 0) {
      let value = varint(end);
      if (field == 2) timestamp = value;
      else if (field == 3) quality = <u32>value;
      else if (field == 5) seq = value;
      else if (field == 10 || field == 11 || field == 12 || field == 17 || field == 18) {
        kind = field;
        bits = value;
      }
    } else if (wire == 2) {
      let count = varint(end);
      if (at > end || count > <u64>(end - at)) return false;
      if (field == 1) {
        tagPtr = at;
        tagLen = <u32>count;
      } else if (field == 4) {
        unitPtr = at;
        unitLen = <u32>count;
      } else if (field == 15 || field == 16) {
        kind = field;
        dataPtr = at;
        dataLen = <u32>count;
      }
      at += <usize>count;
    } else if (wire == 1) {
      if (field == 14) {
        kind = KIND_DOUBLE;
        bits = load<u64>(at);
      }
      at += 8;
    } else if (wire == 5) {
      if (field == 13) {
        kind = KIND_FLOAT;
        bits = load<u32>(at);
      }
      at += 4;
    } else return false;
    if (at > end || broken || key < 8 || key > 0xffffffff) return false;
  }
  return tagLen != 0;
}

/** Whether the message is a TagBatch: its first key is field 31. */
export function isBatch(ptr: usize, len: u32): bool {
  return len >= 2 && load<u16>(ptr) == 0x01fa;
}

let batchAt: usize = 0;
let batchEnd: usize = 0;
export let updatePtr: usize = 0;
export let updateLen: u32 = 0;

export function openBatch(ptr: usize, len: u32): void {
  batchAt = ptr;
  batchEnd = ptr + len;
}

/** Moves to the next update of the batch. @returns 1, 0 at the end, -1 when the batch is malformed. */
export function nextUpdate(): i32 {
  while (batchAt < batchEnd) {
    at = batchAt;
    broken = false;
    let key = varint(batchEnd);
    let wire = <u32>key & 7;
    if (wire == 0) varint(batchEnd);
    else if (wire == 1) at += 8;
    else if (wire == 5) at += 4;
    else if (wire == 2) {
      let count = varint(batchEnd);
      if (broken || at > batchEnd || count > <u64>(batchEnd - at)) return -1;
      let start = at;
      batchAt = at + <usize>count;
      if (key == 250) {
        updatePtr = start;
        updateLen = <u32>count;
        return 1;
      }
      continue;
    } else return -1;
    if (broken || at > batchEnd || key < 8) return -1;
    batchAt = at;
  }
  return 0;
}

/** The value is a number (not bool). */
// @ts-ignore: decorator
@inline export function isNumber(): bool {
  return isNumberKind(kind);
}

// @ts-ignore: decorator
@inline export function isNumberKind(kind: u32): bool {
  return (kind >= KIND_INT32 && kind <= KIND_DOUBLE) || kind == KIND_INT64 || kind == KIND_UINT64;
}

/** Numbers and bools as f64; NaN for anything else. */
export function number(): f64 {
  return numberOfBits(kind, bits);
}

export function numberOfBits(kind: u32, bits: u64): f64 {
  if (kind == KIND_DOUBLE) return reinterpret<f64>(bits);
  if (kind == KIND_FLOAT) return <f64>reinterpret<f32>(<u32>bits);
  if (kind == KIND_BOOL) return bits != 0 ? 1 : 0;
  if (kind == KIND_INT32) return <f64><i32>bits;
  if (kind == KIND_UINT32) return <f64><u32>bits;
  if (kind == KIND_INT64) return <f64><i64>bits;
  if (kind == KIND_UINT64) return <f64>bits;
  return NaN;
}
