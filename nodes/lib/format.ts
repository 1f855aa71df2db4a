/** TagUpdates as JSON lines, CSV lines or length-prefixed Protobuf, written into a buffer without allocating. */
import { dtoa_buffered } from "util/number";
import { Buffer } from "./buffer";
import * as tag from "./tag_update";

export const JSON: i32 = 0;
export const PROTOBUF: i32 = 1;
export const CSV: i32 = 2;

const SAFE_INTEGER: u64 = 0x1fffffffffffff;
const HEX = "0123456789abcdef";
// @ts-ignore: decorator
@lazy const digits: usize = memory.data(64, 8);

/** Appends one update that was scanned. */
export function writeUpdate(out: Buffer, format: i32, ptr: usize, len: u32): void {
  if (format == PROTOBUF) {
    out.varint(len);
    out.bytes(ptr, len);
  } else if (format == JSON) writeJson(out);
  else writeCsv(out);
}

export function writeHeader(out: Buffer): void {
  out.text("tag,value,quality,timestamp,unit\r\n");
}

function writeJson(out: Buffer): void {
  out.text('{"tag":');
  jsonString(out, tag.tagPtr, tag.tagLen);
  out.text(',"value":');
  jsonValue(out);
  out.text(',"quality":');
  integer(out, tag.quality);
  out.text(',"timestamp":');
  wideInteger(out, tag.timestamp, false);
  out.text(',"unit":');
  jsonString(out, tag.unitPtr, tag.unitLen);
  out.text("}\n");
}

function jsonValue(out: Buffer): void {
  switch (tag.kind) {
    case tag.KIND_BOOL: return out.text(tag.bits != 0 ? "true" : "false");
    case tag.KIND_DOUBLE: return float(out, reinterpret<f64>(tag.bits), true);
    case tag.KIND_FLOAT: return float32(out, reinterpret<f32>(<u32>tag.bits), true);
    case tag.KIND_STRING: return jsonString(out, tag.dataPtr, tag.dataLen);
    case tag.KIND_BYTES:
      out.byte(0x22);
      base64(out, tag.dataPtr, tag.dataLen);
      return out.byte(0x22);
    case tag.KIND_NONE: return out.text("null");
  }
  anyInteger(out);
}

/** The four integer kinds; beyond 2^53 as a string, because JSON readers round there. */
function anyInteger(out: Buffer): void {
  if (tag.kind == tag.KIND_UINT32) return integer(out, <u64><u32>tag.bits);
  if (tag.kind == tag.KIND_UINT64) return wideInteger(out, tag.bits, false);
  let value = tag.kind == tag.KIND_INT32 ? <i64><i32>tag.bits : <i64>tag.bits;
  wideInteger(out, value < 0 ? <u64>-value : <u64>value, value < 0);
}

function wideInteger(out: Buffer, magnitude: u64, negative: bool): void {
  let quoted = magnitude > SAFE_INTEGER && !plain;
  if (quoted) out.byte(0x22);
  if (negative) out.byte(0x2d);
  integer(out, magnitude);
  if (quoted) out.byte(0x22);
}

/** CSV has no types: nothing is quoted for its width. */
let plain = false;

/** Eight digits at a time, so that all but one division in eight digits is of 32 bits. */
function integer(out: Buffer, value: u64): void {
  let at = digits + 32;
  while (value >= 100000000) {
    let rest = value / 100000000;
    let eight = <u32>(value - rest * 100000000);
    for (let i = 0; i < 8; i++) {
      let tens = eight / 10;
      store<u8>(--at, <u8>(0x30 + eight - tens * 10));
      eight = tens;
    }
    value = rest;
  }
  let low = <u32>value;
  do {
    let tens = low / 10;
    store<u8>(--at, <u8>(0x30 + low - tens * 10));
    low = tens;
  } while (low != 0);
  out.bytes(at, <u32>(digits + 32 - at));
}

function float(out: Buffer, value: f64, quoted: bool): void {
  if (!isFinite(value)) return special(out, value, quoted);
  if (value == trunc(value) && abs(value) <= 9007199254740992) {
    if (value < 0 || (value == 0 && reinterpret<u64>(value) != 0)) out.byte(0x2d);
    return integer(out, <u64>abs(value));
  }
  narrow(out, dtoa_buffered<f64>(scratch, value));
}

function float32(out: Buffer, value: f32, quoted: bool): void {
  if (!isFinite(value)) return special(out, value, quoted);
  if (value == trunc(value) && abs(value) <= 16777216) return float(out, value, quoted);
  narrow(out, dtoa_buffered<f32>(scratch, value));
}

