/**
 * Finds tag and sequence number of a TagUpdate and checks its wire structure by the same rules as the fused module, so that
 * the same messages are malformed in both.
 */
export let tagAt: usize = 0;
export let tagBytes: u32 = 0;
/** 0: none. */
export let seq: u64 = 0;

const TAG_KEY: u64 = (1 << 3) | 2;
const SEQ_KEY: u64 = 5 << 3;
const BROKEN: usize = 0;
let value: u64 = 0;

/** Reads a varint of up to 10 bytes into `value`. @returns where it ends; BROKEN. */
function slowVarint(from: usize, end: usize): usize {
  let at = from;
  value = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= end) return BROKEN;
    let byte = load<u8>(at++);
    value |= <u64>(byte & 127) << shift;
    if (byte < 128) return at;
  }
  return BROKEN;
}

/** One load for up to 8 bytes: the first clear high bit ends it. */
// @ts-ignore: decorator
@inline function varint(from: usize, end: usize): usize {
  let word = load<u64>(from);
  let stop = ~word & 0x8080808080808080;
  if (stop == 0) return slowVarint(from, end);
  let shift = ctz(stop);
  let at = from + <usize>(shift >> 3) + 1;
  if (at > end) return BROKEN;
  word &= 0x7f7f7f7f7f7f7f7f & (<u64>-1 >> (63 - shift));
  word = (word & 0x007f007f007f007f) | ((word & 0x7f007f007f007f00) >> 1);
  word = (word & 0x00003fff00003fff) | ((word & 0x3fff00003fff0000) >> 2);
  value = (word & 0x000000000fffffff) | ((word & 0x0fffffff00000000) >> 4);
  return at;
}

/** @returns whether [from, end) is a sound update. The tag's own bytes are not looked at. */
export function readUpdate(from: usize, end: usize): bool {
  let at = from;
  tagBytes = 0;
  seq = 0;
  while (at < end) {
    let key = <u64>load<u8>(at);
    if (key < 128) at++;
    else {
      at = slowVarint(at, end);
      if (at == BROKEN || value > 0xffffffff) return false;
      key = value;
    }
    if (key < 8) return false;
    let wire = <u32>key & 7;
    if (wire == 0) {
      at = varint(at, end);
      if (at == BROKEN) return false;
      if (key == SEQ_KEY) seq = value;
    } else if (wire == 2) {
      if (at >= end) return false;
      let length = <u64>load<u8>(at);
      if (length < 128) at++;
      else {
        at = slowVarint(at, end);
        if (at == BROKEN) return false;
        length = value;
      }
      if (length > <u64>(end - at)) return false;
      if (key == TAG_KEY) {
        tagAt = at;
        tagBytes = <u32>length;
      }
      at += <usize>length;
    } else if (wire == 1) at += 8;
    else if (wire == 5) at += 4;
    else return false;
    if (at > end) return false;
  }
  return tagBytes != 0;
}

/** A field of a batch: its key, where its length stands, where its bytes begin, and where it ends. */
export let fieldKey: u64 = 0;
export let lengthAt: usize = 0;
export let bodyAt: usize = 0;
export let fieldEnd: usize = 0;

/** @returns false: what stands at `at` is no whole field. */
export function readField(at: usize, end: usize): bool {
  lengthAt = slowVarint(at, end);
  if (lengthAt == BROKEN || value < 8 || value > 0xffffffff) return false;
  fieldKey = value;
  bodyAt = lengthAt;
  switch (<u32>fieldKey & 7) {
    case 0:
      fieldEnd = slowVarint(bodyAt, end);
      return fieldEnd != BROKEN;
    case 1:
      fieldEnd = bodyAt + 8;
      return fieldEnd <= end;
    case 2:
      bodyAt = slowVarint(lengthAt, end);
      if (bodyAt == BROKEN || value > <u64>(end - bodyAt)) return false;
      fieldEnd = bodyAt + <usize>value;
      return true;
    case 5:
      fieldEnd = bodyAt + 4;
      return fieldEnd <= end;
    default:
      return false;
  }
}
