/** Writing TagUpdates: a copy of the scanned one with some fields changed, everything else (unknown fields too) as it was. */
import { Buffer } from "./buffer";
import * as tag from "./tag_update";

/** Fields to leave out of a copy, as bits: 1 tag, 2 timestamp, 3 quality, 4 unit, and 10 for the value. */
export const DROP_TAG: u32 = 1 << 1;
export const DROP_TIMESTAMP: u32 = 1 << 2;
export const DROP_QUALITY: u32 = 1 << 3;
export const DROP_UNIT: u32 = 1 << 4;
export const DROP_VALUE: u32 = 1 << 10;

/** Appends the message to `out` without the fields in `drop`. It was scanned before, so its structure is sound. */
export function copyWithout(out: Buffer, ptr: usize, len: u32, drop: u32): void {
  let end = ptr + len;
  let at = ptr;
  while (at < end) {
    let start = at;
    let key: u64 = 0;
    let shift: u64 = 0;
    let byte: u32;
    do {
      byte = load<u8>(at++);
      key |= <u64>(byte & 127) << shift;
      shift += 7;
    } while (byte >= 128);
    let field = <u32>(key >> 3);
    let wire = <u32>key & 7;
    if (wire == 0) {
      while (load<u8>(at++) >= 128) {}
    } else if (wire == 1) at += 8;
    else if (wire == 5) at += 4;
    else {
      let count: u64 = 0;
      shift = 0;
      do {
        byte = load<u8>(at++);
        count |= <u64>(byte & 127) << shift;
        shift += 7;
      } while (byte >= 128);
      at += <usize>count;
    }
    if (!dropped(field, wire, drop)) out.bytes(start, <u32>(at - start));
  }
}

function dropped(field: u32, wire: u32, drop: u32): bool {
  if (field == 1 || field == 4) return wire == 2 && (drop & (1 << field)) != 0;
  if (field == 2 || field == 3) return wire == 0 && (drop & (1 << field)) != 0;
  return (drop & DROP_VALUE) != 0 && field >= 10 && field <= 18 && wire == wireOfValue(field);
}

/** With another wire type it is an unknown field. */
function wireOfValue(field: u32): u32 {
  return field == 13 ? 5 : field == 14 ? 1 : field == 15 || field == 16 ? 2 : 0;
}

export function putTag(out: Buffer, ptr: usize, len: u32): void {
  out.byte(0x0a);
  out.varint(len);
  out.bytes(ptr, len);
}
export function putTimestamp(out: Buffer, value: u64): void {
  if (value == 0) return;
  out.byte(0x10);
  out.varint(value);
}
export function putQuality(out: Buffer, value: u32): void {
  if (value == 0) return;
  out.byte(0x18);
  out.varint(value);
}
export function putUnit(out: Buffer, ptr: usize, len: u32): void {
  if (len == 0) return;
  out.byte(0x22);
  out.varint(len);
  out.bytes(ptr, len);
}
export function putDouble(out: Buffer, value: f64): void {
  out.byte(0x71);
  out.f64le(value);
}
export function putBool(out: Buffer, value: bool): void {
  out.byte(0x50);
  out.byte(value ? 1 : 0);
}