function special(out: Buffer, value: f64, quoted: bool): void {
  if (quoted) out.byte(0x22);
  out.text(value != value ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  if (quoted) out.byte(0x22);
}

// @ts-ignore: decorator
@lazy const scratch: usize = memory.data(128, 8);

/** UTF-16 digits from the scratch to bytes. */
function narrow(out: Buffer, count: u32): void {
  let at = out.reserve(count);
  for (let i: u32 = 0; i < count; i++) store<u8>(at + i, <u8>load<u16>(scratch + (i << 1)));
  // "1e+21" and "5.0" are what JSON allows; nothing to mend.
  out.length += count;
}

/** Length of the UTF-8 sequence at p, or 0 when it is not one. */
function sequence(p: usize, end: usize): u32 {
  let lead = <u32>load<u8>(p);
  if (lead < 0x80) return 1;
  let need: u32 = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (need == 0 || p + need > end) return 0;
  for (let i: u32 = 1; i < need; i++) if ((load<u8>(p + i) & 0xc0) != 0x80) return 0;
  let second = <u32>load<u8>(p + 1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return need;
}

/** What is not UTF-8 becomes U+FFFD. Plain runs are copied whole. */
function jsonString(out: Buffer, ptr: usize, len: u32): void {
  out.byte(0x22);
  let end = ptr + len;
  let p = ptr;
  while (p < end) {
    let run = p;
    while (p < end && isPlain(load<u8>(p))) p++;
    if (p > run) out.bytes(run, <u32>(p - run));
    if (p < end) p += escaped(out, p, end);
  }
  out.byte(0x22);
}

// @ts-ignore: decorator
@inline function isPlain(char: u32): bool {
  return char < 0x80 && char >= 0x20 && char != 0x22 && char != 0x5c;
}

/** Writes the character at p, which is not plain. @returns its length. */
function escaped(out: Buffer, p: usize, end: usize): u32 {
  let char = <u32>load<u8>(p);
  if (char >= 0x80) {
    let count = sequence(p, end);
    if (count == 0) {
      replacement(out);
      return 1;
    }
    out.bytes(p, count);
    return count;
  }
  if (char >= 0x20) {
    out.byte(0x5c);
    out.byte(char);
  } else {
    out.text("\\u00");
    out.byte(HEX.charCodeAt(char >> 4));
    out.byte(HEX.charCodeAt(char & 15));
  }
  return 1;
}

function replacement(out: Buffer): void {
  out.byte(0xef);
  out.byte(0xbf);
  out.byte(0xbd);
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(out: Buffer, ptr: usize, len: u32): void {
  for (let i: u32 = 0; i < len; i += 3) {
    let left = len - i;
    let group = <u32>load<u8>(ptr + i) << 16;
    if (left > 1) group |= <u32>load<u8>(ptr + i + 1) << 8;
    if (left > 2) group |= load<u8>(ptr + i + 2);
    out.byte(BASE64.charCodeAt(group >> 18));
    out.byte(BASE64.charCodeAt((group >> 12) & 63));
    out.byte(left > 1 ? BASE64.charCodeAt((group >> 6) & 63) : 0x3d);
    out.byte(left > 2 ? BASE64.charCodeAt(group & 63) : 0x3d);
  }
}

function writeCsv(out: Buffer): void {
  csvString(out, tag.tagPtr, tag.tagLen);
  out.byte(0x2c);
  csvValue(out);
  out.byte(0x2c);
  integer(out, tag.quality);
  out.byte(0x2c);
  integer(out, tag.timestamp);
  out.byte(0x2c);
  csvString(out, tag.unitPtr, tag.unitLen);
  out.text("\r\n");
}

function csvValue(out: Buffer): void {
  switch (tag.kind) {
    case tag.KIND_BOOL: return out.text(tag.bits != 0 ? "true" : "false");
    case tag.KIND_DOUBLE: return float(out, reinterpret<f64>(tag.bits), false);
    case tag.KIND_FLOAT: return float32(out, reinterpret<f32>(<u32>tag.bits), false);
    case tag.KIND_STRING: return csvString(out, tag.dataPtr, tag.dataLen);
    case tag.KIND_BYTES: return base64(out, tag.dataPtr, tag.dataLen);
    case tag.KIND_NONE: return;
  }
  plain = true;
  anyInteger(out);
  plain = false;
}

function csvString(out: Buffer, ptr: usize, len: u32): void {
  let end = ptr + len;
  let quoted = false;
  let plain = true;
  for (let p = ptr; p < end; p++) {
    let char = load<u8>(p);
    if (char == 0x22 || char == 0x2c || char == 10 || char == 13) quoted = true;
    if (char >= 0x80) plain = false;
  }
  if (plain && !quoted) return out.bytes(ptr, len);
  if (quoted) out.byte(0x22);
  for (let p = ptr; p < end; ) {
    let count = sequence(p, end);
    if (count == 0) {
      replacement(out);
      p++;
      continue;
    }
    if (load<u8>(p) == 0x22) out.byte(0x22);
    out.bytes(p, count);
    p += count;
  }
  if (quoted) out.byte(0x22);
}
